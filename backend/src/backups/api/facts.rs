use axum::extract::State;
use esteira_shared::dto::backups::BackupFactsDto;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageBackups},
    backups::rules,
    error::AppResult,
    http::extract::Json,
};

/// Where backups go, whether they can be encrypted, and when the newest proven one was made
#[utoipa::path(
    get, path = "/backups/facts", tag = "backups", responses((status = 200, body = BackupFactsDto)),
)]
pub async fn get_backup_facts(
    auth: Require<ManageBackups>,
    State(app): State<SharedApp>,
) -> AppResult<Json<BackupFactsDto>> {
    let mut conn = app.db.read().await?;
    rules::facts(&app, &mut conn, auth.organization_id).await.map(Json)
}
