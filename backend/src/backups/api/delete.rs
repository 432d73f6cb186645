use axum::{extract::State, http::StatusCode};
use esteira_shared::ids::BackupId;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageBackups},
    backups::{rules, sweep::remove_files},
    error::AppResult,
    http::extract::Path,
};

/// Remove a backup with its file
///
/// A target that is away does not hinder it: the file goes when the target is back.
#[utoipa::path(
    delete, path = "/backups/{id}", tag = "backups", params(("id" = BackupId, Path)),
    responses((status = 204), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn delete_backup(
    auth: Require<ManageBackups>,
    State(app): State<SharedApp>,
    Path(id): Path<BackupId>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    rules::refuse_others(tx.conn(), auth.organization_id).await?;
    rules::remove(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    if let Err(error) = remove_files(&app).await {
        tracing::warn!(
            error = format!("{error:#}"),
            "cannot remove files of deleted backups yet"
        );
    }
    Ok(StatusCode::NO_CONTENT)
}
