//! Repetitions that are a date of each year.

use chrono::{Datelike as _, NaiveDate};

use crate::{dto::calendars::CALENDAR_YEARS, reason::Reason};

use super::event::Stamp;

/// When an event comes again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    EachYear,
    /// All its first days.
    On(Vec<NaiveDate>),
}

/// What a rule means for an event that begins on that day, without the days that are left out.
///
/// # Errors
/// When it is more than a date of each year.
pub(super) fn repeats(rule: &str, start: NaiveDate, left_out: &[NaiveDate]) -> Result<Repeats, Reason> {
    let unsupported = || Reason::EventRuleUnsupported {
        rule: rule.chars().filter(|c| !c.is_control()).take(100).collect(),
    };
    let (mut is_yearly, mut every, mut count, mut until) = (false, 1_usize, None, None);
    for part in rule.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(unsupported)?;
        let number = || value.parse::<u32>().ok();
        match name.to_ascii_uppercase().as_str() {
            "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
            "INTERVAL" => {
                let years = number().and_then(|years| usize::try_from(years).ok());
                every = years.filter(|years| *years > 0).ok_or_else(unsupported)?;
            }
            "COUNT" => count = Some(number().ok_or_else(unsupported)?),
            "UNTIL" => until = Some(Stamp::read(value).ok_or_else(unsupported)?.date),
            "BYMONTH" if number() == Some(start.month()) => {}
            "BYMONTHDAY" if number() == Some(start.day()) => {}
            "WKST" => {}
            _ => return Err(unsupported()),
        }
    }
    if !is_yearly || (count.is_some() && until.is_some()) {
        return Err(unsupported());
    }
    if count.is_none() && until.is_none() {
        return match left_out {
            _ if every > 1 => Err(unsupported()),
            [] => Ok(Repeats::EachYear),
            _ => Err(Reason::EventRuleUnsupported {
                rule: "EXDATE".to_owned(),
            }),
        };
    }
    let dates = (start.year()..=*CALENDAR_YEARS.end())
        .step_by(every)
        // A 29 February comes in leap years only.
        .filter_map(|year| start.with_year(year))
        .take_while(|date| until.is_none_or(|until| *date <= until))
        .take(count.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(usize::MAX)))
        .filter(|date| !left_out.contains(date));
    Ok(Repeats::On(dates.collect()))
}
