//! The calendars of a file, merged into an organisation's own: days come and change, none goes.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use diesel::prelude::*;
use esteira_shared::{
    dto::schedules::{CalendarFileDto, ScheduleLineOutcome},
    event::Topic,
    ids::{CalendarId, OrganizationId},
    reason::Reason,
    schedule::{BuiltIn, CalendarDay, HolidayKind},
};
use uuid::Uuid;

use super::Outcome;
use crate::{
    db::{
        RunQueryDsl, Tx,
        schema::{calendar_days, calendars},
    },
    error::AppResult,
    scheduler, with_conn,
};

/// Days of one calendar.
const DAYS: usize = 5_000;
const NAME_CHARS: usize = 40;
const TITLE_CHARS: usize = 100;
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A day's place in its calendar: as it is kept, and whether it returns each year.
type Place = (String, bool);
type Named = (String, HolidayKind);

pub(super) async fn merge(tx: &mut Tx, organization: OrganizationId, file: &CalendarFileDto) -> AppResult<Outcome> {
    if let Some(problem) = problem(file) {
        return Ok(Err(vec![problem]));
    }
    let wanted: BTreeMap<Place, Named> = file.days.iter().map(kept).collect();
    let found: Option<(CalendarId, String)> = with_conn!(tx.conn(), |c| calendars::table
        .filter(calendars::organization_id.eq(organization))
        .filter(calendars::name.eq(&file.name))
        .select((calendars::id, calendars::title))
        .first(c)
        .await
        .optional())?;
    let title = match file.title.trim() {
        "" => file.name.as_str(),
        title => title,
    };
    let Some((id, old_title)) = found else {
        let id = create(tx, organization, &file.name, title).await?;
        for (place, named) in &wanted {
            add_day(tx, organization, id, place, named).await?;
        }
        told(tx, organization, id, &file.name).await?;
        return Ok(Ok(ScheduleLineOutcome::Create));
    };
    let days = days(tx, organization, id).await?;
    let mut changed = old_title != title;
    for (place, named) in &wanted {
        match days.get(place) {
            Some(old) if old == named => continue,
            Some(_) => change_day(tx, organization, id, place, named).await?,
            None => add_day(tx, organization, id, place, named).await?,
        }
        changed = true;
    }
    if !changed {
        return Ok(Ok(ScheduleLineOutcome::Unchanged));
    }
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(
        calendars::table.filter(calendars::organization_id.eq(organization).and(calendars::id.eq(id)))
    )
    .set((
        calendars::title.eq(title),
        calendars::updated_at.eq(now),
        calendars::version.eq(calendars::version + 1),
    ))
    .execute(c)
    .await)?;
    told(tx, organization, id, &file.name).await?;
    Ok(Ok(ScheduleLineOutcome::Update))
}

async fn told(tx: &mut Tx, organization: OrganizationId, id: CalendarId, name: &str) -> AppResult<()> {
    tx.changed(organization, Topic::Calendars, id.0);
    scheduler::calendar_changed(tx, organization, name).await
}

/// Why a calendar cannot be taken.
fn problem(file: &CalendarFileDto) -> Option<Reason> {
    let of = |field: &str, why: Reason| Reason::FieldProblem {
        field: field.to_owned(),
        why: Box::new(why),
    };
    let name = &file.name;
    if BuiltIn::named(name).is_some() {
        return Some(Reason::FileCalendarBuiltIn { name: name.clone() });
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > NAME_CHARS || !name.chars().all(fits) {
        return Some(of("name", Reason::NotTaken {}));
    }
    if file.title.chars().count() > TITLE_CHARS {
        return Some(of("title", Reason::AtMost { most: TITLE_CHARS }));
    }
    if file.days.len() > DAYS {
        return Some(of("days", Reason::AtMost { most: DAYS }));
    }
    let bad = |day: &CalendarDay| {
        let words = day.name.trim();
        !YEARS.contains(&day.date.year()) || words.is_empty() || words.chars().count() > TITLE_CHARS
    };
    let place = file.days.iter().position(bad)?;
    Some(of(&format!("days.{place}"), Reason::NotTaken {}))
}

fn kept(day: &CalendarDay) -> (Place, Named) {
    // Of a day that returns the year means nothing; 2000 has a 29 February.
    let date = if day.yearly {
        NaiveDate::from_ymd_opt(2000, day.date.month(), day.date.day()).unwrap_or(day.date)
    } else {
        day.date
    };
    ((date.to_string(), day.yearly), (day.name.trim().to_owned(), day.kind))
}

async fn days(tx: &mut Tx, organization: OrganizationId, id: CalendarId) -> QueryResult<BTreeMap<Place, Named>> {
    let found: Vec<(String, bool, String, HolidayKind)> = with_conn!(tx.conn(), |c| calendar_days::table
        .filter(calendar_days::organization_id.eq(organization))
        .filter(calendar_days::calendar_id.eq(id))
        .select((
            calendar_days::day,
            calendar_days::yearly,
            calendar_days::name,
            calendar_days::kind,
        ))
        .load(c)
        .await)?;
    Ok(found
        .into_iter()
        .map(|(day, yearly, name, kind)| ((day, yearly), (name, kind)))
        .collect())
}

async fn create(tx: &mut Tx, organization: OrganizationId, name: &str, title: &str) -> QueryResult<CalendarId> {
    let (id, now) = (CalendarId(Uuid::now_v7()), tx.now());
    with_conn!(tx.conn(), |c| diesel::insert_into(calendars::table)
        .values((
            calendars::id.eq(id),
            calendars::organization_id.eq(organization),
            calendars::name.eq(name),
            calendars::title.eq(title),
            calendars::created_at.eq(now),
            calendars::updated_at.eq(now),
            calendars::version.eq(1),
        ))
        .execute(c)
        .await)?;
    Ok(id)
}

async fn add_day(
    tx: &mut Tx,
    organization: OrganizationId,
    calendar: CalendarId,
    (day, yearly): &Place,
    (name, kind): &Named,
) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::insert_into(calendar_days::table)
        .values((
            calendar_days::id.eq(CalendarId(Uuid::now_v7())),
            calendar_days::organization_id.eq(organization),
            calendar_days::calendar_id.eq(calendar),
            calendar_days::day.eq(day),
            calendar_days::yearly.eq(*yearly),
            calendar_days::name.eq(name),
            calendar_days::kind.eq(*kind),
        ))
        .execute(c)
        .await)?;
    Ok(())
}

async fn change_day(
    tx: &mut Tx,
    organization: OrganizationId,
    calendar: CalendarId,
    (day, yearly): &Place,
    (name, kind): &Named,
) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::update(
        calendar_days::table
            .filter(calendar_days::organization_id.eq(organization))
            .filter(calendar_days::calendar_id.eq(calendar))
            .filter(calendar_days::day.eq(day).and(calendar_days::yearly.eq(*yearly)))
    )
    .set((calendar_days::name.eq(name), calendar_days::kind.eq(*kind)))
    .execute(c)
    .await)?;
    Ok(())
}
