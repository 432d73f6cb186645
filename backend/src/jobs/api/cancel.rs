use axum::extract::State;
use esteira_shared::{dto::jobs::JobDto, ids::JobId};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        audit::{self, NOTHING, Subject},
        permission::ManageJobs,
    },
    engine::request_cancel,
    error::AppResult,
    http::extract::{Json, Path},
};

/// Ask for a job's end
///
/// A waiting job ends at once; a running one within seconds of its worker's next heartbeat.
#[utoipa::path(
    post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = JobId, Path)), responses((status = 200, body = JobDto)),
    security(("session" = ["jobs:manage"]), ("token" = ["jobs:manage"])),
)]
pub async fn cancel_job(
    auth: Require<ManageJobs>,
    State(app): State<SharedApp>,
    Path(id): Path<JobId>,
) -> AppResult<Json<JobDto>> {
    let mut tx = app.db.begin().await?;
    let job = request_cancel(&mut tx, &app.tasks, auth.organization_id, id).await?;
    audit::record(
        &mut tx,
        &auth.actor(),
        "job.cancel",
        Subject::new("job", id.0, &job.task),
        NOTHING,
        NOTHING,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(job.into_dto()))
}
