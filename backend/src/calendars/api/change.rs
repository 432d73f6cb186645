use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::calendars::{CalendarCreate, CalendarDto, CalendarUpdate};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    calendars::rules,
    error::AppResult,
    http::extract::{Json, Path, Valid},
};

/// Add a calendar
///
/// It has no days at first. Its name is what schedules call it by and never changes.
#[utoipa::path(
    post, path = "/calendars", tag = "calendars", request_body = CalendarCreate,
    responses((status = 201, body = CalendarDto)),
)]
pub async fn create_calendar(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Valid(create): Valid<CalendarCreate>,
) -> AppResult<(StatusCode, Json<CalendarDto>)> {
    let mut tx = app.db.begin().await?;
    let calendar = rules::create(&mut tx, &auth.actor(), &create).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(calendar)))
}

/// Change the title of a calendar
#[utoipa::path(
    put, path = "/calendars/{name}", tag = "calendars", params(("name" = String, Path)), request_body = CalendarUpdate,
    responses((status = 200, body = CalendarDto)),
)]
pub async fn update_calendar(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Valid(update): Valid<CalendarUpdate>,
) -> AppResult<Json<CalendarDto>> {
    let mut tx = app.db.begin().await?;
    let calendar = rules::update(&mut tx, &auth.actor(), &name, &update).await?;
    tx.commit().await?;
    Ok(Json(calendar))
}

/// Remove a calendar that no schedule goes by
#[utoipa::path(
    delete, path = "/calendars/{name}", tag = "calendars", params(("name" = String, Path)),
    responses((status = 204), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn delete_calendar(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    rules::delete(&mut tx, &auth.actor(), &name).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
