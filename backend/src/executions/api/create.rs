use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::executions::{ExecutionCreate, ExecutionDto},
    permission::Permission,
    status::ExecutionType,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::RunRobots},
    error::AppResult,
    executions::{model, start},
    http::extract::{Json, Valid},
};

/// Start a robot for a process
///
/// One at a time for each process. It waits for its turn under the limits of its operator and organisation.
#[utoipa::path(
    post, path = "/executions", tag = "executions", request_body = ExecutionCreate,
    responses((status = 201, body = ExecutionDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn create_execution(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Valid(create): Valid<ExecutionCreate>,
) -> AppResult<(StatusCode, Json<ExecutionDto>)> {
    if create.tipo == ExecutionType::UploadSat {
        auth.require(Permission::SendProcesses)?;
    }
    let mut tx = app.db.begin().await?;
    let started = start::create(&mut tx, &auth.actor(), create).await?;
    tx.commit().await?;
    let started = model::dto(&mut app.db.read().await?, started).await?;
    Ok((StatusCode::CREATED, Json(started)))
}
