use axum::extract::State;
use esteira_shared::{
    dto::schedules::{ScheduleDto, ScheduleQuery},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadSchedules},
    error::AppResult,
    http::extract::{Json, Query},
    schedules::list,
};

/// Schedules by name
#[utoipa::path(
    get, path = "/schedules", tag = "schedules", params(ScheduleQuery), responses((status = 200, body = Page<ScheduleDto>)),
)]
pub async fn list_schedules(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Query(query): Query<ScheduleQuery>,
) -> AppResult<Json<Page<ScheduleDto>>> {
    list::page(&mut app.db.read().await?, auth.organization_id, &query)
        .await
        .map(Json)
}
