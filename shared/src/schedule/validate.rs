//! What in a schedule cannot be. The form shows it while a person types, in their language; the server refuses it.

use std::ops::RangeInclusive;

use chrono::{Datelike as _, NaiveDate};

use super::{
    Schedule,
    rule::{MonthDay, Monthly, Rule},
};
use crate::{
    error::{FieldCode, FieldError},
    language::Language,
    reason::Reason,
};

/// A refused field, and why in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path of the field as sent, for example `rule.times`.
    pub field: String,
    pub code: FieldCode,
    pub reason: Reason,
}

impl From<Problem> for FieldError {
    fn from(problem: Problem) -> Self {
        Self::new(&problem.field, problem.code, problem.reason.text(Language::En))
    }
}

/// Longest lists: times of a day, chosen dates, exceptions, blackouts, calendars.
const MOST_TIMES: usize = 288;
const MOST_DATES: usize = 1_000;
const MOST_EXCEPTIONS: usize = 500;
const MOST_BLACKOUTS: usize = 200;
const MOST_CALENDARS: usize = 20;
/// Longest reason of a person, in characters.
const MOST_WORDS: usize = 200;
/// Years in which something can be planned.
const YEARS: RangeInclusive<i32> = 1900..=2999;
const MOST_INTERVAL_MINUTES: u32 = 366 * 24 * 60;
/// A day.
const MOST_JITTER_SECONDS: u32 = 24 * 60 * 60;

/// Collects refused fields.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn push(&mut self, field: impl Into<String>, code: FieldCode, reason: Reason) {
        self.0.push(Problem {
            field: field.into(),
            code,
            reason,
        });
    }

    pub(super) fn finish(self) -> Result<(), Vec<Problem>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }

    /// All that needs neither zones nor calendars.
    pub(super) fn of_schedule(&mut self, schedule: &Schedule) {
        self.of_rule(&schedule.rule);
        self.day("start", schedule.start);
        self.day("end", schedule.end);
        if let (Some(start), Some(end)) = (schedule.start, schedule.end) {
            self.period("end", start, end);
        }
        if schedule.window.is_some_and(|window| window.start == window.end) {
            self.push("window.end", FieldCode::Invalid, Reason::WindowEmpty {});
        }
        self.within(
            "jitter_seconds",
            schedule.jitter_seconds.into(),
            0..=MOST_JITTER_SECONDS.into(),
        );
        self.at_most("calendars", schedule.calendars.len(), MOST_CALENDARS);
        self.of_blackouts(schedule);
        self.of_exceptions(schedule);
    }

    fn of_rule(&mut self, rule: &Rule) {
        self.day("rule.start", rule.start());
        match rule {
            Rule::Once(once) => self.day("rule.at", Some(once.at.date())),
            Rule::Custom(custom) => {
                self.list("rule.at", custom.at.len(), MOST_DATES);
                for (place, at) in custom.at.iter().enumerate() {
                    self.day(format!("rule.at.{place}"), Some(at.date()));
                }
            }
            Rule::Daily(daily) => {
                self.within("rule.every", daily.every.into(), 1..=3_660);
                self.list("rule.times", daily.times.len(), MOST_TIMES);
            }
            Rule::Weekly(weekly) => {
                self.within("rule.every", weekly.every.into(), 1..=520);
                self.list("rule.weekdays", weekly.weekdays.len(), 7);
                self.list("rule.times", weekly.times.len(), MOST_TIMES);
            }
            Rule::Monthly(monthly) => {
                self.within("rule.every", monthly.every.into(), 1..=120);
                self.list("rule.times", monthly.times.len(), MOST_TIMES);
                self.of_month_day(monthly);
            }
            Rule::Interval(interval) => {
                self.within(
                    "rule.minutes",
                    interval.minutes.into(),
                    1..=MOST_INTERVAL_MINUTES.into(),
                );
            }
            // Read, and so checked, when the plan is made.
            Rule::Cron(_) => {}
        }
    }

    fn of_month_day(&mut self, monthly: &Monthly) {
        let (day, nth, business) = (monthly.day, monthly.nth_weekday, monthly.business_day);
        if usize::from(day.is_some()) + usize::from(nth.is_some()) + usize::from(business.is_some()) != 1 {
            let code = if (day, nth, business) == (None, None, None) {
                FieldCode::Required
            } else {
                FieldCode::Invalid
            };
            self.push("rule.day", code, Reason::OneKindOfMonthDay {});
        }
        if let Some(MonthDay::Day(day)) = day {
            self.within("rule.day", day.into(), 1..=31);
        }
        if let Some(nth) = nth {
            self.nth("rule.nth_weekday.n", nth.n.into(), 5);
        }
        if let Some(n) = business {
            self.nth("rule.business_day", n.into(), 23);
        }
    }

    fn of_blackouts(&mut self, schedule: &Schedule) {
        self.at_most("blackouts", schedule.blackouts.len(), MOST_BLACKOUTS);
        for (place, blackout) in schedule.blackouts.iter().enumerate() {
            let field = format!("blackouts.{place}");
            self.dates(&field, blackout.start, blackout.end);
            self.words(&format!("{field}.reason"), blackout.reason.as_deref());
        }
    }

    fn of_exceptions(&mut self, schedule: &Schedule) {
        let exceptions = &schedule.exceptions;
        self.at_most("exceptions", exceptions.len(), MOST_EXCEPTIONS);
        for (place, exception) in exceptions.iter().take(MOST_EXCEPTIONS).enumerate() {
            let field = format!("exceptions.{place}");
            let (start, end) = exception.period();
            self.dates(&field, start, end);
            self.words(&format!("{field}.reason"), exception.reason());
            if let Some(other) = exceptions.iter().take(place).find(|other| other.excludes(exception)) {
                self.push(
                    field,
                    FieldCode::Invalid,
                    Reason::ExceptionsOverlap { other: other.name() },
                );
            }
        }
    }

    fn dates(&mut self, field: &str, start: NaiveDate, end: NaiveDate) {
        self.day(format!("{field}.start"), Some(start));
        self.day(format!("{field}.end"), Some(end));
        self.period(&format!("{field}.end"), start, end);
    }

    fn period(&mut self, field: &str, start: NaiveDate, end: NaiveDate) {
        if end < start {
            self.push(field, FieldCode::Invalid, Reason::EndBeforeStart {});
        }
    }

    fn day(&mut self, field: impl Into<String>, day: Option<NaiveDate>) {
        if let Some(day) = day {
            self.within(
                field,
                day.year().into(),
                i64::from(*YEARS.start())..=i64::from(*YEARS.end()),
            );
        }
    }

    fn words(&mut self, field: &str, words: Option<&str>) {
        if words.is_some_and(|words| words.chars().count() > MOST_WORDS) {
            self.push(field, FieldCode::TooLong, Reason::AtMost { most: MOST_WORDS });
        }
    }

    fn list(&mut self, field: &str, length: usize, most: usize) {
        if length == 0 {
            self.push(field, FieldCode::Required, Reason::MustNotBeEmpty {});
        }
        self.at_most(field, length, most);
    }

    fn at_most(&mut self, field: &str, length: usize, most: usize) {
        if length > most {
            self.push(field, FieldCode::TooLong, Reason::AtMost { most });
        }
    }

    fn within(&mut self, field: impl Into<String>, value: i64, range: RangeInclusive<i64>) {
        if !range.contains(&value) {
            let (least, most) = range.into_inner();
            self.push(field, FieldCode::OutOfRange, Reason::MustBeBetween { least, most });
        }
    }

    /// From either end, so not 0.
    fn nth(&mut self, field: &str, n: i64, most: i64) {
        if n == 0 || n.abs() > most {
            self.push(field, FieldCode::OutOfRange, Reason::MustCount { most });
        }
    }
}
