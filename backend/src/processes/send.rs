//! Starting to send an approved document to SAT.

use esteira_shared::{
    ids::{ProcessId, SubjectId},
    status::ProcessStatus,
    transition::Move,
};

use super::{
    model::{Process, ProcessChanges},
    moves,
    tasks::{SendPayload, SendToSat},
};
use crate::{
    administration::organization::Organization,
    app::App,
    auth::Actor,
    db::Tx,
    engine::{NewJob, enqueue},
    error::{AppError, AppResult},
};

/// Moves the process to `ENVIANDO_SAT` and queues the job that sends it, both or neither.
///
/// # Errors
/// `sat_not_configured`, `illegal_transition`, `version_conflict`.
pub async fn start(app: &App, tx: &mut Tx, actor: &Actor, process: &Process) -> AppResult<Process> {
    let by = first_move(process.status);
    moves::destination(process.status, by)?;
    Organization::find(tx.conn(), process.organization_id).await?.sat(app)?;
    let sha256 = process
        .approved_sha256
        .clone()
        .ok_or_else(|| AppError::internal(anyhow::anyhow!("approved without a document")))?;
    let changes = ProcessChanges {
        error_cause: Some(None),
        error_step: Some(None),
        error_action: Some(None),
        ..ProcessChanges::default()
    };
    let sending = moves::advance(tx, actor, process, by, None, changes).await?;
    let job = NewJob::<SendToSat> {
        organization_id: process.organization_id,
        payload: SendPayload {
            process_id: process.id,
            sha256,
        },
        requested_by: actor.name.clone(),
        subject_id: Some(SubjectId(process.id.0)),
        unique_key: Some(unique_key(process.id)),
        run_at: None,
    };
    enqueue(tx, job).await?;
    Ok(sending)
}

/// The move that sends: another one after a failure.
pub(super) fn first_move(status: ProcessStatus) -> Move {
    if status == ProcessStatus::ErroEnvioSat {
        Move::RetrySend
    } else {
        Move::StartSend
    }
}

fn unique_key(id: ProcessId) -> String {
    format!("send_to_sat/{id}")
}
