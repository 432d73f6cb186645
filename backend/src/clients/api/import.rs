use axum::{body::Bytes, extract::State};
use esteira_shared::dto::clients::{ClientImportDto, ClientImportQuery};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    clients::import,
    error::{AppError, AppResult},
    http::extract::{Json, Query},
    operators::Operator,
};

/// Largest CSV.
const LIMIT: usize = 20 * 1024 * 1024;

/// Import clients and accounts from CSV
///
/// The body is a CSV (UTF-8 or Windows-1252, separated by comma or semicolon) with the columns `razao_social`, `cnpj`,
/// `operadora`, `conta`, and optionally `login`, `senha`, `ativo`. Rows with the same CNPJ are one client with several
/// accounts. Running it again changes nothing, except that passwords in it are written again. With `dry_run` nothing is written; with any bad row nothing is written.
#[utoipa::path(
    post, path = "/clients/import", tag = "clients", params(ClientImportQuery),
    request_body(content = String, content_type = "text/csv"), responses((status = 200, body = ClientImportDto)),
)]
pub async fn import_clients(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Query(query): Query<ClientImportQuery>,
    body: axum::body::Body,
) -> AppResult<Json<ClientImportDto>> {
    let limit = i64::try_from(LIMIT).unwrap_or(i64::MAX);
    let bytes: Bytes = axum::body::to_bytes(body, LIMIT)
        .await
        .map_err(|_| AppError::too_large(limit))?;
    let operators = Operator::all(&mut app.db.read().await?, auth.organization_id).await?;
    let file = import::read(bytes, operators).await?;
    let mut tx = app.db.begin_long().await?;
    let report = import::run(&app, &mut tx, &auth.actor(), file, query.dry_run).await?;
    if report.applied {
        tx.commit().await?;
    }
    Ok(Json(report))
}
