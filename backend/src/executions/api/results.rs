use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use esteira_shared::{
    dto::executions::{ExecutionResultDto, ExecutionResultQuery},
    ids::ExecutionId,
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::AppResult,
    executions::{model::Execution, view},
    http::extract::{Json, Path, Query},
};

/// What each entry of a run's result did
///
/// In the order of the result.
#[utoipa::path(
    get, path = "/executions/{id}/results", tag = "executions",
    params(("id" = ExecutionId, Path), ExecutionResultQuery),
    responses((status = 200, body = Page<ExecutionResultDto>)),
)]
pub async fn list_execution_results(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
    Query(query): Query<ExecutionResultQuery>,
) -> AppResult<Json<Page<ExecutionResultDto>>> {
    let mut conn = app.db.read().await?;
    view::result_page(&mut conn, auth.organization_id, id, &query)
        .await
        .map(Json)
}

/// The whole answer of the robots' API at the end of a run
///
/// As it came, without the portal's password; `null` while there is none.
#[utoipa::path(
    get, path = "/executions/{id}/results/download", tag = "executions", params(("id" = ExecutionId, Path)),
    responses((status = 200, content_type = "application/json", body = serde_json::Value)),
)]
pub async fn download_execution_result(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
) -> AppResult<Response> {
    let mut conn = app.db.read_long().await?;
    let whole = Execution::resultado(&mut conn, auth.organization_id, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"execucao-{id}.json\""),
        ),
    ];
    Ok((headers, whole.unwrap_or_else(|| "null".to_owned())).into_response())
}
