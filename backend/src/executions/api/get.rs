use axum::extract::State;
use esteira_shared::{dto::executions::ExecutionDetailDto, ids::ExecutionId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::AppResult,
    executions::view,
    http::extract::{Json, Path},
};

/// One run with its parameters, its result and the runs before it
#[utoipa::path(
    get, path = "/executions/{id}", tag = "executions", params(("id" = ExecutionId, Path)),
    responses((status = 200, body = ExecutionDetailDto)),
)]
pub async fn get_execution(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
) -> AppResult<Json<ExecutionDetailDto>> {
    view::detail(&app, &mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}
