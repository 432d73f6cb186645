//! A competence month, on the wire and in the database as `2026-10`.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A month of a year between 2000 and 2100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

#[cfg(feature = "openapi")]
crate::text_schema!(Month, "2026-10");

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month: year and month between 2000-01 and 2100-12, such as 2026-10")]
pub struct InvalidMonth;

impl Month {
    /// # Errors
    /// When the month is not 1–12 or the year not 2000–2100.
    pub fn new(year: i32, month: u32) -> Result<Self, InvalidMonth> {
        if (2000..=2100).contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(InvalidMonth)
        }
    }

    /// The month that holds a date; a date outside 2000–2100 gives the nearest month inside.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self {
            year: date.year().clamp(2000, 2100),
            month: date.month(),
        }
    }

    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.month
    }

    /// The month `count` months later (earlier when negative), held inside 2000–2100.
    #[must_use]
    pub fn plus(self, count: i32) -> Self {
        let index = (self.year * 12 + self.month.cast_signed() - 1 + count).clamp(2000 * 12, 2100 * 12 + 11);
        Self {
            year: index.div_euclid(12),
            month: index.rem_euclid(12).cast_unsigned() + 1,
        }
    }

    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or_default()
    }

    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        let next = self.month % 12 + 1;
        let year = self.year + i32::from(self.month == 12);
        NaiveDate::from_ymd_opt(year, next, 1)
            .and_then(|day| day.pred_opt())
            .unwrap_or_default()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let (year, month) = text.split_once('-').ok_or(InvalidMonth)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(InvalidMonth);
        }
        Self::new(
            year.parse().map_err(|_| InvalidMonth)?,
            month.parse().map_err(|_| InvalidMonth)?,
        )
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_over_the_year() -> Result<(), InvalidMonth> {
        assert_eq!(Month::new(2026, 12)?.plus(1), Month::new(2027, 1)?);
        assert_eq!(Month::new(2026, 1)?.plus(-1), Month::new(2025, 12)?);
        assert_eq!(Month::new(2026, 2)?.last_day().to_string(), "2026-02-28");
        assert_eq!(Month::new(2026, 12)?.last_day().to_string(), "2026-12-31");
        Ok(())
    }

    #[test]
    fn reads_only_the_wire_form() {
        assert_eq!(
            "2026-10".parse::<Month>().map(|month| month.to_string()),
            Ok("2026-10".to_owned())
        );
        for text in ["2026-13", "2026-1", "26-10", "2026/10", "1999-12", "+026-10", ""] {
            assert_eq!(text.parse::<Month>(), Err(InvalidMonth), "{text}");
        }
    }
}
