//! Cron expressions of five fields. Each field is a set of bits, and the next time is found by jumping from one set bit to
//! the next: months, days, hours, minutes.

mod field;
mod parse;
#[cfg(test)]
mod tests;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};

pub use self::field::CronField;
use super::civil::{LAST_YEAR, month};

/// Longer texts are not looked at.
pub const CRON_CHARS: usize = 100;

/// An expression that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    /// Bits 0 to 59.
    minutes: u64,
    /// Bits 0 to 23.
    hours: u32,
    /// Bits 1 to 12.
    months: u32,
    days: Days,
    weekdays: Weekdays,
    /// Whether minutes or hours are open (`*`, `*/5`), so that it is an interval rather than a list of times.
    interval: bool,
    possible: bool,
}

/// Days of a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Days {
    /// Whether the field says anything but `*`.
    set: bool,
    /// Bits 1 to 31.
    dates: u32,
    /// `L`
    last: bool,
    /// `LW`
    last_workday: bool,
    /// `15W`, by its day: bits 1 to 31.
    nearest_workdays: u32,
}

/// Days of the week, Sunday first: bits 0 to 6.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Weekdays {
    /// Whether the field says anything but `*`.
    set: bool,
    every: u32,
    /// `5L`
    last: u32,
    /// `5#2`, by its number from 1.
    nth: [u32; 5],
}

impl Cron {
    /// Whether it stands for an interval: skipped while the clock is put forward, run twice while it is put back. Otherwise it
    /// is a list of times, each of which runs once a day.
    #[must_use]
    pub fn is_interval(&self) -> bool {
        self.interval
    }

    /// Whether day and weekday are both set, so that either is enough.
    #[must_use]
    pub fn takes_either_day(&self) -> bool {
        self.days.set && self.weekdays.set
    }

    /// False for one like 30 February.
    #[must_use]
    pub fn ever_fires(&self) -> bool {
        self.possible
    }

    /// The first time at or after a time. `None` after the year 9999.
    #[must_use]
    pub fn at_or_after(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        if !self.possible {
            return None;
        }
        let (year, of_year, day) = (from.year(), from.month(), from.day());
        let days = self.days_of(year, of_year)?;
        // Seconds have passed since the minute began.
        let minute = from.minute() + u32::from(from.second() > 0);
        if days & (1 << day) != 0
            && let Some((hour, minute)) = self.time_from(from.hour(), minute)
        {
            return from.date().and_hms_opt(hour, minute, 0);
        }
        let date = match lowest(days & above(day)) {
            Some(day) => NaiveDate::from_ymd_opt(year, of_year, day)?,
            None => self.date_after(year, of_year)?,
        };
        let (hour, minute) = self.time_from(0, 0)?;
        date.and_hms_opt(hour, minute, 0)
    }

    /// The first date after a month.
    fn date_after(&self, mut year: i32, mut of_year: u32) -> Option<NaiveDate> {
        loop {
            match lowest(self.months & above(of_year)) {
                Some(month) => of_year = month,
                None => (year, of_year) = (year + 1, lowest(self.months)?),
            }
            if year > LAST_YEAR {
                return None;
            }
            if let Some(day) = lowest(self.days_of(year, of_year)?) {
                return NaiveDate::from_ymd_opt(year, of_year, day);
            }
        }
    }

    /// The first time of a day at or after one; minute 60 is that of the next hour.
    fn time_from(&self, hour: u32, minute: u32) -> Option<(u32, u32)> {
        if self.hours & (1 << hour) != 0 {
            let minutes = self.minutes & !((1 << minute) - 1);
            if minutes != 0 {
                return Some((hour, minutes.trailing_zeros()));
            }
        }
        Some((lowest(self.hours & above(hour))?, self.minutes.trailing_zeros()))
    }

    /// The days of a month, bits 1 to 31. `None` after the year 9999.
    fn days_of(&self, year: i32, of_year: u32) -> Option<u32> {
        if self.months & (1 << of_year) == 0 {
            return Some(0);
        }
        let (first, length) = month(year, of_year)?;
        let first = first.weekday().num_days_from_sunday();
        let all = !(u32::MAX << length) << 1;
        Some(
            all & match (self.days.set, self.weekdays.set) {
                (false, false) => all,
                (true, false) => self.days.of(first, length),
                (false, true) => self.weekdays.of(first, length),
                (true, true) => self.days.of(first, length) | self.weekdays.of(first, length),
            },
        )
    }

    /// Whether some month has such a day. The calendar repeats itself after 400 years, so this is a proof.
    fn has_a_day(&self) -> bool {
        (2000..2400).any(|year| (1..=12).any(|month| self.days_of(year, month).is_some_and(|days| days != 0)))
    }
}

impl Days {
    /// In a month of that length that begins on that day of the week, Sunday being 0.
    fn of(self, first: u32, length: u32) -> u32 {
        let mut days = self.dates;
        if self.last {
            days |= 1 << length;
        }
        if self.last_workday {
            days |= 1 << workday_near(length, first, length);
        }
        let mut wanted = self.nearest_workdays;
        while let Some(day) = lowest(wanted).filter(|day| *day <= length) {
            days |= 1 << workday_near(day, first, length);
            wanted &= wanted - 1;
        }
        days
    }
}

/// The day from Monday to Friday that is nearest, in the same month.
fn workday_near(day: u32, first: u32, length: u32) -> u32 {
    match (first + day - 1) % 7 {
        6 if day > 1 => day - 1,
        6 => day + 2,
        0 if day < length => day + 1,
        0 => day - 2,
        _ => day,
    }
}

impl Weekdays {
    fn of(self, first: u32, length: u32) -> u32 {
        let mut days = spread(self.every, first);
        if self.last != 0 {
            days |= spread(self.last, first) & (u32::MAX << (length - 6));
        }
        for (weeks, weekdays) in (0..).zip(self.nth) {
            days |= spread(weekdays, first) & (0b1111_1110 << (7 * weeks));
        }
        days
    }
}

/// Days of the week as days of a month, bits 1 to 31, that begins on `first`.
fn spread(weekdays: u32, first: u32) -> u32 {
    let week = ((weekdays | weekdays << 7) >> first) & 0b111_1111;
    (week | week << 7 | week << 14 | week << 21 | week << 28) << 1
}

/// The lowest bit that is set.
fn lowest(bits: u32) -> Option<u32> {
    (bits != 0).then(|| bits.trailing_zeros())
}

/// Every bit above one.
fn above(bit: u32) -> u32 {
    u32::MAX.checked_shl(bit + 1).unwrap_or(0)
}
