use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::schedules::{ScheduleCreate, ScheduleDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageSchedules},
    error::AppResult,
    http::extract::{Json, Valid},
    schedules::{rules, view},
};

/// Add a schedule
///
/// A rule that cannot be, or never fires, is refused: `fields` names each fault, and `details.problems` says the same in the
/// language of `Accept-Language`.
#[utoipa::path(
    post, path = "/schedules", tag = "schedules", request_body = ScheduleCreate,
    responses((status = 201, body = ScheduleDto), (status = 422, body = esteira_shared::error::ErrorBody)),
)]
pub async fn create_schedule(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Valid(create): Valid<ScheduleCreate>,
) -> AppResult<(StatusCode, Json<ScheduleDto>)> {
    let mut tx = app.db.begin().await?;
    let id = rules::create(&app, &mut tx, &auth, create).await?;
    tx.commit().await?;
    let made = view::dto(&mut app.db.read().await?, auth.organization_id, id).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
