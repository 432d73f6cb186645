//! Dates and times as a clock on the wall shows them, without a zone. Rules know minutes, not seconds.

use std::{fmt, str::FromStr};

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::error::words;

words! {
    /// A day of the week.
    Weekday {
        Mon = "mon",
        Tue = "tue",
        Wed = "wed",
        Thu = "thu",
        Fri = "fri",
        Sat = "sat",
        Sun = "sun",
    }
}

impl Weekday {
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        match date.weekday() {
            chrono::Weekday::Mon => Self::Mon,
            chrono::Weekday::Tue => Self::Tue,
            chrono::Weekday::Wed => Self::Wed,
            chrono::Weekday::Thu => Self::Thu,
            chrono::Weekday::Fri => Self::Fri,
            chrono::Weekday::Sat => Self::Sat,
            chrono::Weekday::Sun => Self::Sun,
        }
    }

    /// Days since Monday.
    #[must_use]
    pub const fn index(self) -> u32 {
        self as u32
    }

    #[must_use]
    pub const fn is_weekend(self) -> bool {
        matches!(self, Self::Sat | Self::Sun)
    }
}

/// A minute of a day, on the wire `09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(NaiveTime);

#[cfg(feature = "openapi")]
crate::text_schema!(TimeOfDay, "09:00");

/// A minute on the wall's clock, on the wire `2026-05-01T09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalMinute(NaiveDateTime);

#[cfg(feature = "openapi")]
crate::text_schema!(LocalMinute, "2026-05-01T09:00");

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCivil {
    #[error("must be a time such as 09:00")]
    Time,
    #[error("must be a date and time such as 2026-05-01T09:00, without a zone")]
    Minute,
}

impl TimeOfDay {
    /// `None` when there is no such minute of a day.
    #[must_use]
    pub fn new(hour: u32, minute: u32) -> Option<Self> {
        NaiveTime::from_hms_opt(hour, minute, 0).map(Self)
    }

    #[must_use]
    pub fn time(self) -> NaiveTime {
        self.0
    }
}

impl LocalMinute {
    #[must_use]
    pub fn new(date: NaiveDate, time: TimeOfDay) -> Self {
        Self(date.and_time(time.0))
    }

    #[must_use]
    pub fn date_time(self) -> NaiveDateTime {
        self.0
    }

    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.0.date()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clock(self.0))
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidCivil;

    fn from_str(text: &str) -> Result<Self, InvalidCivil> {
        let (hour, minute) = text.split_once(':').ok_or(InvalidCivil::Time)?;
        let two = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let (Some(hour), Some(minute)) = (two(hour), two(minute)) else {
            return Err(InvalidCivil::Time);
        };
        Self::new(hour, minute).ok_or(InvalidCivil::Time)
    }
}

impl fmt::Display for LocalMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.0))
    }
}

impl FromStr for LocalMinute {
    type Err = InvalidCivil;

    /// Seconds may stand there when they are zero.
    fn from_str(text: &str) -> Result<Self, InvalidCivil> {
        let (date, time) = text.split_once('T').ok_or(InvalidCivil::Minute)?;
        let date = Some(date).filter(|date| date.len() == "2026-05-01".len());
        let date = date.and_then(|date| date.parse().ok()).ok_or(InvalidCivil::Minute)?;
        let time = time
            .strip_suffix(":00")
            .filter(|time| time.contains(':'))
            .unwrap_or(time);
        let time = time.parse().map_err(|_| InvalidCivil::Minute)?;
        Ok(Self::new(date, time))
    }
}

macro_rules! as_text {
    ($($name:ident),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

as_text!(TimeOfDay, LocalMinute);

/// `2026-05-01T09:00`, with seconds only when there are some.
#[must_use]
pub fn written(local: NaiveDateTime) -> String {
    let minute = format!("{}T{}", local.date(), clock(local.time()));
    if local.second() == 0 {
        minute
    } else {
        format!("{minute}:{:02}", local.second())
    }
}

/// `09:00`
#[must_use]
pub(super) fn clock(time: NaiveTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `2026-05-01 – 2026-05-03`, or the one day.
#[must_use]
pub(super) fn period(start: NaiveDate, end: NaiveDate) -> String {
    if start == end {
        start.to_string()
    } else {
        format!("{start} – {end}")
    }
}

/// The first day of a month and how many it has. `None` after the year 9999.
pub(super) fn month(year: i32, month: u32) -> Option<(NaiveDate, u32)> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let first = NaiveDate::from_ymd_opt(year, month, 1).filter(|_| year <= LAST_YEAR)?;
    let leap = month == 2 && first.leap_year();
    Some((first, LENGTHS.get(month as usize - 1)? + u32::from(leap)))
}

/// Nothing is planned after it.
pub(super) const LAST_YEAR: i32 = 9_999;

/// `days` later, earlier when negative.
pub(super) fn shifted(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let date = date.checked_add_signed(TimeDelta::try_days(days)?)?;
    (date.year() <= LAST_YEAR).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wire_forms_are_read() {
        for (text, expected) in [
            ("09:00", Some("09:00")),
            ("23:59", Some("23:59")),
            ("24:00", None),
            ("9:00", None),
            ("09:60", None),
            ("+9:00", None),
            ("09:00:00", None),
            ("", None),
        ] {
            let read = text.parse::<TimeOfDay>().ok().map(|time| time.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("2026-05-01T09:00", Some("2026-05-01T09:00")),
            ("2026-05-01T09:00:00", Some("2026-05-01T09:00")),
            ("2026-05-01T09:00:30", None),
            ("2026-05-01T09:00Z", None),
            ("2026-05-01 09:00", None),
            ("2026-02-30T09:00", None),
            ("12026-05-01T09:00", None),
            ("2026-05-01", None),
        ] {
            let read = text.parse::<LocalMinute>().ok().map(|minute| minute.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
