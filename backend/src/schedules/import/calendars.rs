//! The calendars of a file, merged into an organisation's own: days come and change, none goes.

use chrono::Datelike as _;
use esteira_shared::{
    dto::{
        calendars::{CALENDAR_DAYS, CALENDAR_YEARS, CalendarCreate, DAY_NAME_CHARS, is_calendar_name},
        schedules::{CalendarFileDto, ScheduleLineOutcome},
    },
    error::ErrorCode,
    reason::Reason,
    schedule::{BuiltIn, CalendarDay},
};

use super::{Outcome, problems};
use crate::{
    auth::Actor,
    calendars::{self, Merged},
    db::Tx,
    error::AppResult,
};

const TITLE_CHARS: usize = 100;

pub(super) async fn merge(tx: &mut Tx, actor: &Actor, file: &CalendarFileDto) -> AppResult<Outcome> {
    if let Some(problem) = problem(file) {
        return Ok(Err(vec![problem]));
    }
    let title = match file.title.trim() {
        "" => &file.name,
        _ => &file.title,
    };
    let wanted = CalendarCreate {
        name: file.name.clone(),
        title: title.clone(),
    };
    match calendars::merge(tx, actor, &wanted, &file.days).await {
        Ok(Merged::Created) => Ok(Ok(ScheduleLineOutcome::Create)),
        Ok(Merged::Updated) => Ok(Ok(ScheduleLineOutcome::Update)),
        Ok(Merged::Unchanged) => Ok(Ok(ScheduleLineOutcome::Unchanged)),
        Err(error) if error.code() == ErrorCode::Validation => Ok(Err(problems(&error))),
        Err(error) => Err(error),
    }
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
    if !is_calendar_name(name) {
        return Some(of("name", Reason::NotTaken {}));
    }
    if file.title.chars().count() > TITLE_CHARS {
        return Some(of("title", Reason::AtMost { most: TITLE_CHARS }));
    }
    if file.days.len() > CALENDAR_DAYS {
        return Some(of("days", Reason::AtMost { most: CALENDAR_DAYS }));
    }
    let bad = |day: &CalendarDay| {
        let words = day.name.trim();
        !CALENDAR_YEARS.contains(&day.date.year()) || words.is_empty() || words.chars().count() > DAY_NAME_CHARS
    };
    let place = file.days.iter().position(bad)?;
    Some(of(&format!("days.{place}"), Reason::NotTaken {}))
}
