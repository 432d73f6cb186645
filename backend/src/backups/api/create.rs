use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::backups::{BackupCreate, BackupDetailDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageBackups},
    backups::{model::Backup, rules},
    error::AppResult,
    http::extract::{Json, Valid},
};

/// Make a backup now
///
/// A job makes it, restores it into a scratch database, compares every row, and only then brings it to the target.
#[utoipa::path(
    post, path = "/backups", tag = "backups", request_body = BackupCreate,
    responses((status = 202, body = BackupDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn create_backup(
    auth: Require<ManageBackups>,
    State(app): State<SharedApp>,
    Valid(create): Valid<BackupCreate>,
) -> AppResult<(StatusCode, Json<BackupDetailDto>)> {
    let mut tx = app.db.begin().await?;
    let id = rules::order(&app, &mut tx, &auth.actor(), create).await?;
    tx.commit().await?;
    let backup = Backup::find(&mut app.db.read().await?, auth.organization_id, id).await?;
    Ok((StatusCode::ACCEPTED, Json(backup.into_detail())))
}
