use axum::{body::Body, extract::State};
use esteira_shared::dto::clients::{ClientImportDto, ClientImportQuery};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    clients::import,
    error::{AppError, AppResult},
    http::extract::{Json, Query, on_disk},
    operators::Operator,
};

/// Largest CSV.
const LIMIT: usize = 20 * 1024 * 1024;
/// When to send again what found no place.
const BUSY_FOR_S: u64 = 10;

/// Import clients and accounts from CSV
///
/// The body is a CSV (UTF-8 or Windows-1252, separated by comma or semicolon) with the columns `razao_social`, `cnpj`,
/// `operadora`, `conta`, and optionally `login`, `senha`, `ativo`. Rows with the same CNPJ are one client with several
/// accounts. Running it again changes nothing, except that passwords in it are written again. With `dry_run` nothing is written; with any bad row nothing is written.
#[utoipa::path(
    post, path = "/clients/import", tag = "clients", params(ClientImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ClientImportDto), (status = 503, body = esteira_shared::error::ErrorBody)),
)]
pub async fn import_clients(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Query(query): Query<ClientImportQuery>,
    body: Body,
) -> AppResult<Json<ClientImportDto>> {
    let file = on_disk(body, LIMIT, &app.config.data_dir).await?;
    // A file is held in memory while it is read, so one is at a time.
    let place = app.imports.take(auth.organization_id).await.ok_or_else(|| {
        let message = "too many imports wait to be read; nothing was changed, send it again in a moment";
        AppError::busy(message, BUSY_FOR_S)
    })?;
    let operators = Operator::all(&mut app.db.read().await?, auth.organization_id).await?;
    let file = import::read(place, file, operators).await?;
    let mut tx = app.db.begin_long().await?;
    let report = import::run(&app, &mut tx, &auth.actor(), file, query.dry_run).await?;
    if report.applied {
        tx.commit().await?;
    }
    Ok(Json(report))
}
