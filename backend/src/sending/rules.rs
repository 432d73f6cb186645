//! Starting to send an approved document to SAT.

use esteira_shared::{
    dto::processes::ProcessSend,
    ids::{OrganizationId, ProcessId, SubjectId},
    status::SatTransport,
};

use super::tasks::send_to_sat::{SendPayload, SendToSat};
use crate::{
    administration::organization::Organization,
    app::App,
    auth::Actor,
    db::{DbConn, Tx},
    engine::{NewJob, enqueue},
    error::AppResult,
    executions::{self, RobotSettings},
    processes::{
        model::{Names, Process},
        moves,
    },
};

/// The path of limits for what goes to SAT over HTTPS.
const LANE: &str = "sat";

/// Moves a process that was seen at a version to `ENVIANDO_SAT`, and queues the job or the robot that sends it, in one
/// transaction.
///
/// # Errors
/// `not_found`, `illegal_transition`, `version_conflict`; `sat_not_configured` or `rpa_not_configured`; `execution_active`;
/// `sat_unclear`.
pub async fn send(app: &App, tx: &mut Tx, actor: &Actor, id: ProcessId, seen: &ProcessSend) -> AppResult<()> {
    let process = Process::lock(tx, actor.organization_id, id).await?;
    // An illegal move says more than a stale version.
    moves::destination(process.status, moves::sending_move(process.status))?;
    process.expect_version(seen.version)?;
    let settings = ready(app, tx.conn(), process.organization_id).await?;
    match settings.sat_transport {
        SatTransport::Robot => {
            let started = executions::start_upload_with(tx, actor, &process, settings, seen.despite_doubt).await;
            started.map(drop)
        }
        SatTransport::Https => queue(tx, actor, &process, seen.despite_doubt).await,
    }
}

/// The settings that say how documents reach SAT. For HTTPS its address must be set; the address of a robot is checked
/// later, with its operator.
///
/// # Errors
/// `sat_not_configured`.
pub async fn ready(app: &App, conn: &mut DbConn, organization: OrganizationId) -> AppResult<RobotSettings> {
    let settings = RobotSettings::of(conn, organization).await?;
    if settings.sat_transport == SatTransport::Https {
        Organization::find(conn, organization).await?.sat(app)?;
    }
    Ok(settings)
}

/// Has a job send the document over HTTPS.
async fn queue(tx: &mut Tx, actor: &Actor, process: &Process, despite_doubt: bool) -> AppResult<()> {
    let sha256 = process.approved_document()?;
    let names = Names::of(tx.conn(), process).await?;
    moves::begin_sending(tx, actor, process, &names, despite_doubt).await?;
    let payload = SendPayload {
        process_id: process.id,
        sha256,
    };
    let job = NewJob::<SendToSat>::new(process.organization_id, &actor.name, payload)
        .about(SubjectId(process.id.0))
        .lane(LANE)
        .unique(format!("send_to_sat/{}", process.id));
    enqueue(tx, job).await.map(drop)
}
