use axum::extract::State;
use esteira_shared::{
    dto::schedules::{ScheduleExceptionsDto, ScheduleExceptionsUpdate},
    ids::ScheduleId,
};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ManageSchedules, ReadSchedules},
    },
    error::AppResult,
    http::extract::{Json, Path},
    schedules::exceptions,
};

/// What was decided about single dates of a schedule
///
/// Those for dates that the rule does not give are marked.
#[utoipa::path(
    get, path = "/schedules/{id}/exceptions", tag = "schedules", params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleExceptionsDto)),
)]
pub async fn get_schedule_exceptions(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
) -> AppResult<Json<ScheduleExceptionsDto>> {
    exceptions::get(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}

/// Replace the exceptions of a schedule
#[utoipa::path(
    put, path = "/schedules/{id}/exceptions", tag = "schedules", params(("id" = ScheduleId, Path)),
    request_body = ScheduleExceptionsUpdate, responses((status = 200, body = ScheduleExceptionsDto)),
)]
pub async fn update_schedule_exceptions(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
    Json(update): Json<ScheduleExceptionsUpdate>,
) -> AppResult<Json<ScheduleExceptionsDto>> {
    let mut tx = app.db.begin().await?;
    exceptions::update(&app, &mut tx, &auth, id, update).await?;
    tx.commit().await?;
    exceptions::get(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}
