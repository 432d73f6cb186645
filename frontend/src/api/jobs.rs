//! Jobs of the engine, and the engine itself: workers, queues, limits, figures.

use esteira_shared::{
    dto::{
        bulk::{BulkDto, JobBulkCreate},
        jobs::{
            JobDetailDto, JobDto, JobLimitDto, JobLimitUpdate, JobQuery, JobStatsDto, JobStatsQuery, QueueDto,
            WorkerDto,
        },
    },
    ids::{JobId, WorkerId},
    page::Page,
};

use super::{
    ApiResult,
    client::{self, query_string},
};

pub async fn list_jobs(query: &JobQuery) -> ApiResult<Page<JobDto>> {
    client::get(&format!("/jobs{}", query_string(query))).await
}

/// The job with the end of its log.
pub async fn get_job(id: JobId) -> ApiResult<JobDetailDto> {
    client::get(&format!("/jobs/{id}")).await
}

/// Asks it to stop; what it has done stays done.
pub async fn cancel_job(id: JobId) -> ApiResult<JobDto> {
    client::post(&format!("/jobs/{id}/cancel"), &()).await
}

/// Runs once more what ended without success.
pub async fn retry_job(id: JobId) -> ApiResult<JobDto> {
    client::post(&format!("/jobs/{id}/retry"), &()).await
}

/// With `dry_run` it only counts.
pub async fn bulk_jobs(create: &JobBulkCreate) -> ApiResult<BulkDto> {
    client::post("/jobs/bulk", create).await
}

/// Names of the tasks that there are.
pub async fn list_tasks() -> ApiResult<Vec<String>> {
    client::get("/jobs/tasks").await
}

pub async fn get_stats(query: &JobStatsQuery) -> ApiResult<JobStatsDto> {
    client::get(&format!("/jobs/stats{}", query_string(query))).await
}

pub async fn list_workers() -> ApiResult<Vec<WorkerDto>> {
    client::get("/workers").await
}

/// Lets it finish what it runs and take nothing new.
pub async fn drain_worker(id: WorkerId) -> ApiResult<Vec<WorkerDto>> {
    client::post(&format!("/workers/{id}/drain"), &()).await
}

pub async fn resume_worker(id: WorkerId) -> ApiResult<Vec<WorkerDto>> {
    client::post(&format!("/workers/{id}/resume"), &()).await
}

pub async fn list_queues() -> ApiResult<Vec<QueueDto>> {
    client::get("/queues").await
}

/// Nothing of it starts any more; what runs goes on.
pub async fn pause_queue(name: &str) -> ApiResult<Vec<QueueDto>> {
    client::post(&format!("/queues/{}/pause", in_path(name)), &()).await
}

pub async fn resume_queue(name: &str) -> ApiResult<Vec<QueueDto>> {
    client::post(&format!("/queues/{}/resume", in_path(name)), &()).await
}

pub async fn list_limits() -> ApiResult<Vec<JobLimitDto>> {
    client::get("/job-limits").await
}

/// Sets the limit of a path; without any figure it is removed.
pub async fn set_limit(update: &JobLimitUpdate) -> ApiResult<Vec<JobLimitDto>> {
    client::put("/job-limits", update).await
}

fn in_path(name: &str) -> String {
    js_sys::encode_uri_component(name).into()
}
