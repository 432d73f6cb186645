use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::{executions::ExecutionBulkCreate, processes::BulkDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::RunRobots},
    error::AppResult,
    executions::bulk,
    http::extract::{Json, Valid},
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
) -> AppResult<(StatusCode, Json<BulkDto>)> {
    let bulk = bulk::start(&app, &auth, create).await?;
    let status = match bulk.job_id {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::OK,
    };
    Ok((status, Json(bulk)))
}
