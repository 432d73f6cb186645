//! A process with everything its page shows.

use esteira_shared::{
    dto::{
        executions::ExecutionDto,
        jobs::{JobDto, WaitingDto},
        processes::ProcessDetailDto,
    },
    ids::{ExecutionId, OrganizationId, ProcessId},
    reason::Reason,
};
use futures_util::future::BoxFuture;

use super::{
    document,
    model::{NamedProcess, Process},
    moves, review,
};
use crate::{app::App, db::DbConn, error::AppResult, language::told};

/// The parts of the page that come from applications above this one.
pub struct Beside {
    pub last_job: Option<JobDto>,
    pub executions: Vec<ExecutionDto>,
    pub robot_available: bool,
    pub run_waiting: Option<WaitingDto>,
    pub run_waiting_cause: Option<Reason>,
    pub resumable: Vec<ExecutionId>,
}

/// Reads these parts. `applications.rs` gives it to the routes, because nothing above is known here.
pub type ReadBeside = for<'a> fn(&'a App, &'a mut DbConn, &'a Process) -> BoxFuture<'a, AppResult<Beside>>;

/// The page of a process: the answer to reading it and to every change.
#[derive(Clone, Copy)]
pub struct ProcessPage(ReadBeside);

impl ProcessPage {
    #[must_use]
    pub fn new(beside: ReadBeside) -> Self {
        Self(beside)
    }

    /// Read on a reader, after the commit of a change. So nobody waits for this while it holds the lock for writing.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn of(self, app: &App, organization: OrganizationId, id: ProcessId) -> AppResult<ProcessDetailDto> {
        let mut conn = app.db.read().await?;
        let conn = &mut conn;
        let named = NamedProcess::find(conn, organization, id).await?;
        let row = &named.process;
        let review = review::facts(conn, row).await?;
        let moves = moves::history(conn, id).await?;
        let documents = document::of_process(conn, id).await?;
        let allowed = moves::allowed(row);
        let beside = (self.0)(app, conn, row).await?;
        let (run_waiting_cause, run_waiting_cause_coded) = beside.run_waiting_cause.as_ref().map(told).unzip();
        Ok(ProcessDetailDto {
            process: named.dto()?,
            allowed,
            moves,
            documents,
            review,
            last_job: beside.last_job,
            executions: beside.executions,
            robot_available: beside.robot_available,
            run_waiting: beside.run_waiting,
            run_waiting_cause,
            run_waiting_cause_coded,
            resumable: beside.resumable,
        })
    }
}
