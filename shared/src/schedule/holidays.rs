//! Holidays that follow from a law: on a date, or so many days from Easter.

mod brazil;
mod easter;

use chrono::{Datelike as _, NaiveDate};

pub use self::easter::easter;
use super::{
    calendar::{Holiday, HolidayKind},
    civil::{Weekday, shifted},
};

/// A holiday and what made it one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LawfulHoliday {
    pub(super) when: When,
    pub name: &'static str,
    pub kind: HolidayKind,
    /// The law, or the list that it was taken from.
    pub source: &'static str,
    /// The first year.
    pub since: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Month and day.
    On(u32, u32),
    /// Days after Easter Sunday, before it when negative.
    Easter(i64),
    /// Month and day; when it is a Tuesday, Wednesday or Thursday, the Friday after.
    FridayFor(u32, u32),
    /// The first Sunday from a month and day on.
    SundayFrom(u32, u32),
}

impl LawfulHoliday {
    /// Its date in a year, if it was one then.
    #[must_use]
    pub fn date(&self, year: i32) -> Option<NaiveDate> {
        if year < self.since {
            return None;
        }
        match self.when {
            When::On(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            When::Easter(days) => shifted(easter(year)?, days),
            When::FridayFor(month, day) => {
                let date = NaiveDate::from_ymd_opt(year, month, day)?;
                let weekday = Weekday::of(date);
                let moves = matches!(weekday, Weekday::Tue | Weekday::Wed | Weekday::Thu);
                let until = if moves {
                    Weekday::Fri.index() - weekday.index()
                } else {
                    0
                };
                shifted(date, until.into())
            }
            When::SundayFrom(month, day) => {
                let date = NaiveDate::from_ymd_opt(year, month, day)?;
                shifted(date, i64::from(Weekday::Sun.index() - Weekday::of(date).index()))
            }
        }
    }
}

/// A calendar that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    lists: &'static [&'static [LawfulHoliday]],
}

impl BuiltIn {
    /// Every one.
    pub const ALL: &'static [Self] = brazil::CALENDARS;

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|calendar| calendar.name == name).copied()
    }

    pub fn days(self) -> impl Iterator<Item = &'static LawfulHoliday> {
        self.lists.iter().copied().flatten()
    }

    #[must_use]
    pub fn holiday(self, date: NaiveDate) -> Option<Holiday> {
        let year = date.year();
        let (month, day) = (date.month(), date.day());
        // Only these months hold days that hang on Easter, which takes longest to find.
        let from_easter = if (2..=6).contains(&month) {
            easter(year).map(|easter| (date - easter).num_days())
        } else {
            None
        };
        let holiday = self
            .days()
            .filter(|holiday| holiday.since <= year)
            .find(|holiday| match holiday.when {
                When::On(its_month, its_day) => (its_month, its_day) == (month, day),
                When::Easter(days) => from_easter == Some(days),
                When::FridayFor(..) | When::SundayFrom(..) => holiday.date(year) == Some(date),
            })?;
        Some(Holiday {
            name: holiday.name.into(),
            kind: holiday.kind,
        })
    }
}
