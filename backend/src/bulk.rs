//! Bulk actions, on processes, runs of robots and jobs: counted first, then done by a job, one thing at a time.
//!
//! They stand above the applications whose rules they call. [`kind`] is the mechanism. One file for each
//! [`kind::BulkKind`] says what is special about it.

mod api;
mod executions;
mod jobs;
pub mod kind;
mod processes;
mod requester;
mod tally;

use utoipa_axum::router::OpenApiRouter;

use self::kind::BulkTask;
use crate::{app::SharedApp, routes};

pub type BulkMove = BulkTask<processes::BulkProcesses>;
pub type ExecutionsBulk = BulkTask<executions::BulkExecutions>;
pub type JobsBulk = BulkTask<jobs::BulkJobs>;

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::processes::bulk_approve_processes))
        .routes(routes!(api::processes::bulk_reject_processes))
        .routes(routes!(api::processes::bulk_send_processes))
        .routes(routes!(api::processes::bulk_download_processes))
        .routes(routes!(api::executions::bulk_change_executions))
        .routes(routes!(api::jobs::bulk_change_jobs))
}
