use axum::extract::State;
use esteira_shared::{dto::schedules::ScheduleDto, ids::ScheduleId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadSchedules},
    error::AppResult,
    http::extract::{Json, Path},
    schedules::view,
};

/// One schedule
#[utoipa::path(
    get, path = "/schedules/{id}", tag = "schedules", params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleDto)),
)]
pub async fn get_schedule(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
) -> AppResult<Json<ScheduleDto>> {
    view::dto(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}
