use axum::extract::State;
use esteira_shared::{dto::jobs::JobDetailDto, ids::JobId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadJobs},
    engine::job::Job,
    error::{AppError, AppResult},
    http::extract::{Json, Path},
    jobs::detail,
};

/// One job: attempts, the end of its log, and why it waits if it does
#[utoipa::path(
    get, path = "/jobs/{id}", tag = "jobs", params(("id" = JobId, Path)), responses((status = 200, body = JobDetailDto)),
)]
pub async fn get_job(
    auth: Require<ReadJobs>,
    State(app): State<SharedApp>,
    Path(id): Path<JobId>,
) -> AppResult<Json<JobDetailDto>> {
    let mut conn = app.db.read().await?;
    let job = Job::find(&mut conn, auth.organization_id, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))?;
    detail::read(&app, &mut conn, job).await.map(Json)
}
