//! The parts of a process's page that `processes` itself does not know: its robots and its last sending.

use esteira_shared::ids::SubjectId;
use futures_util::future::BoxFuture;

use super::SendToSat;
use crate::{
    app::App,
    db::DbConn,
    engine::{Task as _, job::Job},
    error::AppResult,
    executions,
    processes::{Beside, model::Process},
};

/// See [`crate::processes::ReadBeside`].
pub fn beside_process<'a>(
    app: &'a App,
    conn: &'a mut DbConn,
    process: &'a Process,
) -> BoxFuture<'a, AppResult<Beside>> {
    Box::pin(async move {
        let subject = SubjectId(process.id.0);
        let last_job = Job::last_about(conn, process.organization_id, SendToSat::NAME, subject).await?;
        let robots = executions::of_process(app, conn, process).await?;
        Ok(Beside {
            last_job: last_job.map(Job::into_dto),
            executions: robots.executions,
            robot_available: robots.available,
            run_waiting: robots.waiting,
            run_waiting_cause: robots.waiting_cause,
            resumable: robots.resumable,
        })
    })
}
