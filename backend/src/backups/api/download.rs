use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use esteira_shared::ids::BackupId;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageBackups},
    backups::{
        rules,
        target::{CONTENT_TYPE, Place},
    },
    error::{AppError, AppResult},
    http::{extract::Path, held::holding},
    storage::StorageError,
};

/// The file of a backup
///
/// Who takes it is written into the audit trail first. `esteira restore` reads the file.
#[utoipa::path(
    get, path = "/backups/{id}/download", tag = "backups", params(("id" = BackupId, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)),
)]
pub async fn download_backup(
    auth: Require<ManageBackups>,
    State(app): State<SharedApp>,
    Path(id): Path<BackupId>,
) -> AppResult<Response> {
    let place = app.shares.heavy_read(&auth).await?;
    let backup = rules::with_file(&mut app.db.read().await?, auth.organization_id, id).await?;
    let target = Place::open(&app.config.backups)
        .await
        .map_err(AppError::storage_unavailable)?;
    let object = match target.get(&backup.storage_key).await {
        Ok(object) => object,
        Err(StorageError::NotFound) => return Err(AppError::not_found("file at the target of backups")),
        Err(error) => return Err(AppError::storage_unavailable(error)),
    };
    let mut tx = app.db.begin().await?;
    rules::handed_out(&mut tx, &auth.actor(), &backup).await?;
    tx.commit().await?;
    // Our own names have nothing in them that a header would mind.
    let disposition = format!("attachment; filename=\"{}\"", backup.name);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE)),
        (header::CONTENT_LENGTH, HeaderValue::from(object.size_bytes)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).map_err(AppError::internal)?,
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, Body::from_stream(holding(place, object.body))).into_response())
}
