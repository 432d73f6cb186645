use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::calendars::{
    CalendarChangeDto, CalendarDayCreate, CalendarDayUpdate, CalendarDaysQuery, CalendarYearDto, DayKey,
};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ReadRegistry, WriteRegistry},
    },
    calendars::{days, list},
    error::AppResult,
    http::extract::{Json, Path, Query, Valid},
};

/// The days of a calendar in one year
#[utoipa::path(
    get, path = "/calendars/{name}/days", tag = "calendars", params(("name" = String, Path), CalendarDaysQuery),
    responses((status = 200, body = CalendarYearDto)),
)]
pub async fn list_calendar_days(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Query(query): Query<CalendarDaysQuery>,
) -> AppResult<Json<CalendarYearDto>> {
    let mut conn = app.db.read().await?;
    let year = list::asked_year(&app, &mut conn, auth.organization_id, query.year).await?;
    Ok(Json(list::year(&mut conn, auth.organization_id, &name, year).await?))
}

/// Add a day
///
/// The schedules that go by the calendar are planned anew; `stopped` names those that never fire any more.
#[utoipa::path(
    post, path = "/calendars/{name}/days", tag = "calendars", params(("name" = String, Path)),
    request_body = CalendarDayCreate, responses((status = 201, body = CalendarChangeDto)),
)]
pub async fn create_calendar_day(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Valid(create): Valid<CalendarDayCreate>,
) -> AppResult<(StatusCode, Json<CalendarChangeDto>)> {
    let mut tx = app.db.begin().await?;
    let change = days::add(&mut tx, &auth.actor(), &name, create.into()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(change)))
}

/// Change a day
///
/// `day` is `2026-06-24`, or `06-24` for one that returns each year. The body may move it to another date.
#[utoipa::path(
    put, path = "/calendars/{name}/days/{day}", tag = "calendars",
    params(("name" = String, Path), ("day" = DayKey, Path)), request_body = CalendarDayUpdate,
    responses((status = 200, body = CalendarChangeDto)),
)]
pub async fn update_calendar_day(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path((name, day)): Path<(String, DayKey)>,
    Valid(update): Valid<CalendarDayUpdate>,
) -> AppResult<Json<CalendarChangeDto>> {
    let mut tx = app.db.begin().await?;
    let change = days::change(&mut tx, &auth.actor(), &name, day, update).await?;
    tx.commit().await?;
    Ok(Json(change))
}

/// Remove a day
///
/// `day` is `2026-06-24`, or `06-24` for one that returns each year.
#[utoipa::path(
    delete, path = "/calendars/{name}/days/{day}", tag = "calendars",
    params(("name" = String, Path), ("day" = DayKey, Path)), responses((status = 204)),
)]
pub async fn delete_calendar_day(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path((name, day)): Path<(String, DayKey)>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    days::remove(&mut tx, &auth.actor(), &name, day).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
