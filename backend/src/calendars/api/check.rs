use axum::extract::State;
use esteira_shared::dto::calendars::{CalendarCheck, CalendarCheckDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::WriteRegistry},
    calendars::{check, list::NATIONAL},
    error::{AppError, AppResult},
    http::extract::{Json, Path, Valid},
};

/// Compare the national holidays of a year with what a service outside says
///
/// Only of `br-national`, and only where the server has the setting `ESTEIRA_HOLIDAYS_URL`. Nothing is changed; why the
/// service could not be asked stands in `failure`.
#[utoipa::path(
    post, path = "/calendars/{name}/check", tag = "calendars", params(("name" = String, Path)),
    request_body = CalendarCheck,
    responses((status = 200, body = CalendarCheckDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn check_calendar(
    _: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Valid(wanted): Valid<CalendarCheck>,
) -> AppResult<Json<CalendarCheckDto>> {
    if name != NATIONAL {
        return Err(AppError::not_found("calendar that can be compared"));
    }
    Ok(Json(check::check(&app, wanted.year).await?))
}
