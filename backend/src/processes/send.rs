//! Starting to send an approved document to SAT.

use esteira_shared::{
    ids::{OrganizationId, ProcessId, SubjectId},
    status::{ProcessStatus, SatTransport},
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
    db::{DbConn, Tx},
    engine::{NewJob, enqueue},
    error::{AppError, AppResult},
    executions::{self, RobotSettings},
};

/// Moves the process to `ENVIANDO_SAT` and queues what sends it, a job or a robot, both or neither.
///
/// # Errors
/// `sat_not_configured` or `rpa_not_configured`, `illegal_transition`, `version_conflict`, `execution_active`.
pub async fn start(app: &App, tx: &mut Tx, actor: &Actor, process: &Process) -> AppResult<Process> {
    moves::destination(process.status, first_move(process.status))?;
    let transport = ready(app, tx.conn(), process.organization_id).await?;
    let sha256 = process
        .approved_sha256
        .clone()
        .ok_or_else(|| AppError::internal(anyhow::anyhow!("approved without a document")))?;
    let sending = sending(tx, actor, process).await?;
    if transport == SatTransport::Robot {
        executions::send_to_sat(tx, actor, &sending, sha256).await?;
        return Ok(sending);
    }
    let payload = SendPayload {
        process_id: process.id,
        sha256,
    };
    let job = NewJob::<SendToSat>::new(process.organization_id, &actor.name, payload)
        .about(SubjectId(process.id.0))
        .unique(unique_key(process.id));
    enqueue(tx, job).await?;
    Ok(sending)
}

/// How documents reach SAT, when it is known where that is. The address of a robot is its operator's affair.
///
/// # Errors
/// `sat_not_configured`.
pub(super) async fn ready(app: &App, conn: &mut DbConn, organization: OrganizationId) -> AppResult<SatTransport> {
    let transport = RobotSettings::of(conn, organization).await?.sat_transport;
    if transport == SatTransport::Https {
        Organization::find(conn, organization).await?.sat(app)?;
    }
    Ok(transport)
}

/// Makes a process ready for a job of its own that runs once more.
///
/// # Errors
/// `illegal_transition` when it does not wait for that any longer.
pub async fn again(tx: &mut Tx, actor: &Actor, process: &Process) -> AppResult<()> {
    sending(tx, actor, process).await.map(drop)
}

/// Moves to `ENVIANDO_SAT`, the last failure forgotten.
async fn sending(tx: &mut Tx, actor: &Actor, process: &Process) -> AppResult<Process> {
    let changes = ProcessChanges {
        error_cause: Some(None),
        error_step: Some(None),
        error_action: Some(None),
        ..ProcessChanges::default()
    };
    moves::advance(tx, actor, process, first_move(process.status), None, changes).await
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
