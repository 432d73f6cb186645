use axum::{extract::State, http::StatusCode};
use esteira_shared::ids::ScheduleId;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageSchedules},
    error::AppResult,
    http::extract::Path,
    schedules::rules,
};

/// Remove a schedule with its history
///
/// Refused with `in_use` while a run of it is unfinished.
#[utoipa::path(
    delete, path = "/schedules/{id}", tag = "schedules", params(("id" = ScheduleId, Path)),
    responses((status = 204), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn delete_schedule(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    rules::delete(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
