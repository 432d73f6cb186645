use axum::extract::State;
use esteira_shared::{
    dto::executions::{ExecutionDto, ExecutionQuery},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::AppResult,
    executions::list,
    http::extract::{Json, Query},
};

/// Runs of robots
#[utoipa::path(
    get, path = "/executions", tag = "executions", params(ExecutionQuery),
    responses((status = 200, body = Page<ExecutionDto>)),
)]
pub async fn list_executions(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Query(query): Query<ExecutionQuery>,
) -> AppResult<Json<Page<ExecutionDto>>> {
    list::page(&mut app.db.read().await?, auth.organization_id, &query)
        .await
        .map(Json)
}
