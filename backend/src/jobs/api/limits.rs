use axum::extract::State;
use esteira_shared::dto::jobs::{JobLimitDto, JobLimitUpdate};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ManageEngine, ReadJobs},
    },
    error::AppResult,
    http::extract::{Json, Valid},
    jobs::limits,
};

/// How many jobs of a lane run at once, and how often they start
#[utoipa::path(
    get, path = "/job-limits", tag = "jobs", responses((status = 200, body = Vec<JobLimitDto>)),
)]
pub async fn list_job_limits(
    auth: Require<ReadJobs>,
    State(app): State<SharedApp>,
) -> AppResult<Json<Vec<JobLimitDto>>> {
    Ok(Json(
        limits::list(&mut app.db.read().await?, auth.organization_id).await?,
    ))
}

/// Set the limit of a lane, or remove it
///
/// It holds from the next start on, on every worker. Without any figure the limit is removed.
#[utoipa::path(
    put, path = "/job-limits", tag = "jobs", request_body = JobLimitUpdate, responses((status = 200, body = Vec<JobLimitDto>)),
)]
pub async fn set_job_limit(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Valid(update): Valid<JobLimitUpdate>,
) -> AppResult<Json<Vec<JobLimitDto>>> {
    let mut tx = app.db.begin().await?;
    let all = limits::set(&mut tx, &auth.actor(), update).await?;
    tx.commit().await?;
    Ok(Json(all))
}
