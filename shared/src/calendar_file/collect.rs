//! What every file must keep to, whatever it is written in.

use std::collections::HashMap;

use chrono::{Datelike as _, Days};

use super::{Parsed, REFUSED_SHOWN, Refused};
use crate::{
    dto::calendars::{CALENDAR_DAYS, CALENDAR_YEARS, DAY_NAME_CHARS, DayKey},
    reason::Reason,
    schedule::{CalendarDay, HolidayKind},
};

/// Of a refused line.
const SHOWN_CHARS: usize = 80;

#[derive(Default)]
pub(super) struct Collector {
    parsed: Parsed,
    /// Where each day stands: its line, and its place among the days.
    places: HashMap<DayKey, (usize, usize)>,
    full: bool,
}

impl Collector {
    /// Nothing more is taken.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Takes a day, or says why not. `text` is its line.
    pub(super) fn take(&mut self, line: usize, text: &str, day: CalendarDay) {
        if self.full {
            return;
        }
        if let Err(reason) = self.try_take(line, day) {
            self.refuse(line, reason, text);
        }
    }

    fn try_take(&mut self, line: usize, day: CalendarDay) -> Result<(), Reason> {
        let CalendarDay {
            date,
            yearly,
            name,
            kind,
        } = day;
        let name = one_line(&name);
        if name.is_empty() {
            return Err(Reason::DayNameMissing {});
        }
        if name.chars().count() > DAY_NAME_CHARS {
            return Err(Reason::DayNameTooLong { most: DAY_NAME_CHARS });
        }
        if !yearly && !CALENDAR_YEARS.contains(&date.year()) {
            let (first, last) = (*CALENDAR_YEARS.start(), *CALENDAR_YEARS.end());
            return Err(Reason::DayYearOutOfRange { first, last });
        }
        let key = if yearly {
            DayKey::Yearly(date.month(), date.day())
        } else {
            DayKey::On(date)
        };
        let day = CalendarDay {
            date: key.date().unwrap_or(date),
            yearly,
            name,
            kind,
        };
        if let Some((first, place)) = self.places.get(&key) {
            return match self.parsed.days.get(*place) {
                Some(before) if *before == day => Ok(()),
                _ => Err(Reason::DayRepeated { line: *first }),
            };
        }
        if self.parsed.days.len() >= CALENDAR_DAYS {
            self.full = true;
            return Err(Reason::DaysTooMany { most: CALENDAR_DAYS });
        }
        self.places.insert(key, (line, self.parsed.days.len()));
        self.parsed.days.push(day);
        Ok(())
    }

    /// Several days in a row, the first of which is `day`.
    pub(super) fn take_row(&mut self, line: usize, text: &str, day: &CalendarDay, length: u64) {
        for later in 0..length {
            if let Some(date) = day.date.checked_add_days(Days::new(later))
                && !self.full
            {
                self.take(line, text, CalendarDay { date, ..day.clone() });
            }
        }
    }

    pub(super) fn refuse(&mut self, line: usize, reason: Reason, text: &str) {
        self.parsed.refused_count += 1;
        if self.parsed.refused.len() < REFUSED_SHOWN {
            let text = one_line(&text.chars().take(SHOWN_CHARS).collect::<String>());
            self.parsed.refused.push(Refused { line, reason, text });
        }
    }

    /// The last word about a file with more rows or events than are looked at.
    pub(super) fn refuse_rest(&mut self, line: usize, text: &str) {
        self.refuse(line, Reason::RowsTooMany { most: super::ROWS }, text);
        self.full = true;
    }

    pub(super) fn cancelled(&mut self) {
        self.parsed.cancelled += 1;
    }

    pub(super) fn finish(self) -> Parsed {
        self.parsed
    }
}

/// Without line breaks and other control characters, with single spaces.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// A day whose kind nobody says.
pub(super) const UNSAID: HolidayKind = HolidayKind::Local;
