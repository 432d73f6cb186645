use axum::extract::State;
use esteira_shared::{
    dto::calendars::{CalendarDetailDto, CalendarDto, CalendarQuery},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadRegistry},
    calendars::list,
    error::AppResult,
    http::extract::{Json, Path, Query},
};

/// Calendars: the organisation's own by title, then the built-in ones
#[utoipa::path(
    get, path = "/calendars", tag = "calendars", params(CalendarQuery),
    responses((status = 200, body = Page<CalendarDto>)),
)]
pub async fn list_calendars(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Query(query): Query<CalendarQuery>,
) -> AppResult<Json<Page<CalendarDto>>> {
    let page = list::list(&mut app.db.read().await?, auth.organization_id, &query).await?;
    Ok(Json(page))
}

/// One calendar, with the schedules that go by it
#[utoipa::path(
    get, path = "/calendars/{name}", tag = "calendars", params(("name" = String, Path)),
    responses((status = 200, body = CalendarDetailDto)),
)]
pub async fn get_calendar(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
) -> AppResult<Json<CalendarDetailDto>> {
    let calendar = list::get(&app, &mut app.db.read().await?, auth.organization_id, &name).await?;
    Ok(Json(calendar))
}
