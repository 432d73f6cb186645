use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use esteira_shared::{
    dto::logs::{LogDownloadQuery, LogMatchQuery, LogMatchesDto, LogPageDto, LogQuery},
    ids::{ExecutionId, OrganizationId},
};

use crate::{
    administration::organization::Organization,
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    db::DbConn,
    error::{AppError, AppResult},
    executions::model::Execution,
    http::{
        extract::{Json, Path, Query},
        held::holding,
    },
    logs::{self, LogState},
};

async fn log(conn: &mut DbConn, organization: OrganizationId, id: ExecutionId) -> AppResult<LogState> {
    let execution = Execution::find(conn, organization, id).await?;
    logs::find(conn, organization, execution.id.log())
        .await?
        .ok_or_else(|| AppError::not_found("log"))
}

/// Lines of a run's log
///
/// Lines are numbered from 1 without gaps. New ones come live on `/events?log={id}`.
#[utoipa::path(
    get, path = "/executions/{id}/log", tag = "executions", params(("id" = ExecutionId, Path), LogQuery),
    responses((status = 200, body = LogPageDto)),
)]
pub async fn get_execution_log(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
    Query(query): Query<LogQuery>,
) -> AppResult<Json<LogPageDto>> {
    let mut conn = app.db.read().await?;
    let log = log(&mut conn, auth.organization_id, id).await?;
    logs::page(&mut conn, &log, &query).await.map(Json)
}

/// Numbers of the lines that match
///
/// A long log is looked through in stretches: ask on with `after` as `searched_to` says.
#[utoipa::path(
    get, path = "/executions/{id}/log/matches", tag = "executions", params(("id" = ExecutionId, Path), LogMatchQuery),
    responses((status = 200, body = LogMatchesDto)),
)]
pub async fn find_in_execution_log(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
    Query(query): Query<LogMatchQuery>,
) -> AppResult<Json<LogMatchesDto>> {
    let _place = app.shares.heavy_read(&auth).await?;
    let mut conn = app.db.read_long().await?;
    let log = log(&mut conn, auth.organization_id, id).await?;
    logs::matches(&mut conn, &log, &query).await.map(Json)
}

/// The whole log as a text file
#[utoipa::path(
    get, path = "/executions/{id}/log/download", tag = "executions", params(("id" = ExecutionId, Path), LogDownloadQuery),
    responses((status = 200, content_type = "text/plain", body = String)),
)]
pub async fn download_execution_log(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
    Query(query): Query<LogDownloadQuery>,
) -> AppResult<Response> {
    let place = app.shares.heavy_read(&auth).await?;
    let mut conn = app.db.read().await?;
    let log = log(&mut conn, auth.organization_id, id).await?;
    let zone = Organization::find(&mut conn, auth.organization_id).await?.zone();
    drop(conn);
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"execucao-{id}.log\""),
        ),
    ];
    let text = logs::download(app.db.clone(), log.id, zone, query.escapes.unwrap_or_default());
    Ok((headers, Body::from_stream(holding(place, text))).into_response())
}
