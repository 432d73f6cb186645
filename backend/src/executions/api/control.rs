use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::executions::{ExecutionDto, ExecutionRerun},
    ids::{ExecutionId, OrganizationId},
    permission::Permission,
    status::ExecutionType,
};

use crate::{
    app::{App, SharedApp},
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
    control::cancel(&app, &mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    shown(&app, auth.organization_id, id).await.map(Json)
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
    let mut conn = app.db.read().await?;
    if Execution::find(&mut conn, auth.organization_id, id).await?.tipo == ExecutionType::UploadSat {
        auth.require(Permission::SendProcesses)?;
    }
    drop(conn);
    let mut tx = app.db.begin().await?;
    let started = control::rerun(&mut tx, &auth.actor(), id, rerun.parametros).await?;
    tx.commit().await?;
    let started = model::dto(&mut app.db.read().await?, started).await?;
    Ok((StatusCode::CREATED, Json(started)))
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
    control::resume(&app, &mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    shown(&app, auth.organization_id, id).await.map(Json)
}

/// The run as it is after the change.
async fn shown(app: &App, organization: OrganizationId, id: ExecutionId) -> AppResult<ExecutionDto> {
    let mut conn = app.db.read().await?;
    let execution = Execution::find(&mut conn, organization, id).await?;
    model::dto(&mut conn, execution).await
}
