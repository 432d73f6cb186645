//! On jobs.

use axum::extract::State;
use esteira_shared::dto::bulk::{BulkDto, JobBulkCreate};

use super::{Answer, start};
use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageJobs},
    bulk::jobs::BulkJobs,
    http::extract::Valid,
};

/// Cancel or run once more everything that matches
///
/// With `dry_run` it only counts; otherwise a job does it, and `job_id` tells how far it is.
#[utoipa::path(
    post, path = "/jobs/bulk", tag = "jobs", request_body = JobBulkCreate,
    responses((status = 200, body = BulkDto), (status = 202, body = BulkDto)),
)]
pub async fn bulk_change_jobs(
    auth: Require<ManageJobs>,
    State(app): State<SharedApp>,
    Valid(create): Valid<JobBulkCreate>,
) -> Answer {
    let kind = BulkJobs {
        action: create.action,
        target: create.target,
    };
    start(&app, &auth, kind, create.dry_run).await
}
