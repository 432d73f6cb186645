//! A process with everything its page shows.

use esteira_shared::{
    dto::processes::ProcessDetailDto,
    ids::{OrganizationId, ProcessId, SubjectId},
    transition,
};

use super::{
    document,
    model::{Names, Process},
    moves, review,
    tasks::SendToSat,
};
use crate::{
    app::App,
    engine::{Task as _, job::Job},
    error::AppResult,
    executions,
};

/// Read on a reader: changes are committed before they are answered, so that nobody waits for this with the write lock.
///
/// # Errors
/// `not_found`.
pub(super) async fn detail(app: &App, organization: OrganizationId, id: ProcessId) -> AppResult<ProcessDetailDto> {
    let conn = &mut app.db.read().await?;
    let row = Process::find(conn, organization, id).await?;
    let review = review::facts(conn, &row).await?;
    let moves = moves::history(conn, id).await?;
    let documents = document::of_process(conn, id).await?;
    let last_job = Job::last_about(conn, organization, SendToSat::NAME, SubjectId(id.0))
        .await?
        .map(Job::into_dto);
    let allowed = transition::allowed(row.status);
    let robots = executions::of_process(app, conn, &row).await?;
    let process = Names::of_one(conn, &row).await?.dto(row)?;
    Ok(ProcessDetailDto {
        process,
        allowed,
        moves,
        documents,
        review,
        last_job,
        executions: robots.executions,
        robot_available: robots.available,
        run_waiting: robots.waiting,
        run_waiting_cause: robots.waiting_cause,
        resumable: robots.resumable,
    })
}
