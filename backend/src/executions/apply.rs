//! Applies the report of a robot's API to the run itself, and to every process that the result names.

mod invoice;
mod other_processes;
mod results;
mod retry;

use std::collections::HashMap;

use esteira_shared::{
    ids::ProcessId,
    reason::Reason,
    status::{ExecutionStatus, ExecutionType, ResultEffect},
};
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    end::{self, ReportedEnd, Trouble},
    made_up,
    model::{Execution, ExecutionChanges},
};
use crate::{
    app::{App, JobContext},
    auth::Actor,
    db::Tx,
    engine::{Failure, job::Job},
    error::AppResult,
    integrations::rpa::{
        Mask, RpaLogLine, RpaStatus,
        failure::{RpaDetails, is_business, is_technical},
        hash::ExecutionHash,
        payload::{FinalStatus, RpaProcess, RpaResult},
    },
};

/// Where invoices come from.
pub(super) enum Files {
    /// The store that robots fill.
    Robots,
    /// These PDFs, by the addresses that a made-up result gives them.
    Made(HashMap<String, Vec<u8>>),
}

/// What the API reported at the end.
pub(super) struct Report {
    pub(super) status: RpaStatus,
    /// The whole result, as it came.
    pub(super) payload: Value,
    /// What the job says of its failure beside its processes, without secrets.
    pub(super) error: Option<RpaDetails>,
    /// Why the result was not read at all.
    pub(super) too_much: Option<Reason>,
    /// Lines that came along.
    pub(super) logs: Vec<RpaLogLine>,
    /// Hides the secrets that the robot was given.
    pub(super) mask: Mask,
    /// While a long result is in memory no other one is read.
    pub(super) _place: Option<OwnedSemaphorePermit>,
}

/// How one entry of a result was taken.
#[derive(Debug, Clone)]
struct EntryOutcome {
    effect: ResultEffect,
    note: Option<Reason>,
    process: Option<ProcessId>,
}

impl EntryOutcome {
    fn new(effect: ResultEffect, process: Option<ProcessId>, note: Option<Reason>) -> Self {
        Self { effect, note, process }
    }

    fn left_to_another(process: ProcessId) -> Self {
        Self::new(
            ResultEffect::Unchanged,
            Some(process),
            Some(Reason::LeftToAnotherRun {}),
        )
    }
}

/// What the result says of the run's own process.
enum RunOutcome {
    Succeeded,
    Failed {
        trouble: Trouble,
        technical: bool,
    },
    /// The API ended the robot before its work was done.
    Cancelled,
}

/// One report that is being applied.
struct Applying<'a> {
    app: &'a App,
    /// The job of the run; none when the result is made up.
    job: Option<&'a JobContext>,
    execution: &'a Execution,
    actor: Actor,
    result: RpaResult,
    /// What the job says of its failure, for an entry that says nothing.
    error: Option<&'a RpaDetails>,
    /// The API says that the robot was cancelled.
    cancelled: bool,
    files: &'a Files,
}

/// Automatic repetitions after technical failures.
const AUTOMATIC: i32 = 2;

/// Applies a report and ends the run, together with its job when there is one. Everything before the end may be
/// repeated: what was applied already is left as it is.
///
/// # Errors
/// `Technical` while the database or the store of robots does not answer; `LeaseLost`.
pub(super) async fn apply(
    app: &App,
    job: Option<&JobContext>,
    execution: &Execution,
    report: &Report,
    files: &Files,
) -> Result<Value, Failure> {
    let applying = Applying {
        app,
        job,
        execution,
        actor: end::robot(execution),
        result: report.mask.result(&report.payload),
        error: report.error.as_ref(),
        cancelled: report.status == RpaStatus::Cancelled,
        files,
    };
    let (taken, own) = applying.entries().await?;
    let own = match (&report.too_much, &report.status) {
        (None, _) | (_, RpaStatus::Cancelled) => own.unwrap_or_else(|| without_entry(report, &applying.result)),
        (Some(too_much), _) => RunOutcome::Failed {
            trouble: strange(too_much.clone()),
            technical: false,
        },
    };
    applying.conclude(report, &taken, own).await
}

impl Applying<'_> {
    /// A transaction in which the run is still ours.
    async fn begin(&self) -> Result<Tx, Failure> {
        match self.job {
            Some(job) => job.begin().await,
            None => {
                let mut tx = self.app.db.begin().await?;
                // Its job first, as workers do: whoever locks the other way round waits in a ring.
                Job::lock(&mut tx, self.execution.organization_id, self.execution.job_id).await?;
                Ok(tx)
            }
        }
    }

    fn is_last_attempt(&self) -> bool {
        self.job.is_none_or(|job| job.row().attempt >= job.row().max_attempts)
    }

    /// How each entry was taken, and what the entry of the run's own process says.
    async fn entries(&self) -> Result<(Vec<EntryOutcome>, Option<RunOutcome>), Failure> {
        let mut taken = Vec::with_capacity(self.result.processes.len());
        let mut own = None;
        for entry in &self.result.processes {
            let one = if own.is_none() && self.is_own(entry) {
                let (one, how) = self.own(entry).await?;
                own = Some(how);
                one
            } else {
                self.other(entry).await?
            };
            taken.push(noted(one, entry));
        }
        Ok((taken, own))
    }

    /// A hash says which process an entry is for; a single entry needs none.
    fn is_own(&self, entry: &RpaProcess) -> bool {
        match entry.hash_execucao.as_deref() {
            Some(hash) => canonical(hash) == self.execution.hash_execucao,
            None => self.result.processes.len() == 1,
        }
    }

    async fn own(&self, entry: &RpaProcess) -> Result<(EntryOutcome, RunOutcome), Failure> {
        let id = self.execution.process_id;
        let failed = |effect, trouble: Trouble, technical| {
            let taken = EntryOutcome::new(effect, Some(id), Some(trouble.cause.clone()));
            Ok((taken, RunOutcome::Failed { trouble, technical }))
        };
        match &entry.status_final {
            FinalStatus::UploadedSat => {
                let brought = match self.execution.tipo {
                    ExecutionType::DownloadFatura => self.bring(id, entry).await?,
                    ExecutionType::UploadSat => Ok(self.sent(entry).await?),
                };
                match brought {
                    Ok(taken) => Ok((taken, RunOutcome::Succeeded)),
                    Err(trouble) => failed(ResultEffect::Applied, trouble, false),
                }
            }
            // Cut off, whatever word it left. What only a person can mend is told all the same.
            FinalStatus::Failed | FinalStatus::Running | FinalStatus::Pending | FinalStatus::Missing
                if self.cancelled && !is_business(entry.detalhes.as_ref()) =>
            {
                Ok((
                    EntryOutcome::new(ResultEffect::Applied, Some(id), None),
                    RunOutcome::Cancelled,
                ))
            }
            FinalStatus::Failed => {
                let details = entry.detalhes.as_ref().or(self.error);
                let trouble = trouble_of(details, &self.result);
                failed(ResultEffect::Applied, trouble, is_technical(details))
            }
            FinalStatus::Running | FinalStatus::Pending => {
                failed(ResultEffect::NotUnderstood, strange(Reason::ResultNotOver {}), false)
            }
            FinalStatus::Unknown(word) => {
                let cause = Reason::EndedWithUnknownWord { word: word.clone() };
                failed(ResultEffect::NotUnderstood, strange(cause), false)
            }
            FinalStatus::Missing => failed(
                ResultEffect::NotUnderstood,
                strange(Reason::ResultWithoutFinalStatus {}),
                false,
            ),
        }
    }

    /// Ends the run as its own entry says.
    async fn conclude(&self, report: &Report, taken: &[EntryOutcome], own: RunOutcome) -> Result<Value, Failure> {
        let kept = self.keep_most(taken).await?;
        let kept_whole = || report.mask.kept(&report.payload).to_string();
        let resultado = report.too_much.is_none().then(kept_whole);
        let mut tx = self.begin().await?;
        let execution = Execution::lock(&mut tx, self.execution.organization_id, self.execution.id).await?;
        if execution.status.is_over() {
            return self.finish(tx, json!({ "status": execution.status })).await;
        }
        let entries = self.result.processes.get(kept..).unwrap_or_default();
        results::keep_results(&mut tx, &execution, entries, taken.get(kept..).unwrap_or_default()).await?;
        let said = ReportedEnd {
            message: self.result.message.clone().map(Reason::quoted),
            resultado,
            seconds: self
                .result
                .processes
                .iter()
                .find(|entry| self.is_own(entry))
                .and_then(|entry| entry.tempo_execucao_segundos),
        };
        let status = match own {
            RunOutcome::Succeeded => {
                end::succeed(&mut tx, &execution, said).await?;
                ExecutionStatus::Concluido
            }
            RunOutcome::Cancelled => cancel(&mut tx, &execution, Reason::CancelledInApi {}, said).await?,
            // Who asked for its end wants no other.
            RunOutcome::Failed { trouble, .. } if execution.cancel_requested_at.is_some() => {
                let message = Reason::CancelledRobotStopped {
                    cause: Box::new(trouble.cause),
                };
                cancel(&mut tx, &execution, message, said).await?
            }
            RunOutcome::Failed { trouble, technical } if technical && execution.retries < AUTOMATIC => {
                retry::retry(&mut tx, &execution, &trouble, said).await?;
                ExecutionStatus::Falhou
            }
            RunOutcome::Failed { trouble, .. } => {
                end::fail(&mut tx, &execution, &trouble, said).await?;
                ExecutionStatus::Falhou
            }
        };
        self.finish(tx, json!({ "status": status, "processes": taken.len() }))
            .await
    }

    async fn finish(&self, mut tx: Tx, value: Value) -> Result<Value, Failure> {
        match self.job {
            Some(job) => job.finish(tx, &value).await?,
            None => {
                made_up::end_job(self.app, &mut tx, &self.actor, self.execution.id).await?;
                tx.commit().await?;
            }
        }
        Ok(value)
    }
}

/// Ends a run whose robot stopped before its work was done.
async fn cancel(tx: &mut Tx, execution: &Execution, message: Reason, said: ReportedEnd) -> AppResult<ExecutionStatus> {
    let told = ExecutionChanges {
        mensagem_final: Some(Some(message)),
        resultado: Some(said.resultado),
        ..ExecutionChanges::default()
    };
    let execution = execution.change(tx, told).await?;
    Ok(end::cancel(tx, &execution, true).await?.status)
}

/// The older form of a hash means the same process.
fn canonical(hash: &str) -> String {
    hash.parse::<ExecutionHash>()
        .map_or_else(|_| hash.trim().to_owned(), |hash| hash.to_string())
}

/// A result that cannot be understood.
fn strange(cause: Reason) -> Trouble {
    Trouble {
        step: Some("RESULTADO".to_owned()),
        action: Some(Reason::CheckResultWithMaintainer {}),
        ..Trouble::new(cause)
    }
}

/// Adds what could not be read of an entry to what was done.
fn noted(mut taken: EntryOutcome, entry: &RpaProcess) -> EntryOutcome {
    if !entry.problems.is_empty() {
        let notes = entry.problems.clone();
        taken.note = Some(match taken.note {
            Some(note) => Reason::WithNotes {
                reason: Box::new(note),
                notes,
            },
            None => Reason::AllOf { reasons: notes },
        });
    }
    taken
}

fn without_entry(report: &Report, result: &RpaResult) -> RunOutcome {
    let error = report.error.as_ref();
    let failed = |trouble: Trouble, technical| RunOutcome::Failed {
        trouble: Trouble {
            step: trouble.step.or_else(|| Some("RESULTADO".to_owned())),
            action: trouble.action.or(Some(Reason::CheckResult {})),
            ..trouble
        },
        technical,
    };
    match report.status {
        RpaStatus::Cancelled => RunOutcome::Cancelled,
        RpaStatus::Failed => failed(
            trouble_of(error, result),
            result.processes.is_empty() && is_technical(error),
        ),
        _ if !result.processes.is_empty() => failed(Trouble::new(Reason::ResultOfOthers {}), false),
        // It says that it is done, and then why it is not.
        _ if result.success == Some(false) => failed(trouble_of(error, result), is_technical(error)),
        _ => failed(Trouble::new(Reason::ResultMissing {}), false),
    }
}

/// In the robot's own words.
fn trouble_of(details: Option<&RpaDetails>, result: &RpaResult) -> Trouble {
    let details = details.cloned().unwrap_or_default();
    let cause = details.mensagem_erro.or_else(|| result.message.clone());
    let told = |code: &String| cause.as_ref().is_some_and(|cause| cause.contains(code));
    let code = details.codigo_erro.filter(|code| !told(code));
    let cause = cause.map_or(Reason::RobotFailedSilently {}, Reason::quoted);
    Trouble {
        cause: match code {
            Some(code) => Reason::WithCode {
                message: Box::new(cause),
                code,
            },
            None => cause,
        },
        step: details.etapa_falha,
        action: details.acao_recomendada.map(Reason::quoted),
        unknown: false,
    }
}
