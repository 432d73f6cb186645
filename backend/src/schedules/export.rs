//! All schedules and calendars of an organisation as one file, for another installation.

use std::collections::HashMap;

use diesel::prelude::*;
use esteira_shared::{
    dto::schedules::{CalendarFileDto, ScheduleFileDto},
    ids::{CalendarId, OrganizationId},
    schedule::{CalendarDay, HolidayKind},
    schedule_file::FILE_VERSION,
};

use super::{list, view};
use crate::{
    db::{
        DbConn, RunQueryDsl,
        schema::{calendar_days, calendars},
    },
    error::AppResult,
    with_conn,
};

/// `calendars`: whether they are part of it.
///
/// # Errors
/// When a rule cannot be read.
pub(super) async fn all(
    conn: &mut DbConn,
    organization: OrganizationId,
    calendars: bool,
) -> AppResult<ScheduleFileDto> {
    let rows = list::all(conn, organization).await?;
    let calendars = match calendars {
        true => own_calendars(conn, organization).await?,
        false => Vec::new(),
    };
    Ok(ScheduleFileDto {
        version: FILE_VERSION,
        calendars,
        schedules: rows.iter().map(view::kept).collect::<AppResult<_>>()?,
    })
}

async fn own_calendars(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<CalendarFileDto>> {
    type Day = (CalendarId, String, bool, String, HolidayKind);
    let named: Vec<(CalendarId, String, String)> = with_conn!(conn, |c| calendars::table
        .filter(calendars::organization_id.eq(organization))
        .order(calendars::name)
        .select((calendars::id, calendars::name, calendars::title))
        .load(c)
        .await)?;
    let found: Vec<Day> = with_conn!(conn, |c| calendar_days::table
        .filter(calendar_days::organization_id.eq(organization))
        .order((calendar_days::calendar_id, calendar_days::day, calendar_days::yearly))
        .select((
            calendar_days::calendar_id,
            calendar_days::day,
            calendar_days::yearly,
            calendar_days::name,
            calendar_days::kind,
        ))
        .load(c)
        .await)?;
    let mut days: HashMap<CalendarId, Vec<CalendarDay>> = HashMap::new();
    for (calendar, day, yearly, name, kind) in found {
        if let Ok(date) = day.parse() {
            days.entry(calendar).or_default().push(CalendarDay {
                date,
                yearly,
                name,
                kind,
            });
        }
    }
    let file = |(id, name, title): (CalendarId, String, String)| CalendarFileDto {
        name,
        title,
        days: days.remove(&id).unwrap_or_default(),
    };
    Ok(named.into_iter().map(file).collect())
}
