use axum::{body::Body, extract::State};
use esteira_shared::dto::clients::{ClientImportDto, ClientImportQuery};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    clients::import,
    error::AppResult,
    http::extract::{Json, Query, whole},
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
    body: Body,
) -> AppResult<Json<ClientImportDto>> {
    let bytes = whole(body, LIMIT).await?;
    let operators = Operator::all(&mut app.db.read().await?, auth.organization_id).await?;
    let file = import::read(bytes, operators).await?;
    let mut tx = app.db.begin_long().await?;
    let report = import::run(&app, &mut tx, &auth.actor(), file, query.dry_run).await?;
    if report.applied {
        tx.commit().await?;
    }
    Ok(Json(report))
}
