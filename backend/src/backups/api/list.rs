use axum::extract::State;
use esteira_shared::{
    dto::backups::{BackupDto, BackupQuery},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageBackups},
    backups::{model, rules},
    error::AppResult,
    http::extract::{Json, Query},
};

/// Backups, newest first
///
/// They hold every organisation, so they belong to the first one; the others get 404 from all of these routes.
#[utoipa::path(
    get, path = "/backups", tag = "backups", params(BackupQuery), responses((status = 200, body = Page<BackupDto>)),
)]
pub async fn list_backups(
    auth: Require<ManageBackups>,
    State(app): State<SharedApp>,
    Query(query): Query<BackupQuery>,
) -> AppResult<Json<Page<BackupDto>>> {
    let mut conn = app.db.read().await?;
    rules::refuse_others(&mut conn, auth.organization_id).await?;
    model::list(&mut conn, auth.organization_id, &query).await.map(Json)
}
