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
    db::DbConn,
    engine::{Task as _, job::Job},
    error::AppResult,
    executions,
    language::told,
};

/// # Errors
/// `not_found`.
pub(super) async fn detail(
    app: &App,
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ProcessId,
) -> AppResult<ProcessDetailDto> {
    let row = Process::find(conn, organization, id).await?;
    let review = review::facts(conn, &row).await?;
    let moves = moves::history(conn, id).await?;
    let documents = document::of_process(conn, id).await?;
    let last_job = Job::last_about(conn, organization, SendToSat::NAME, SubjectId(id.0))
        .await?
        .map(Job::into_dto);
    let allowed = transition::allowed(row.status);
    let robots = executions::of_process(app, conn, &row).await?;
    let (run_waiting_cause, run_waiting_cause_coded) = robots.waiting_cause.as_ref().map(told).unzip();
    let process = Names::of(conn, std::slice::from_ref(&row)).await?.dto(row)?;
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
        run_waiting_cause,
        run_waiting_cause_coded,
        resumable: robots.resumable,
    })
}
