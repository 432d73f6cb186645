//! Jobs of the engine.

use esteira_shared::{
    dto::jobs::{JobDetailDto, JobDto},
    ids::JobId,
};

use super::{ApiResult, client};

/// The job with the end of its log.
pub async fn get_job(id: JobId) -> ApiResult<JobDetailDto> {
    client::get(&format!("/jobs/{id}")).await
}

/// Asks it to stop; what it has done stays done.
pub async fn cancel_job(id: JobId) -> ApiResult<JobDto> {
    client::post(&format!("/jobs/{id}/cancel"), &()).await
}
