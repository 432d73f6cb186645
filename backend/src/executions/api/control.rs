use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::executions::{ExecutionDto, ExecutionRerun},
    ids::ExecutionId,
    permission::Permission,
    status::ExecutionType,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::RunRobots},
    error::AppResult,
    executions::{
        control,
        model::{self, Execution},
    },
    http::extract::{Json, Path, Valid},
};

/// Ask for the end of a run
///
/// One that waits ends at once; a robot at work when its API confirms, and ten seconds after the request at the latest.
#[utoipa::path(
    post, path = "/executions/{id}/cancel", tag = "executions", params(("id" = ExecutionId, Path)),
    responses((status = 200, body = ExecutionDto)),
)]
pub async fn cancel_execution(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
) -> AppResult<Json<ExecutionDto>> {
    let mut tx = app.db.begin().await?;
    let execution = control::cancel(&app, &mut tx, &auth.actor(), id).await?;
    let execution = model::dto(tx.conn(), execution).await?;
    tx.commit().await?;
    Ok(Json(execution))
}

/// Run a robot once more, with the same parameters or with others
#[utoipa::path(
    post, path = "/executions/{id}/rerun", tag = "executions", params(("id" = ExecutionId, Path)),
    request_body = ExecutionRerun,
    responses((status = 201, body = ExecutionDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn rerun_execution(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
    Valid(rerun): Valid<ExecutionRerun>,
) -> AppResult<(StatusCode, Json<ExecutionDto>)> {
    let mut tx = app.db.begin().await?;
    if Execution::find(tx.conn(), auth.organization_id, id).await?.tipo == ExecutionType::UploadSat {
        auth.require(Permission::SendProcesses)?;
    }
    let execution = control::rerun(&app, &mut tx, &auth.actor(), id, rerun.parametros).await?;
    let execution = model::dto(tx.conn(), execution).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(execution)))
}

/// Ask the API once more how a run ended that nobody knows the end of
#[utoipa::path(
    post, path = "/executions/{id}/resume", tag = "executions", params(("id" = ExecutionId, Path)),
    responses((status = 200, body = ExecutionDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn resume_execution(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
) -> AppResult<Json<ExecutionDto>> {
    let mut tx = app.db.begin().await?;
    let execution = control::resume(&app, &mut tx, &auth.actor(), id).await?;
    let execution = model::dto(tx.conn(), execution).await?;
    tx.commit().await?;
    Ok(Json(execution))
}
