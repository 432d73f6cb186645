use axum::extract::State;
use esteira_shared::{
    dto::schedules::{ScheduleFiguresDto, ScheduleRunDto, ScheduleRunQuery},
    ids::ScheduleId,
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadSchedules},
    error::AppResult,
    http::extract::{Json, Path, Query},
    schedules::{figures, runs},
};

/// A schedule's runs and missed slots, newest first
#[utoipa::path(
    get, path = "/schedules/{id}/runs", tag = "schedules", params(("id" = ScheduleId, Path), ScheduleRunQuery),
    responses((status = 200, body = Page<ScheduleRunDto>)),
)]
pub async fn list_schedule_runs(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
    Query(query): Query<ScheduleRunQuery>,
) -> AppResult<Json<Page<ScheduleRunDto>>> {
    runs::page(&mut app.db.read().await?, auth.organization_id, id, &query)
        .await
        .map(Json)
}

/// How a schedule did in the last 90 days, in numbers
#[utoipa::path(
    get, path = "/schedules/{id}/figures", tag = "schedules", params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleFiguresDto)),
)]
pub async fn get_schedule_figures(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
) -> AppResult<Json<ScheduleFiguresDto>> {
    let mut conn = app.db.read_long().await?;
    let now = app.clock.now();
    figures::of(&mut conn, auth.organization_id, id, now).await.map(Json)
}
