//! Reading calendars: all of them, one, and the days of a year.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike as _, NaiveDate};
use esteira_shared::{
    dto::calendars::{
        CALENDAR_YEARS, CalendarDayDto, CalendarDetailDto, CalendarDto, CalendarQuery, CalendarYearDto, DayKey,
    },
    error::{FieldCode, FieldError},
    ids::OrganizationId,
    page::Page,
    schedule::{BuiltIn, CalendarDay},
};

use super::{
    model::{self, Calendar, KeptDays},
    used,
};
use crate::{
    administration::organization::Organization,
    app::App,
    db::{DbConn, paging},
    error::{AppError, AppResult},
    fold::fold,
};

/// The one that a service outside can be asked about.
pub(super) const NATIONAL: &str = "br-national";
/// Schedules that a calendar's page lists.
const SHOWN: i64 = 100;

/// Where a calendar stands in the list.
type Place = (bool, String, String);

/// The organisation's own by title, then the built-in ones in their own order. There are some hundred at most, so the page
/// is cut here.
pub(super) async fn list(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &CalendarQuery,
) -> AppResult<Page<CalendarDto>> {
    let limit = paging::limit(query.limit)?;
    let after: Option<Place> = paging::cursor(query.cursor.as_deref())?;
    let days = model::day_counts(conn, organization).await?;
    let used = used::counts(conn, organization).await?;
    let used_by = |name: &str| used.get(name).copied().unwrap_or(0);
    let mut rows: Vec<(Place, CalendarDto)> = Vec::new();
    if query.built_in != Some(true) {
        for calendar in Calendar::all(conn, organization).await? {
            let days = days.get(&calendar.id).copied().unwrap_or(0);
            let place = (false, fold(&calendar.title), calendar.name.clone());
            let used_by = used_by(&calendar.name);
            rows.push((place, calendar.into_dto(days, used_by)));
        }
    }
    if query.built_in != Some(false) {
        for (place, calendar) in BuiltIn::ALL.iter().enumerate() {
            let place = (true, format!("{place:04}"), calendar.name.to_owned());
            rows.push((place, built_in(*calendar, used_by(calendar.name))));
        }
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(text) = query.q.as_deref().map(fold).filter(|text| !text.is_empty()) {
        rows.retain(|(_, calendar)| fold(&calendar.title).contains(&text) || calendar.name.contains(&text));
    }
    let total = after
        .is_none()
        .then(|| paging::total(i64::try_from(rows.len()).unwrap_or(i64::MAX)));
    if let Some(after) = after {
        rows.retain(|(place, _)| *place > after);
    }
    let page = paging::cut(rows, limit, |(place, _)| place.clone());
    Ok(Page {
        total,
        ..page.map(|(_, calendar)| calendar)
    })
}

fn built_in(calendar: BuiltIn, used_by: i64) -> CalendarDto {
    CalendarDto {
        id: None,
        name: calendar.name.to_owned(),
        title: calendar.title.to_owned(),
        built_in: true,
        days: i64::try_from(calendar.days().count()).unwrap_or(i64::MAX),
        used_by,
        version: 0,
    }
}

/// One calendar with what its page shows.
///
/// # Errors
/// `not_found`.
pub(super) async fn get(
    app: &App,
    conn: &mut DbConn,
    organization: OrganizationId,
    name: &str,
) -> AppResult<CalendarDetailDto> {
    let computed = BuiltIn::named(name);
    let own = match computed {
        Some(_) => None,
        None => Some(Calendar::own(conn, organization, name).await?),
    };
    let used_by = used::counts(conn, organization).await?.get(name).copied().unwrap_or(0);
    let schedules = if used_by == 0 {
        Vec::new()
    } else {
        used::of(conn, organization, name, SHOWN).await?
    };
    let calendar = match (computed, own) {
        (Some(calendar), _) => built_in(calendar, used_by),
        (None, Some(calendar)) => {
            let days = model::day_count(conn, &calendar).await?;
            calendar.into_dto(days, used_by)
        }
        (None, None) => return Err(AppError::not_found("calendar")),
    };
    Ok(CalendarDetailDto {
        calendar,
        schedules,
        can_check: name == NATIONAL && app.config.holidays_url.is_some(),
    })
}

/// An own calendar as a change leaves it.
pub(super) async fn dto(conn: &mut DbConn, calendar: Calendar) -> AppResult<CalendarDto> {
    let organization = calendar.organization_id;
    let days = model::day_count(conn, &calendar).await?;
    let used = used::counts(conn, organization).await?;
    let used_by = used.get(&calendar.name).copied().unwrap_or(0);
    Ok(calendar.into_dto(days, used_by))
}

/// The year that somebody asked for, or this one where the organisation is.
///
/// # Errors
/// `validation` of a year that no calendar has.
pub(super) async fn asked_year(
    app: &App,
    conn: &mut DbConn,
    organization: OrganizationId,
    year: Option<i32>,
) -> AppResult<i32> {
    let Some(year) = year else {
        let zone = Organization::find(conn, organization).await?.zone();
        return Ok(app.clock.now().with_timezone(&zone).year());
    };
    if CALENDAR_YEARS.contains(&year) {
        return Ok(year);
    }
    let message = format!("between {} and {}", CALENDAR_YEARS.start(), CALENDAR_YEARS.end());
    Err(AppError::validation(vec![FieldError::new(
        "year",
        FieldCode::OutOfRange,
        message,
    )]))
}

/// The days of a year.
///
/// # Errors
/// `not_found`.
pub(super) async fn year(
    conn: &mut DbConn,
    organization: OrganizationId,
    name: &str,
    year: i32,
) -> AppResult<CalendarYearDto> {
    if let Some(calendar) = BuiltIn::named(name) {
        let days = lawful(calendar, year);
        return Ok(CalendarYearDto { year, days, version: 0 });
    }
    let calendar = Calendar::own(conn, organization, name).await?;
    let kept = KeptDays::of(conn, &calendar).await?;
    let dated = kept
        .days
        .iter()
        .filter_map(|(key, day)| Some((key.date_in(year)?, *key, day)));
    let mut days: Vec<CalendarDayDto> = dated
        .map(|(date, key, day)| CalendarDayDto {
            date,
            key,
            yearly: day.yearly,
            name: day.name.clone(),
            kind: day.kind,
            source: None,
            since: None,
        })
        .collect();
    // What schedules go by stands first: a day of that year before one of each year.
    days.sort_by_key(|day| (day.date, day.yearly));
    Ok(CalendarYearDto {
        year,
        days,
        version: calendar.version,
    })
}

/// The holidays of a built-in calendar. Where two laws name one date, schedules go by the first.
fn lawful(calendar: BuiltIn, year: i32) -> Vec<CalendarDayDto> {
    let mut days: BTreeMap<NaiveDate, CalendarDayDto> = BTreeMap::new();
    for law in calendar.days() {
        let Some(date) = law.date(year) else { continue };
        days.entry(date).or_insert_with(|| CalendarDayDto {
            date,
            key: DayKey::On(date),
            yearly: true,
            name: law.name.to_owned(),
            kind: law.kind,
            source: Some(law.source.to_owned()),
            since: Some(law.since),
        });
    }
    days.into_values().collect()
}

/// Years of a built-in calendar that a file has.
const EXPORTED_YEARS: i32 = 5;

/// Title and days for a file: those of one year with their dates, or all of them.
///
/// # Errors
/// `not_found`; `validation` of the year.
pub(super) async fn exported(
    app: &App,
    conn: &mut DbConn,
    organization: OrganizationId,
    name: &str,
    wanted: Option<i32>,
) -> AppResult<(String, Vec<CalendarDay>)> {
    let built_in = BuiltIn::named(name);
    let own = match built_in {
        Some(_) => None,
        None => Some(Calendar::own(conn, organization, name).await?),
    };
    if let (Some(calendar), None) = (&own, wanted) {
        let kept = KeptDays::of(conn, calendar).await?;
        return Ok((calendar.title.clone(), kept.list()));
    }
    let first = asked_year(app, conn, organization, wanted).await?;
    let years = match wanted {
        Some(_) => first..=first,
        None => first..=(first + EXPORTED_YEARS - 1).min(*CALENDAR_YEARS.end()),
    };
    let mut days = Vec::new();
    for one in years {
        days.extend(year(conn, organization, name, one).await?.days);
    }
    let mut seen = HashSet::new();
    days.retain(|day| seen.insert(day.date));
    let dated = days.into_iter().map(|day| CalendarDay {
        date: day.date,
        yearly: false,
        name: day.name,
        kind: day.kind,
    });
    let title = own.map_or_else(
        || built_in.map(|calendar| calendar.title.to_owned()).unwrap_or_default(),
        |calendar| calendar.title,
    );
    Ok((title, dated.collect()))
}
