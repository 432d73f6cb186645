//! Runs one execution: starts the external job, follows it, applies its result. After a restart it goes on from where
//! the row says, and it never starts a robot twice.

mod document;
mod follow;
mod log;
mod start;
mod unclear;

use std::time::Duration;

use esteira_shared::{
    event::Topic,
    ids::ExecutionId,
    instant::Instant,
    reason::Reason,
    status::{Elsewhere, ExecutionStatus, ExecutionType, ProcessStatus},
    task::TaskName,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::follow::Ended;
use super::cancel::{CancelPayload, CancelRobot};
use crate::{
    app::{App, JobContext},
    auth::Actor,
    db::Tx,
    engine::{Failure, FinalFailure, NewJob, Task, TaskResult, enqueue, job::Job, set_elsewhere},
    error::AppResult,
    executions::{
        apply::{self, Files},
        control,
        end::{self, ReportedEnd, Trouble},
        model::{Execution, ExecutionChanges},
        settings::RobotSettings,
    },
    integrations::rpa::Mask,
    logs,
    processes::{
        model::{Names, Process},
        moves,
    },
};

pub struct RunExecution;

#[derive(Debug, Serialize, Deserialize)]
pub struct RunPayload {
    pub execution_id: ExecutionId,
}

/// One attempt at a run.
struct Robot<'a> {
    job: &'a JobContext,
    execution: Execution,
    settings: RobotSettings,
    /// Hides the portal's password in what the robot and its API say. Set when a robot is started, or when a started
    /// one is taken up.
    mask: Mask,
    /// Whether the robot's work has a place under the limits, as the job's row says.
    elsewhere: Option<Elsewhere>,
    /// Since when the API tells no status that is known here.
    unclear_since: Option<Instant>,
}

impl Task for RunExecution {
    const NAME: &'static str = TaskName::RunExecution.as_str();
    /// For starting; once a robot works, one attempt follows it to its end. The nine waits between ten attempts take 9
    /// to 17 minutes. That is about the patience with robots at work, so a short outage fails no run.
    const MAX_ATTEMPTS: i32 = 10;
    /// The longest that settings allow a robot, and some room.
    const TIMEOUT: Duration = Duration::from_hours(25);
    const QUEUE: &'static str = "robots";
    const TAKES_SLOT: bool = false;
    const RESUMES: bool = true;

    type App = App;
    type Payload = RunPayload;

    async fn run(job: &JobContext, payload: RunPayload) -> TaskResult {
        let mut conn = job.app.db.read().await?;
        let execution = Execution::find(&mut conn, job.organization_id(), payload.execution_id).await?;
        let settings = RobotSettings::of(&mut conn, job.organization_id()).await?;
        drop(conn);
        if execution.status.is_over() {
            return Ok(json!({ "status": execution.status }));
        }
        let mut robot = Robot {
            job,
            execution,
            settings,
            mask: Mask::default(),
            elsewhere: job.row().elsewhere,
            unclear_since: None,
        };
        if !robot.is_awaited().await? {
            return robot.cancelled(Reason::RobotNotAwaited {}).await;
        }
        let (connection, external) = robot.start().await?;
        match robot.follow(&connection, &external).await? {
            Ended::Reported(report) => {
                robot.check_document_again().await?;
                apply::apply(&job.app, Some(job), &robot.execution, &report, &Files::Robots).await
            }
            Ended::Cancelled(message) => robot.confirmed(message).await,
            Ended::Abandoned(message) => robot.cancelled(message).await,
            // The job ends with the cause, and the run with the job.
            Ended::Lost(trouble) => Err(Failure::Business {
                cause: trouble.cause,
                step: trouble.step,
                action: trouble.action,
            }),
        }
    }

    async fn on_revived(tx: &mut Tx, job: &Job, actor: &Actor) -> AppResult<()> {
        let Some(subject) = job.subject_id else { return Ok(()) };
        let execution = Execution::lock(tx, job.organization_id, ExecutionId(subject.0)).await?;
        let settings = RobotSettings::of(tx.conn(), job.organization_id).await?;
        if !control::can_resume(&execution, &settings, Some(job)) {
            return Err(control::refuse_resume(&execution));
        }
        if execution.external_job_id.is_some() {
            // Nothing is started: the robot that is asked about may be at work all the while.
            set_elsewhere(tx, job.id, Some(Elsewhere::Working)).await?;
        }
        take_up(tx, actor, &execution).await
    }

    async fn on_failed(tx: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
        let Some(subject) = job.subject_id else { return Ok(()) };
        let execution = Execution::lock(tx, job.organization_id, ExecutionId(subject.0)).await?;
        if execution.status.is_over() {
            return Ok(());
        }
        if failure.kind.is_none() {
            let stopped = execution.start_sent_at.is_none();
            let execution = end::cancel(tx, &execution, stopped).await?;
            // Whether it waited, its worker died or the API would not answer: the robot has not heard of it for sure.
            if execution.external_job_id.is_some() {
                let payload = CancelPayload {
                    execution_id: execution.id,
                };
                let name = end::robot(&execution).name;
                enqueue(tx, NewJob::<CancelRobot>::new(execution.organization_id, name, payload)).await?;
            }
            return Ok(());
        }
        // Once a start was sent, a robot may be at work whatever went wrong here.
        let unknown = execution.start_sent_at.is_some();
        let trouble = Trouble {
            cause: failure.cause.clone(),
            step: failure.step.clone().or_else(|| Some("API_DE_ROBOS".to_owned())),
            action: failure.action.clone().or(Some(match unknown {
                true => Reason::CheckWhetherItRanOrAsk {},
                false => Reason::RunAgain {},
            })),
            unknown,
        };
        end::fail(tx, &execution, &trouble, ReportedEnd::default()).await?;
        Ok(())
    }
}

impl Robot<'_> {
    /// False when a person went on without the robot before its start.
    async fn is_awaited(&self) -> Result<bool, Failure> {
        if self.execution.start_sent_at.is_some() {
            return Ok(true);
        }
        let mut conn = self.job.app.db.read().await?;
        let process = Process::find(&mut conn, self.execution.organization_id, self.execution.process_id).await?;
        let awaited = match self.execution.tipo {
            ExecutionType::DownloadFatura => ProcessStatus::AguardandoDownload,
            ExecutionType::UploadSat => ProcessStatus::EnviandoSat,
        };
        Ok(process.status == awaited)
    }

    async fn cancelled(&mut self, message: Reason) -> TaskResult {
        let changes = ExecutionChanges {
            mensagem_final: Some(Some(message)),
            ..ExecutionChanges::default()
        };
        self.change(changes).await?;
        Err(Failure::Cancelled)
    }

    /// Ends the run at once: its robot has ended too, so nobody needs to ask the API again.
    async fn confirmed(&self, message: Reason) -> TaskResult {
        let mut tx = self.job.begin().await?;
        let execution = Execution::lock(&mut tx, self.execution.organization_id, self.execution.id).await?;
        // Otherwise a made-up result has ended it meanwhile.
        if !execution.status.is_over() {
            let changes = ExecutionChanges {
                mensagem_final: Some(Some(message)),
                ..ExecutionChanges::default()
            };
            let execution = execution.change(&mut tx, changes).await?;
            end::cancel(&mut tx, &execution, true).await?;
        }
        tx.commit().await?;
        Err(Failure::Cancelled)
    }

    /// Writes changes of the row, unless another worker has the run.
    async fn change(&mut self, changes: ExecutionChanges) -> Result<(), Failure> {
        let elsewhere = self.elsewhere;
        self.change_with(changes, elsewhere).await
    }

    /// The same, and what became of the robot's work at the API.
    async fn change_with(&mut self, changes: ExecutionChanges, elsewhere: Option<Elsewhere>) -> Result<(), Failure> {
        let mut tx = self.job.begin().await?;
        let changed = self.execution.change(&mut tx, changes).await?;
        if elsewhere != self.elsewhere {
            set_elsewhere(&mut tx, self.job.row().id, elsewhere).await?;
        }
        tx.commit().await?;
        (self.execution, self.elsewhere) = (changed, elsewhere);
        Ok(())
    }
}

/// Makes a run, and its process, ready for one more question to the API.
async fn take_up(tx: &mut Tx, actor: &Actor, execution: &Execution) -> AppResult<()> {
    let status = match execution.data_inicio {
        Some(_) => ExecutionStatus::Executando,
        None => ExecutionStatus::Pendente,
    };
    let changes = ExecutionChanges {
        status: Some(status),
        mensagem_final: Some(None),
        error_cause: Some(None),
        error_step: Some(None),
        error_action: Some(None),
        outcome_unknown: Some(false),
        data_finalizacao: Some(None),
        tempo_execucao_segundos: Some(None),
        cancel_requested_at: Some(None),
        ..ExecutionChanges::default()
    };
    // Before the row is active again: who starts a robot holds the process and then meets that.
    let process = Process::lock(tx, execution.organization_id, execution.process_id).await?;
    let changed = execution.change(tx, changes).await;
    changed.map_err(|error| match crate::error::is_unique_violation(&error) {
        true => crate::error::AppError::new(
            esteira_shared::error::ErrorCode::ExecutionActive,
            "another robot is at work for this process",
        ),
        false => error.into(),
    })?;
    logs::set_ended(tx, execution.id.log(), false).await?;
    match (execution.tipo, process.status, status) {
        (ExecutionType::DownloadFatura, ProcessStatus::ErroDownload, ExecutionStatus::Executando) => {
            end::begin_process(tx, actor, &process).await?;
        }
        (ExecutionType::DownloadFatura, ProcessStatus::ErroDownload, _) => {
            moves::reopen(tx, actor, &process, None).await?;
        }
        (ExecutionType::UploadSat, ProcessStatus::ErroEnvioSat, _) => {
            let names = Names::of(tx.conn(), &process).await?;
            // The same robot is asked once more; nothing is sent anew.
            moves::begin_sending(tx, actor, &process, &names, true).await?;
        }
        // Somebody found it in SAT meanwhile. A start that is sent again could bring it there twice.
        (ExecutionType::UploadSat, ProcessStatus::UploadRealizado, _) => return Err(control::refuse_resume(execution)),
        _ => {}
    }
    tx.changed(execution.organization_id, Topic::Processes, process.id.0);
    Ok(())
}
