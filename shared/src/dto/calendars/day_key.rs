//! What a day of a calendar is called by.

use std::{fmt, str::FromStr};

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::CALENDAR_YEARS;
use crate::schedule::CalendarDay;

/// The place of a day in its calendar, where there is one at most: `2026-06-24`, or `06-24` for each year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKey {
    On(NaiveDate),
    /// Month and day.
    Yearly(u32, u32),
}

#[cfg(feature = "openapi")]
crate::text_schema!(DayKey, "2026-06-24");

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a day such as 2026-06-24, or 06-24 for each year")]
pub struct InvalidDayKey;

/// Days that return each year are kept with this one: it has a 29 February.
const ANY_YEAR: i32 = 2000;

impl DayKey {
    #[must_use]
    pub fn of(day: &CalendarDay) -> Self {
        if day.yearly {
            Self::Yearly(day.date.month(), day.date.day())
        } else {
            Self::On(day.date)
        }
    }

    #[must_use]
    pub const fn is_yearly(self) -> bool {
        matches!(self, Self::Yearly(..))
    }

    /// Its date, in the year 2000 when it returns each year. `None` for a key that was not read nor made of a day.
    #[must_use]
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Self::On(date) => Some(date),
            Self::Yearly(month, day) => NaiveDate::from_ymd_opt(ANY_YEAR, month, day),
        }
    }

    /// Its date in a year, if it has one then.
    #[must_use]
    pub fn date_in(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::On(date) => Some(date).filter(|date| date.year() == year),
            Self::Yearly(month, day) => NaiveDate::from_ymd_opt(year, month, day),
        }
    }
}

impl fmt::Display for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => write!(f, "{date}"),
            Self::Yearly(month, day) => write!(f, "{month:02}-{day:02}"),
        }
    }
}

impl FromStr for DayKey {
    type Err = InvalidDayKey;

    fn from_str(text: &str) -> Result<Self, InvalidDayKey> {
        let dashes = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let key = match text.len() {
            10 if dashes => text.parse().ok().map(Self::On),
            5 if dashes => format!("{ANY_YEAR}-{text}")
                .parse::<NaiveDate>()
                .ok()
                .map(|date| Self::Yearly(date.month(), date.day())),
            _ => None,
        };
        let in_years = |key: &Self| key.date().is_some_and(|date| CALENDAR_YEARS.contains(&date.year()));
        key.filter(in_years).ok_or(InvalidDayKey)
    }
}

impl Serialize for DayKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DayKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        for (text, key) in [
            ("2026-06-24", NaiveDate::from_ymd_opt(2026, 6, 24).map(DayKey::On)),
            ("06-24", Some(DayKey::Yearly(6, 24))),
            ("02-29", Some(DayKey::Yearly(2, 29))),
            ("2026-02-29", None),
            ("02-30", None),
            ("6-24", None),
            ("1899-12-31", None),
            ("2200-01-01", None),
            ("+026-06-24", None),
            ("", None),
        ] {
            let read = text.parse::<DayKey>();
            assert_eq!(read.ok(), key, "{text}");
            assert_eq!(
                read.map(|key| key.to_string()).unwrap_or_else(|_| text.to_owned()),
                text
            );
        }
    }

    #[test]
    fn a_leap_day_is_there_in_leap_years() {
        let leap = DayKey::Yearly(2, 29);
        assert_eq!(leap.date_in(2026), None);
        assert_eq!(leap.date_in(2028), NaiveDate::from_ymd_opt(2028, 2, 29));
    }
}
