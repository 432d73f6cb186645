//! Repeating what failed for technical reasons.

use esteira_shared::{
    error::ErrorCode,
    reason::Reason,
    status::{ExecutionType, ProcessStatus},
    transition::Move,
};

use crate::{
    auth::Actor,
    db::Tx,
    engine::job::Job,
    error::AppResult,
    executions::{
        end::{self, ReportedEnd, Trouble},
        model::Execution,
        start::{self, StartContext, Wanted},
    },
    processes::{
        model::{Process, ProcessChanges},
        moves,
    },
};

/// A technical failure: the robot runs once more, a little later, without anybody asking.
pub(super) async fn retry(tx: &mut Tx, execution: &Execution, trouble: &Trouble, said: ReportedEnd) -> AppResult<()> {
    let actor = end::robot(execution);
    let process = Process::lock(tx, execution.organization_id, execution.process_id).await?;
    let context = StartContext::of(tx, &process).await?;
    let waits = match (execution.tipo, process.status) {
        (ExecutionType::DownloadFatura, ProcessStatus::DownloadEmAndamento) => {
            let reason = Reason::RobotTriesAgain {
                cause: Box::new(trouble.cause.clone()),
            };
            let none = ProcessChanges::default();
            let by = Move::CancelDownload;
            Some(moves::advance_named(tx, &actor, &process, &context.names, by, Some(&reason), none).await?)
        }
        (ExecutionType::DownloadFatura, ProcessStatus::AguardandoDownload)
        | (ExecutionType::UploadSat, ProcessStatus::EnviandoSat) => Some(process),
        _ => None,
    };
    if waits.is_none() {
        // A person went on without the robot, or the invoice came and is no good: nothing to repeat.
        end::fail_process(tx, &actor, execution.process_id, execution.tipo, trouble).await?;
    }
    end::fail_alone(tx, execution, trouble, said).await?;
    let Some(process) = waits else { return Ok(()) };
    let job = Job::find(tx.conn(), execution.organization_id, execution.job_id).await?;
    let wanted = Wanted {
        tipo: execution.tipo,
        parametros: execution.added(),
        document_sha256: execution.document_sha256.clone(),
        retries: execution.retries + 1,
        wait: pause(execution.retries),
        below: job.and_then(|job| start::below_operator(&job.lane)),
    };
    let system = Actor::system(execution.organization_id);
    match start::begin(tx, &system, &process, &context, wanted).await {
        Ok(_) => Ok(()),
        // Settings changed meanwhile: a person decides.
        Err(error) if error.code() == ErrorCode::RpaNotConfigured => {
            end::fail_process(tx, &actor, execution.process_id, execution.tipo, trouble).await?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// About one minute, then about four: portals recover slowly. Jitter keeps robots that failed together apart.
fn pause(retries: i32) -> chrono::TimeDelta {
    let base = 60_000_i64 * 4_i64.pow(u32::try_from(retries.clamp(0, 4)).unwrap_or_default());
    let jitter = 0.75 + rand::random::<f64>() / 2.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "some minutes"
    )]
    let milliseconds = (base as f64 * jitter) as i64;
    chrono::TimeDelta::milliseconds(milliseconds)
}
