use axum::extract::State;
use esteira_shared::{dto::backups::BackupDetailDto, ids::BackupId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageBackups},
    backups::{model::Backup, rules},
    error::AppResult,
    http::extract::{Json, Path},
};

/// One backup, with its tables and how many rows each has
#[utoipa::path(
    get, path = "/backups/{id}", tag = "backups", params(("id" = BackupId, Path)),
    responses((status = 200, body = BackupDetailDto)),
)]
pub async fn get_backup(
    auth: Require<ManageBackups>,
    State(app): State<SharedApp>,
    Path(id): Path<BackupId>,
) -> AppResult<Json<BackupDetailDto>> {
    let mut conn = app.db.read().await?;
    rules::refuse_others(&mut conn, auth.organization_id).await?;
    let backup = Backup::find(&mut conn, auth.organization_id, id).await?;
    Ok(Json(backup.into_detail()))
}
