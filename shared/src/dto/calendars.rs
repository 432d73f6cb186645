//! Calendars of holidays: an organisation's own, and the built-in ones, which nobody changes.

mod day_key;
mod imports;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

pub use self::{
    day_key::{DayKey, InvalidDayKey},
    imports::{
        CalendarChangedDay, CalendarDiff, CalendarImport, CalendarImportDto, CalendarImportQuery, CalendarImportedDto,
        CalendarUndoneDto, RefusedLineDto,
    },
};
use crate::{
    error::{FieldCode, FieldError, words},
    ids::{CalendarId, ScheduleId},
    reason::ReasonDto,
    schedule::{BuiltIn, CalendarDay, HolidayKind},
    validate::{Fields, Validate},
};

/// Calendars of its own that an organisation may have.
pub const CALENDARS: i64 = 100;
/// Days that one of them may have.
pub const CALENDAR_DAYS: usize = 5_000;
/// Years of its days.
pub const CALENDAR_YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
/// Longest name of a holiday, in characters.
pub const DAY_NAME_CHARS: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDto {
    /// Absent when it is built in.
    pub id: Option<CalendarId>,
    /// What schedules call it by.
    pub name: String,
    /// For people.
    pub title: String,
    /// It comes with the program and is computed for each year.
    pub built_in: bool,
    /// Days that it holds; one that returns each year counts once.
    pub days: i64,
    /// Schedules that go by it.
    pub used_by: i64,
    /// 0 when it is built in.
    pub version: i32,
}

/// A calendar with what its page shows beside the days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDetailDto {
    pub calendar: CalendarDto,
    /// Schedules that go by it, by name, at most 100.
    pub schedules: Vec<CalendarScheduleDto>,
    /// It can be compared with what a service outside says, see `POST /calendars/{name}/check`.
    pub can_check: bool,
}

/// A schedule that goes by a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarScheduleDto {
    pub id: ScheduleId,
    pub name: String,
}

/// What a change of a calendar made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarChangeDto {
    pub calendar: CalendarDto,
    /// Schedules that had a next run before and have none now.
    pub stopped: Vec<CalendarScheduleDto>,
}

/// One day of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDayDto {
    /// In the year that was asked for.
    pub date: NaiveDate,
    /// What `PUT` and `DELETE` call it by: `2026-06-24`, or `06-24` when it returns each year.
    pub key: DayKey,
    /// Again each year. Of a built-in calendar also what hangs on Easter.
    pub yearly: bool,
    pub name: String,
    pub kind: HolidayKind,
    /// The law, or the list that it was taken from; only of a built-in calendar.
    pub source: Option<String>,
    /// The first year of a built-in calendar's day.
    pub since: Option<i32>,
}

/// The days of one year, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarYearDto {
    pub year: i32,
    pub days: Vec<CalendarDayDto>,
    /// Of the calendar, for the next change.
    pub version: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CalendarCreate {
    /// 1 to 40 of `a-z`, `0-9` and `-`; never changed, because schedules call it by this.
    pub name: String,
    pub title: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CalendarUpdate {
    pub title: String,
    pub version: i32,
}

/// Another day of a calendar: `{"date": "2026-06-24", "yearly": true, "name": "São João", "kind": "local"}`. Of one that
/// returns each year the year of `date` says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDayCreate {
    pub date: NaiveDate,
    #[serde(default)]
    pub yearly: bool,
    pub name: String,
    pub kind: HolidayKind,
}

/// What a day becomes; it may move to another date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDayUpdate {
    pub date: NaiveDate,
    #[serde(default)]
    pub yearly: bool,
    pub name: String,
    pub kind: HolidayKind,
    /// Of the calendar.
    pub version: i32,
}

impl Validate for CalendarCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self.name.is_empty() {
            fields.push("name", FieldCode::Required, "must not be empty");
        } else if !is_calendar_name(&self.name) {
            let message = "1 to 40 of a-z, 0-9 and -";
            fields.push("name", FieldCode::Invalid, message);
        } else if BuiltIn::named(&self.name).is_some() {
            fields.push("name", FieldCode::Taken, "a built-in calendar has this name");
        }
        fields.text("title", &self.title, 100);
        fields.finish()
    }
}

/// What schedules may call a calendar by.
#[must_use]
pub fn is_calendar_name(name: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=40).contains(&name.len()) && name.bytes().all(fits)
}

impl Validate for CalendarUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("title", &self.title, 100);
        fields.finish()
    }
}

impl Validate for CalendarDayCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        check_day(self.date, &self.name)
    }
}

impl Validate for CalendarDayUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        check_day(self.date, &self.name)
    }
}

fn check_day(date: NaiveDate, name: &str) -> Result<(), Vec<FieldError>> {
    let mut fields = Fields::new();
    if !CALENDAR_YEARS.contains(&date.year()) {
        let (first, last) = (CALENDAR_YEARS.start(), CALENDAR_YEARS.end());
        fields.push("date", FieldCode::OutOfRange, format!("a year from {first} to {last}"));
    }
    fields.text("name", name, DAY_NAME_CHARS);
    fields.finish()
}

impl From<CalendarDayCreate> for CalendarDay {
    fn from(day: CalendarDayCreate) -> Self {
        let CalendarDayCreate {
            date,
            yearly,
            name,
            kind,
        } = day;
        Self {
            date,
            yearly,
            name,
            kind,
        }
    }
}

impl From<CalendarDayUpdate> for CalendarDay {
    fn from(day: CalendarDayUpdate) -> Self {
        Self {
            date: day.date,
            yearly: day.yearly,
            name: day.name,
            kind: day.kind,
        }
    }
}

/// Filters of the list of calendars.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct CalendarQuery {
    /// Part of the name or the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// True: only the built-in ones; false: only the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_in: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// Which year's days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct CalendarDaysQuery {
    /// 1900 to 2199. Left out: this year, by the organisation's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
}

words! {
    /// Files that hold days of a calendar.
    CalendarFormat {
        /// Lines of date, name and kind.
        Csv = "csv",
        /// iCalendar.
        Ics = "ics",
    }
}

/// What to export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct CalendarExportQuery {
    pub format: CalendarFormat,
    /// Only the days of this year. Left out: every day; of a built-in calendar this year and the four after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
}

/// Compares a year with what a service outside says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CalendarCheck {
    pub year: i32,
}

impl Validate for CalendarCheck {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if !CALENDAR_YEARS.contains(&self.year) {
            let (first, last) = (CALENDAR_YEARS.start(), CALENDAR_YEARS.end());
            fields.push("year", FieldCode::OutOfRange, format!("a year from {first} to {last}"));
        }
        fields.finish()
    }
}

/// How the built-in holidays of a year compare with what a service outside says. Nothing is changed by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarCheckDto {
    pub year: i32,
    /// Days that both have.
    pub same: i64,
    /// Theirs that no built-in calendar of the country has.
    pub unknown: Vec<CalendarDay>,
    /// National holidays of ours that they lack.
    pub missing: Vec<CalendarDay>,
    /// Theirs that are no holidays by law, such as Easter Sunday.
    pub ignored: Vec<CalendarDay>,
    /// Why nothing could be compared: the service did not answer, or not in a way that could be read.
    pub failure: Option<ReasonDto>,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_schedules_can_call_them_by() {
        let create = |name: &str| CalendarCreate {
            name: name.to_owned(),
            title: "Feriados da empresa".to_owned(),
        };
        for name in ["empresa", "sp-2026", "-", "a".repeat(40).as_str()] {
            assert_eq!(create(name).validate(), Ok(()), "{name}");
        }
        for (name, code) in [
            ("", FieldCode::Required),
            ("Empresa", FieldCode::Invalid),
            ("são-joão", FieldCode::Invalid),
            ("a b", FieldCode::Invalid),
            ("a".repeat(41).as_str(), FieldCode::Invalid),
            ("br-national", FieldCode::Taken),
            ("br-sp-sao-paulo", FieldCode::Taken),
        ] {
            let refused = create(name).validate().unwrap_err();
            assert_eq!(refused.first().map(|field| field.code), Some(code), "{name}");
        }
    }
}
