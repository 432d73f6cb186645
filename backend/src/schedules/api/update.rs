use axum::extract::State;
use esteira_shared::{
    dto::schedules::{ScheduleDto, ScheduleUpdate},
    ids::ScheduleId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageSchedules},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    schedules::{rules, view},
};

/// Change a schedule
///
/// Slots that are over stay what they were. A rule that cannot be is refused as when one is added.
#[utoipa::path(
    put, path = "/schedules/{id}", tag = "schedules", params(("id" = ScheduleId, Path)), request_body = ScheduleUpdate,
    responses((status = 200, body = ScheduleDto)),
)]
pub async fn update_schedule(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
    Valid(update): Valid<ScheduleUpdate>,
) -> AppResult<Json<ScheduleDto>> {
    let mut tx = app.db.begin().await?;
    rules::update(&app, &mut tx, &auth, id, update).await?;
    tx.commit().await?;
    view::dto(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}
