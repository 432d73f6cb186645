use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use esteira_shared::{
    dto::schedules::{ScheduleFileDto, ScheduleImport, ScheduleImportDto},
    permission::Permission,
};

use crate::{
    administration::organization::Organization,
    app::SharedApp,
    auth::{
        Require,
        permission::{ManageSchedules, ReadSchedules},
    },
    error::{AppError, AppResult},
    http::extract::{Json, Valid},
    schedules::{export, import},
};

/// All schedules and own calendars as one file
///
/// Another installation takes it as an import of the format `esteira`. Calendars need `registry:read` too.
#[utoipa::path(
    get, path = "/schedules/export", tag = "schedules", responses((status = 200, body = ScheduleFileDto)),
)]
pub async fn export_schedules(auth: Require<ReadSchedules>, State(app): State<SharedApp>) -> AppResult<Response> {
    let _place = app.shares.heavy_read(&auth).await?;
    let mut conn = app.db.read_long().await?;
    let file = export::all(&mut conn, auth.organization_id, auth.may(Permission::ReadRegistry)).await?;
    drop(conn);
    let text = serde_json::to_string_pretty(&file).map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"esteira-schedules.json\"",
        ),
    ];
    Ok((headers, text).into_response())
}

/// Take schedules from a file, by name
///
/// A crontab, a list of the former system, or an export. A row that cannot be taken is refused alone. With `dry_run` it only
/// says what it would do. Calendars in it need `registry:write` too.
#[utoipa::path(
    post, path = "/schedules/import", tag = "schedules", request_body = ScheduleImport,
    responses((status = 200, body = ScheduleImportDto)),
)]
pub async fn import_schedules(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Valid(asked): Valid<ScheduleImport>,
) -> AppResult<Json<ScheduleImportDto>> {
    let organization = Organization::find(&mut app.db.read().await?, auth.organization_id).await?;
    let mut tx = app.db.begin_long().await?;
    let taken = import::take(&app, &mut tx, &auth, &asked, &organization.timezone).await?;
    if asked.dry_run {
        tx.roll_back().await;
    } else {
        tx.commit().await?;
    }
    Ok(Json(taken))
}
