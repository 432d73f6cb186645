//! Entries for other processes than the run's own.

use esteira_shared::{
    ids::ProcessId,
    instant::Instant,
    reason::Reason,
    status::{ExecutionType, ProcessStatus, ResultEffect},
};

use super::{Applying, EntryOutcome, results, trouble_of};
use crate::{
    engine::Failure,
    error::reason_of,
    executions::{
        end::{self, Trouble},
        model::Execution,
    },
    integrations::rpa::payload::{FinalStatus, RpaProcess},
    processes::model::Process,
};

impl Applying<'_> {
    /// An entry for another process than the run's own: applied when that process waits for it.
    pub(super) async fn other(&self, entry: &RpaProcess) -> Result<EntryOutcome, Failure> {
        let mut conn = self.app.db.read().await?;
        let found = match entry.hash_execucao.as_deref() {
            Some(hash) => results::find_process(&mut conn, self.execution, hash).await?,
            None => None,
        };
        let Some((process, kind)) = found else {
            let note = Reason::NoProcessHasThisHash {};
            return Ok(EntryOutcome::new(ResultEffect::Unmatched, None, Some(note)));
        };
        let id = Some(process.id);
        drop(conn);
        match &entry.status_final {
            FinalStatus::UploadedSat if kind == ExecutionType::DownloadFatura => {
                match self.bring(process.id, entry).await {
                    Ok(Ok(taken)) => Ok(taken),
                    Ok(Err(trouble)) => self.fail_other(process.id, &trouble, entry.finalizado_em).await,
                    // One invoice that cannot be had must not hold up the others for good.
                    Err(Failure::Technical(error)) if self.is_last_attempt() => {
                        let trouble = Trouble {
                            action: Some(Reason::RunItsRobot {}),
                            ..Trouble::new(Reason::OtherInvoiceNotFetched {
                                error: Box::new(reason_of(&error)),
                            })
                        };
                        self.fail_other(process.id, &trouble, entry.finalizado_em).await
                    }
                    Err(failure) => Err(failure),
                }
            }
            // A sending that is under way is not this robot's.
            FinalStatus::Failed if kind == ExecutionType::DownloadFatura => {
                let trouble = trouble_of(entry.detalhes.as_ref(), &self.result);
                self.fail_other(process.id, &trouble, entry.finalizado_em).await
            }
            // A process is only shown at work while a run of its own is, and then that run says so.
            FinalStatus::UploadedSat | FinalStatus::Failed | FinalStatus::Running | FinalStatus::Pending => {
                let note = Reason::NobodyWaitsForThis { status: process.status };
                Ok(EntryOutcome::new(ResultEffect::Unchanged, id, Some(note)))
            }
            FinalStatus::Unknown(word) => {
                let note = Reason::FinalStatusUnknown { word: word.clone() };
                Ok(EntryOutcome::new(ResultEffect::NotUnderstood, id, Some(note)))
            }
            FinalStatus::Missing => {
                let note = Reason::NoFinalStatus {};
                Ok(EntryOutcome::new(ResultEffect::NotUnderstood, id, Some(note)))
            }
        }
    }

    /// The download of another process failed, at an instant that the entry may name.
    async fn fail_other(&self, id: ProcessId, trouble: &Trouble, at: Option<Instant>) -> Result<EntryOutcome, Failure> {
        let mut tx = self.begin().await?;
        let mut process = Process::lock(&mut tx, self.execution.organization_id, id).await?;
        if Execution::active(tx.conn(), id).await?.is_some() {
            return Ok(EntryOutcome::left_to_another(id));
        }
        // The same trouble was written by an earlier attempt.
        let same = process.error_cause.as_ref() == Some(&trouble.cause);
        let told = same && process.error_step == trouble.step && process.error_action == trouble.action;
        let newer = at.is_none_or(|at| at >= process.status_since);
        if process.status == ProcessStatus::ErroDownload && newer && !told {
            process = end::begin_process(&mut tx, &self.actor, &process).await?;
        }
        let kind = ExecutionType::DownloadFatura;
        let moved = end::fail_process(&mut tx, &self.actor, process.id, kind, trouble).await?;
        tx.commit().await?;
        let effect = match moved || same {
            true => ResultEffect::Applied,
            false => ResultEffect::Unchanged,
        };
        Ok(EntryOutcome::new(effect, Some(id), Some(trouble.cause.clone())))
    }
}
