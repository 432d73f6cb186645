//! Backups of the whole installation.

use esteira_shared::{
    dto::backups::{BackupCreate, BackupDetailDto, BackupDto, BackupFactsDto, BackupQuery},
    ids::BackupId,
    page::Page,
};

use super::{ApiResult, client};

/// Newest first.
pub async fn list_backups(query: &BackupQuery) -> ApiResult<Page<BackupDto>> {
    client::get(&format!("/backups{}", client::query_string(query))).await
}

/// Where they go, and when the newest proven one was made.
pub async fn get_facts() -> ApiResult<BackupFactsDto> {
    client::get("/backups/facts").await
}

/// With its tables.
pub async fn get_backup(id: BackupId) -> ApiResult<BackupDetailDto> {
    client::get(&format!("/backups/{id}")).await
}

/// A job makes it; refused with `already_exists` while another one is made.
pub async fn create_backup(create: &BackupCreate) -> ApiResult<BackupDetailDto> {
    client::post("/backups", create).await
}

/// Its file goes with it.
pub async fn delete_backup(id: BackupId) -> ApiResult<()> {
    client::delete(&format!("/backups/{id}")).await
}

/// Where its file is.
pub fn download_address(id: BackupId) -> String {
    client::address(&format!("/backups/{id}/download"))
}
