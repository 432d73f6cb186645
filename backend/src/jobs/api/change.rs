//! Cancelling and running once more.

use axum::extract::State;
use esteira_shared::{dto::jobs::JobDto, ids::JobId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageJobs},
    error::AppResult,
    http::extract::{Json, Path},
    jobs::rules,
};

/// Ask for a job's end
///
/// A waiting job ends at once; a running one when its task stops, and ten seconds after the request at the latest.
#[utoipa::path(
    post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = JobId, Path)), responses((status = 200, body = JobDto)),
)]
pub async fn cancel_job(
    auth: Require<ManageJobs>,
    State(app): State<SharedApp>,
    Path(id): Path<JobId>,
) -> AppResult<Json<JobDto>> {
    let mut tx = app.db.begin().await?;
    let job = rules::cancel(&app, &mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(Json(job.into_dto()))
}

/// Run a job once more that ended without success
///
/// Its attempts start anew; its history stays.
#[utoipa::path(
    post, path = "/jobs/{id}/retry", tag = "jobs", params(("id" = JobId, Path)), responses((status = 200, body = JobDto)),
)]
pub async fn retry_job(
    auth: Require<ManageJobs>,
    State(app): State<SharedApp>,
    Path(id): Path<JobId>,
) -> AppResult<Json<JobDto>> {
    let mut tx = app.db.begin().await?;
    let job = rules::retry(&app, &mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(Json(job.into_dto()))
}
