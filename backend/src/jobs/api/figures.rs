//! Figures for graphs.

use axum::extract::State;
use esteira_shared::dto::jobs::{JobStatsDto, JobStatsQuery, StatsRange};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadJobs},
    error::AppResult,
    http::extract::{Json, Query},
    jobs::stats,
};

/// Ended attempts and the length of the queue over the last hour, day or month
#[utoipa::path(
    get, path = "/jobs/stats", tag = "jobs", params(JobStatsQuery), responses((status = 200, body = JobStatsDto)),
)]
pub async fn get_job_stats(
    auth: Require<ReadJobs>,
    State(app): State<SharedApp>,
    Query(query): Query<JobStatsQuery>,
) -> AppResult<Json<JobStatsDto>> {
    let range = query.range.unwrap_or(StatsRange::Hour);
    let _place = app.shares.heavy_read(&auth).await?;
    let mut conn = app.db.read_long().await?;
    stats::read(&app, &mut conn, auth.organization_id, range, query.task.as_deref())
        .await
        .map(Json)
}

/// Names of all tasks
#[utoipa::path(
    get, path = "/jobs/tasks", tag = "jobs", responses((status = 200, body = Vec<String>)),
)]
pub async fn list_tasks(_auth: Require<ReadJobs>, State(app): State<SharedApp>) -> Json<Vec<&'static str>> {
    Json(app.tasks.names())
}
