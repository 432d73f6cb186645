use axum::extract::State;
use esteira_shared::{
    dto::jobs::{JobDto, JobQuery},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadJobs},
    engine::job::Job,
    error::AppResult,
    http::extract::{Json, Query},
    jobs::list::{self, Selection},
};

/// Jobs, newest first unless asked otherwise
#[utoipa::path(
    get, path = "/jobs", tag = "jobs", params(JobQuery), responses((status = 200, body = Page<JobDto>)),
)]
pub async fn list_jobs(
    auth: Require<ReadJobs>,
    State(app): State<SharedApp>,
    Query(query): Query<JobQuery>,
) -> AppResult<Json<Page<JobDto>>> {
    let selection = Selection::new(auth.organization_id, query.filter());
    let mut conn = app.db.read().await?;
    let page = list::page(&mut conn, &selection, query.sort, query.cursor.as_deref(), query.limit).await?;
    Ok(Json(page.map(Job::into_dto)))
}
