use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use esteira_shared::dto::processes::ProcessQuery;

use crate::{
    administration::organization::Organization,
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::AppResult,
    http::{extract::Query, held::holding},
    processes::{
        export,
        list::{self, Selection},
    },
};

/// Everything that matches, as CSV
///
/// UTF-8 with a byte order mark and semicolons, as spreadsheets in Brazil expect. `cursor` and `limit` are not used.
#[utoipa::path(
    get, path = "/processes/export", tag = "processes", params(ProcessQuery),
    responses((status = 200, content_type = "text/csv", body = String)),
)]
pub async fn export_processes(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Query(query): Query<ProcessQuery>,
) -> AppResult<Response> {
    let place = app.shares.heavy_read(&auth).await?;
    let mut conn = app.db.read().await?;
    let organization = Organization::find(&mut conn, auth.organization_id).await?;
    let late_before = organization.late_before(app.clock.now());
    let selection = Selection::new(&mut conn, auth.organization_id, query.filter(), late_before)
        .await?
        .complete()?;
    drop(conn);
    let sort = list::order(query.sort, query.late);
    let month = query
        .month
        .map_or_else(|| "processos".to_owned(), |month| month.to_string());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"esteira-{month}.csv\""),
        ),
    ];
    let lines = holding(place, export::stream(app, selection, sort, organization.zone()));
    Ok((headers, Body::from_stream(lines)).into_response())
}
