use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use esteira_shared::{
    calendar_file::{ics_file, parse, write_csv},
    dto::calendars::{
        CalendarExportQuery, CalendarFormat, CalendarImport, CalendarImportDto, CalendarImportQuery,
        CalendarImportedDto, CalendarUndoneDto,
    },
    ids::CalendarImportId,
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ReadRegistry, WriteRegistry},
    },
    calendars::{imports, list},
    error::{AppError, AppResult},
    http::extract::{Json, Path, Query, Valid},
};

/// Merge a file of days into a calendar
///
/// CSV has the columns date, name and kind, with or without a head; iCalendar has events of whole days, once or each year.
/// Lines that cannot be read are refused one by one, with the reason; the others are taken. Days that the file lacks stay,
/// unless `remove_missing` is set. With `dry_run` nothing is written, and the answer is what would come of it.
#[utoipa::path(
    post, path = "/calendars/{name}/import", tag = "calendars", params(("name" = String, Path)),
    request_body = CalendarImport, responses((status = 200, body = CalendarImportedDto)),
)]
pub async fn import_calendar(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Valid(mut import): Valid<CalendarImport>,
) -> AppResult<Json<CalendarImportedDto>> {
    let (format, text) = (import.format, std::mem::take(&mut import.text));
    // Away from the threads that answer requests, and outside of any transaction.
    let parsed = tokio::task::spawn_blocking(move || parse(format, &text))
        .await
        .map_err(AppError::internal)?;
    let mut tx = app.db.begin().await?;
    let report = imports::run(&mut tx, &auth.actor(), &name, &import, parsed).await?;
    if report.applied {
        tx.commit().await?;
    } else {
        tx.roll_back().await;
    }
    Ok(Json(report))
}

/// A calendar as a file
///
/// iCalendar, or CSV in UTF-8 with a byte order mark and semicolons. The import reads both.
#[utoipa::path(
    get, path = "/calendars/{name}/export", tag = "calendars", params(("name" = String, Path), CalendarExportQuery),
    responses((status = 200, content_type = "text/calendar", body = String)),
)]
pub async fn export_calendar(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Query(query): Query<CalendarExportQuery>,
) -> AppResult<Response> {
    let mut conn = app.db.read().await?;
    let (title, days) = list::exported(&app, &mut conn, auth.organization_id, &name, query.year).await?;
    drop(conn);
    let (kind, file) = match query.format {
        CalendarFormat::Csv => ("text/csv; charset=utf-8", write_csv(&days)),
        CalendarFormat::Ics => (
            "text/calendar; charset=utf-8",
            ics_file(&name, &title, &days, app.clock.now().into()),
        ),
    };
    let year = query.year.map(|year| format!("-{year}")).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}{year}.{}\"", query.format),
        ),
    ];
    Ok((headers, file).into_response())
}

/// Imports into a calendar that changed something, newest first
#[utoipa::path(
    get, path = "/calendars/{name}/imports", tag = "calendars", params(("name" = String, Path), CalendarImportQuery),
    responses((status = 200, body = Page<CalendarImportDto>)),
)]
pub async fn list_calendar_imports(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
    Query(query): Query<CalendarImportQuery>,
) -> AppResult<Json<Page<CalendarImportDto>>> {
    let page = imports::list(&mut app.db.read().await?, auth.organization_id, &name, &query).await?;
    Ok(Json(page))
}

/// Take an import back
///
/// Days become again what they were before it. Those that somebody changed since then stay as they are, and stand in `kept`.
#[utoipa::path(
    post, path = "/calendars/{name}/imports/{import_id}/undo", tag = "calendars",
    params(("name" = String, Path), ("import_id" = CalendarImportId, Path)),
    responses((status = 200, body = CalendarUndoneDto)),
)]
pub async fn undo_calendar_import(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path((name, id)): Path<(String, CalendarImportId)>,
) -> AppResult<Json<CalendarUndoneDto>> {
    let mut tx = app.db.begin().await?;
    let undone = imports::undo(&mut tx, &auth.actor(), &name, id).await?;
    tx.commit().await?;
    Ok(Json(undone))
}
