//! On runs of robots.

use axum::extract::State;
use esteira_shared::{
    dto::bulk::{BulkDto, ExecutionAction, ExecutionBulkCreate},
    permission::Permission,
};

use super::{Answer, start};
use crate::{
    app::SharedApp,
    auth::{Require, permission::RunRobots},
    bulk::executions::BulkExecutions,
    http::extract::Valid,
};

/// Cancel or repeat everything that matches
///
/// With `dry_run` it only counts; otherwise a job does it, and `job_id` tells how far it is.
#[utoipa::path(
    post, path = "/executions/bulk", tag = "executions", request_body = ExecutionBulkCreate,
    responses((status = 200, body = BulkDto), (status = 202, body = BulkDto)),
)]
pub async fn bulk_change_executions(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Valid(create): Valid<ExecutionBulkCreate>,
) -> Answer {
    if create.action == ExecutionAction::Rerun {
        // Among them may be sendings.
        auth.require(Permission::SendProcesses)?;
    }
    let kind = BulkExecutions {
        action: create.action,
        target: create.target,
    };
    start(&app, &auth, kind, create.dry_run).await
}
