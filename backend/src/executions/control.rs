//! What people may do with a run: end it, run it again, or ask once more how it ended.

use esteira_shared::{
    error::ErrorCode,
    ids::ExecutionId,
    reason::Reason,
    status::{ExecutionStatus, ExecutionType, ProcessStatus},
    transition::{self, Move},
};
use serde_json::{Map, Value, json};

use super::{
    model::{Execution, ExecutionChanges},
    settings::RobotSettings,
    start,
};
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::Tx,
    engine::{self, job::Job, request_cancel},
    error::{AppError, AppResult},
    processes::model::Process,
};

/// Asks for the end of a run. One that waits ends at once; a running one when the API confirms it, and by the engine's
/// deadline at the latest. One that is over stays as it is.
///
/// # Errors
/// `not_found`.
pub async fn cancel(app: &App, tx: &mut Tx, actor: &Actor, id: ExecutionId) -> AppResult<()> {
    let organization = actor.organization_id;
    let seen = Execution::find(tx.conn(), organization, id).await?;
    // Its job first, as workers do: whoever locks the other way round waits in a ring.
    Job::lock(tx, organization, seen.job_id).await?;
    let execution = Execution::lock(tx, organization, id).await?;
    if execution.status.is_over() || execution.cancel_requested_at.is_some() {
        return Ok(());
    }
    let changes = ExecutionChanges {
        cancel_requested_at: Some(Some(tx.now())),
        ..ExecutionChanges::default()
    };
    execution.change(tx, changes).await?;
    request_cancel(tx, &app.tasks, organization, execution.job_id).await?;
    record(tx, actor, AuditAction::ExecutionCancel, &execution).await
}

/// Another run may follow a run that ended like this.
pub(super) const REPEATABLE: [ExecutionStatus; 2] = [ExecutionStatus::Falhou, ExecutionStatus::Cancelado];

/// Whether a new run may follow this one.
pub(super) fn can_rerun(execution: &Execution) -> bool {
    REPEATABLE.contains(&execution.status)
}

/// Statuses of a process from which [`rerun`] starts another run of a kind.
pub(super) fn awaited_from(tipo: ExecutionType) -> Vec<ProcessStatus> {
    let moves: &[Move] = match tipo {
        ExecutionType::DownloadFatura => &[Move::StartDownload],
        ExecutionType::UploadSat => &[Move::StartSend, Move::RetrySend],
    };
    let legal = |status: ProcessStatus| moves.iter().any(|by| transition::next(status, *by).is_some());
    let all = ProcessStatus::ALL.iter().copied();
    all.filter(|status| is_awaited(*status) && legal(*status)).collect()
}

/// A process that an analyst rejected since then is left to the analyst.
fn is_awaited(status: ProcessStatus) -> bool {
    status != ProcessStatus::Rejeitado
}

/// Starts another run for the same process.
///
/// # Errors
/// `illegal_transition` when this run did not fail and was not cancelled, or the process no longer waits for one; any
/// error of a start.
pub async fn rerun(
    tx: &mut Tx,
    actor: &Actor,
    id: ExecutionId,
    parametros: Option<Map<String, Value>>,
) -> AppResult<Execution> {
    let execution = Execution::lock(tx, actor.organization_id, id).await?;
    let process = Process::lock(tx, actor.organization_id, execution.process_id).await?;
    if !execution.status.is_over() {
        return Err(start::already_active(execution.id));
    }
    let newest = Execution::of_process(tx.conn(), execution.process_id, Some(execution.tipo), 1).await?;
    let is_newest = newest.first().is_none_or(|newest| newest.id == execution.id);
    if !can_rerun(&execution) || !is_newest || !is_awaited(process.status) {
        let message = "only the newest run may be repeated, when it ended without success and its process still waits";
        let details = json!({ "status": execution.status, "process_status": process.status });
        return Err(AppError::new(ErrorCode::IllegalTransition, message).with_details(details));
    }
    match execution.tipo {
        ExecutionType::DownloadFatura => {
            let parametros = parametros.unwrap_or_else(|| execution.added());
            start::start_download(tx, actor, &process, parametros).await
        }
        ExecutionType::UploadSat => {
            start::refuse_parameters(&parametros.unwrap_or_default())?;
            start::start_upload(tx, actor, &process).await
        }
    }
}

/// Whether the API may still tell how a run ended: it has a job there, or the same start may be sent again. It may not
/// be when its answer came and was not understood. The run's own job asks, and it is kept only for a while.
pub(super) fn can_resume(execution: &Execution, settings: &RobotSettings, job: Option<&Job>) -> bool {
    let was_answered = matches!(execution.error_cause, Some(Reason::StartNotUnderstood { .. }));
    let may_answer = execution.external_job_id.is_some() || (settings.honours_keys && !was_answered);
    execution.status == ExecutionStatus::Falhou && execution.outcome_unknown && may_answer && job.is_some()
}

/// Asks the API once more how a run ended, or whether it began.
///
/// # Errors
/// `job_status` when that is known, or the API cannot tell it; `execution_active` when another run began meanwhile.
pub(super) async fn resume(app: &App, tx: &mut Tx, actor: &Actor, id: ExecutionId) -> AppResult<()> {
    // Judged once more under the locks, which are the engine's to take.
    let execution = Execution::find(tx.conn(), actor.organization_id, id).await?;
    let settings = RobotSettings::of(tx.conn(), actor.organization_id).await?;
    let job = Job::find(tx.conn(), actor.organization_id, execution.job_id).await?;
    if !can_resume(&execution, &settings, job.as_ref()) {
        return Err(refuse_resume(&execution));
    }
    engine::revive(tx, &app.tasks, actor, execution.job_id).await?;
    record(tx, actor, AuditAction::ExecutionResume, &execution).await
}

pub(super) fn refuse_resume(execution: &Execution) -> AppError {
    let message = "how this run ended is known, or asking cannot tell it; start another one instead";
    AppError::new(ErrorCode::JobStatus, message).with_details(json!({ "status": execution.status }))
}

async fn record(tx: &mut Tx, actor: &Actor, action: AuditAction, execution: &Execution) -> AppResult<()> {
    let subject = Subject::new("execution", execution.id.0, &execution.hash_execucao);
    audit::record(tx, actor, action, subject, NOTHING, NOTHING).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_repeated_from_where_its_process_waits_for_it() {
        assert_eq!(
            awaited_from(ExecutionType::DownloadFatura),
            [ProcessStatus::AguardandoDownload, ProcessStatus::ErroDownload]
        );
        assert_eq!(
            awaited_from(ExecutionType::UploadSat),
            [ProcessStatus::AguardandoEnvioSat, ProcessStatus::ErroEnvioSat]
        );
    }
}
