//! Calendars, their days, and files of days.

use esteira_shared::{
    dto::calendars::{
        CalendarChangeDto, CalendarCheck, CalendarCheckDto, CalendarCreate, CalendarDayCreate, CalendarDayUpdate,
        CalendarDaysQuery, CalendarDetailDto, CalendarDto, CalendarExportQuery, CalendarImport, CalendarImportDto,
        CalendarImportQuery, CalendarImportedDto, CalendarQuery, CalendarUndoneDto, CalendarUpdate, CalendarYearDto,
        DayKey,
    },
    ids::CalendarImportId,
    page::{MAX_LIMIT, Page},
};

use super::{ApiResult, client};

/// The organisation's own by title, then the built-in ones.
pub async fn list_calendars(query: &CalendarQuery) -> ApiResult<Page<CalendarDto>> {
    client::get(&format!("/calendars{}", client::query_string(query))).await
}

/// All of them, for choices: one answer holds as many as there can be.
pub async fn all_calendars() -> ApiResult<Vec<CalendarDto>> {
    let query = CalendarQuery {
        limit: Some(MAX_LIMIT),
        ..CalendarQuery::default()
    };
    list_calendars(&query).await.map(|page| page.items)
}

pub async fn get_calendar(name: &str) -> ApiResult<CalendarDetailDto> {
    client::get(&format!("/calendars/{name}")).await
}

pub async fn create_calendar(create: &CalendarCreate) -> ApiResult<CalendarDto> {
    client::post("/calendars", create).await
}

pub async fn update_calendar(name: &str, update: &CalendarUpdate) -> ApiResult<CalendarDto> {
    client::put(&format!("/calendars/{name}"), update).await
}

/// Refused with `in_use` while a schedule goes by it.
pub async fn delete_calendar(name: &str) -> ApiResult<()> {
    client::delete(&format!("/calendars/{name}")).await
}

/// The days of one year.
pub async fn calendar_days(name: &str, year: i32) -> ApiResult<CalendarYearDto> {
    let query = CalendarDaysQuery { year: Some(year) };
    client::get(&format!("/calendars/{name}/days{}", client::query_string(&query))).await
}

pub async fn create_day(name: &str, day: &CalendarDayCreate) -> ApiResult<CalendarChangeDto> {
    client::post(&format!("/calendars/{name}/days"), day).await
}

pub async fn update_day(name: &str, key: DayKey, day: &CalendarDayUpdate) -> ApiResult<CalendarChangeDto> {
    client::put(&format!("/calendars/{name}/days/{key}"), day).await
}

pub async fn delete_day(name: &str, key: DayKey) -> ApiResult<()> {
    client::delete(&format!("/calendars/{name}/days/{key}")).await
}

/// Merges the days of a file into it, or only says what that would do.
pub async fn import_days(name: &str, import: &CalendarImport) -> ApiResult<CalendarImportedDto> {
    client::post(&format!("/calendars/{name}/import"), import).await
}

pub async fn list_imports(name: &str, query: &CalendarImportQuery) -> ApiResult<Page<CalendarImportDto>> {
    client::get(&format!("/calendars/{name}/imports{}", client::query_string(query))).await
}

pub async fn undo_import(name: &str, id: CalendarImportId) -> ApiResult<CalendarUndoneDto> {
    client::post(&format!("/calendars/{name}/imports/{id}/undo"), &()).await
}

/// Compares a year of the national holidays with what a service outside says.
pub async fn check_holidays(name: &str, year: i32) -> ApiResult<CalendarCheckDto> {
    client::post(&format!("/calendars/{name}/check"), &CalendarCheck { year }).await
}

/// Where a file of its days is, for a link.
pub fn export_address(name: &str, query: &CalendarExportQuery) -> String {
    client::address(&format!("/calendars/{name}/export{}", client::query_string(query)))
}
