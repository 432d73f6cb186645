//! Maintenance: what rests, and until when.

use esteira_shared::{
    dto::{
        maintenance::MaintenanceQuery,
        schedules::{MaintenanceCreate, MaintenanceDto},
    },
    ids::MaintenanceId,
    page::Page,
};

use super::{
    ApiResult,
    client::{self, query_string},
};

pub async fn list_maintenances(query: &MaintenanceQuery) -> ApiResult<Page<MaintenanceDto>> {
    client::get(&format!("/maintenance{}", query_string(query))).await
}

/// Begins one, or plans it.
pub async fn create_maintenance(create: &MaintenanceCreate) -> ApiResult<MaintenanceDto> {
    client::post("/maintenance", create).await
}

/// What waited starts at once.
pub async fn end_maintenance(id: MaintenanceId) -> ApiResult<MaintenanceDto> {
    client::post(&format!("/maintenance/{id}/end"), &()).await
}

/// Only one that has not begun.
pub async fn delete_maintenance(id: MaintenanceId) -> ApiResult<()> {
    client::delete(&format!("/maintenance/{id}")).await
}
