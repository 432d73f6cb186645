//! An instant as everything here keeps it: UTC, cut to the microseconds that both databases hold.

use std::ops::{Add, Deref, Sub};

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Timelike as _, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error as _};

/// A point in time. On the wire RFC 3339 in UTC. Reads like a `DateTime<Utc>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

/// Years that are taken from outside. Both databases hold them; PostgreSQL holds less than a `DateTime` does.
const YEARS: std::ops::RangeInclusive<i32> = 0..=9_999;

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let at = DateTime::<Utc>::deserialize(deserializer)?;
        in_years(at.year())?;
        Ok(at.into())
    }
}

/// Reads a day that both databases hold.
///
/// # Errors
/// When it is no day, or of a year before 0 or after 9999.
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let day = Option::<NaiveDate>::deserialize(deserializer)?;
    if let Some(day) = day {
        in_years(day.year())?;
    }
    Ok(day)
}

fn in_years<E: serde::de::Error>(year: i32) -> Result<(), E> {
    if YEARS.contains(&year) {
        Ok(())
    } else {
        Err(E::custom("the year must be between 0 and 9999"))
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        // Neither database has leap seconds: one is the beginning of the next second.
        Self(DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at))
    }
}

impl From<Instant> for DateTime<Utc> {
    fn from(at: Instant) -> Self {
        at.0
    }
}

impl Deref for Instant {
    type Target = DateTime<Utc>;

    fn deref(&self) -> &DateTime<Utc> {
        &self.0
    }
}

/// Length of the text that [`Instant::fixed`] gives.
const FIXED: usize = "2026-11-30T12:00:00.000000Z".len();

impl Instant {
    /// RFC 3339 in UTC with six places of a second: texts of one length, whose order is that of time. `None` outside of the
    /// years 0 to 9999, which need another length. Lists hold hundreds of instants, and general formatting costs ten times this.
    #[must_use]
    pub fn fixed(self) -> Option<[u8; FIXED]> {
        let at = self.0.naive_utc();
        let year = u32::try_from(at.year()).ok().filter(|year| *year <= 9_999)?;
        let micros = at.nanosecond() / 1_000;
        let ([y1, y2], [y3, y4]) = (two(year / 100), two(year));
        let ([o1, o2], [d1, d2]) = (two(at.month()), two(at.day()));
        let ([h1, h2], [m1, m2], [s1, s2]) = (two(at.hour()), two(at.minute()), two(at.second()));
        let ([f1, f2], [f3, f4], [f5, f6]) = (two(micros / 10_000), two(micros / 100), two(micros));
        Some([
            y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'.', f1, f2, f3, f4,
            f5, f6, b'Z',
        ])
    }

    /// Reads what [`Instant::fixed`] writes, and nothing else.
    #[must_use]
    pub fn from_fixed(text: &[u8]) -> Option<Self> {
        let text: [u8; FIXED] = text.try_into().ok()?;
        #[rustfmt::skip]
        let [y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'.', f1, f2, f3, f4, f5, f6, b'Z'] = text
        else {
            return None;
        };
        let year = number(&[y1, y2, y3, y4])?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(&[o1, o2])?, number(&[d1, d2])?)?;
        let micros = number(&[f1, f2, f3, f4, f5, f6])?;
        let at = date.and_hms_micro_opt(number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?, micros)?;
        Some(Self(at.and_utc()))
    }
}

/// The last two digits of a number.
fn two(number: u32) -> [u8; 2] {
    let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or_default();
    [digit(number / 10), digit(number)]
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    })
}

/// As short as it goes without loss: no places of a second, three or six.
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(text) = self.fixed() else {
            return self.0.serialize(serializer);
        };
        let mut short = [b'Z'; FIXED];
        let kept = match self.0.timestamp_subsec_micros() {
            0 => "2026-11-30T12:00:00".len(),
            micros if micros % 1_000 == 0 => "2026-11-30T12:00:00.000".len(),
            _ => FIXED - 1,
        };
        for (to, from) in short.iter_mut().zip(text).take(kept) {
            *to = from;
        }
        let text = short.split_at(kept + 1).0;
        serializer.serialize_str(std::str::from_utf8(text).map_err(S::Error::custom)?)
    }
}

impl Add<TimeDelta> for Instant {
    type Output = Self;

    fn add(self, length: TimeDelta) -> Self {
        (self.0 + length).into()
    }
}

impl Add<std::time::Duration> for Instant {
    type Output = Self;

    fn add(self, length: std::time::Duration) -> Self {
        (self.0 + length).into()
    }
}

impl Sub<TimeDelta> for Instant {
    type Output = Self;

    fn sub(self, length: TimeDelta) -> Self {
        (self.0 - length).into()
    }
}

impl Sub for Instant {
    type Output = TimeDelta;

    fn sub(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Instant {}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse::<DateTime<Utc>>().unwrap().into()
    }

    #[test]
    fn is_written_as_short_as_it_goes() {
        for text in [
            "2026-11-30T12:00:00Z",
            "2026-11-30T12:00:00.500Z",
            "2026-11-30T12:00:00.000001Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "+10000-01-01T00:00:00Z",
        ] {
            assert_eq!(serde_json::to_string(&at(text)).unwrap(), format!("\"{text}\""));
        }
    }

    #[test]
    fn is_cut_to_whole_microseconds_and_has_no_leap_seconds() {
        for (text, kept) in [
            ("2026-11-30T12:00:00.0000019Z", "2026-11-30T12:00:00.000001Z"),
            ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:60.250Z", "2017-01-01T00:00:00.250Z"),
        ] {
            assert_eq!(serde_json::to_string(&at(text)).unwrap(), format!("\"{kept}\""));
            assert_eq!(
                at(text).fixed().and_then(|fixed| Instant::from_fixed(&fixed)),
                Some(at(text))
            );
        }
    }

    #[test]
    fn years_that_a_database_does_not_hold_are_refused() {
        #[derive(Deserialize)]
        struct Day(#[serde(deserialize_with = "day")] Option<NaiveDate>);

        for year in ["0000", "2026", "9999"] {
            let (instant, day) = (format!("\"{year}-01-01T00:00:00Z\""), format!("\"{year}-01-01\""));
            assert!(serde_json::from_str::<Instant>(&instant).is_ok(), "{year}");
            assert!(serde_json::from_str::<Day>(&day).unwrap().0.is_some(), "{year}");
        }
        for year in ["-0001", "-4713", "-4714", "+10000", "-262000"] {
            let (instant, day) = (format!("\"{year}-01-01T00:00:00Z\""), format!("\"{year}-01-01\""));
            assert!(serde_json::from_str::<Instant>(&instant).is_err(), "{year}");
            assert!(serde_json::from_str::<Day>(&day).is_err(), "{year}");
        }
    }

    #[test]
    fn the_fixed_form_is_read_and_nothing_else() {
        assert_eq!(
            Instant::from_fixed(b"2026-02-28T23:59:59.000001Z"),
            Some(at("2026-02-28T23:59:59.000001Z"))
        );
        for wrong in [
            "2026-02-29T00:00:00.000000Z",
            "2026-02-28T24:00:00.000000Z",
            "2026-02-28T00:00:00.00000Z",
            "2026-02-28T00:00:00.0000000Z",
            "2026-02-28 00:00:00.000000Z",
            "2026-02-28T00:00:00.00000 Z",
        ] {
            assert_eq!(Instant::from_fixed(wrong.as_bytes()), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn both_forms_say_what_chrono_says(micros in -62_167_219_200_000_000_i64..253_402_300_800_000_000) {
            let instant = Instant::from(DateTime::from_timestamp_micros(micros).unwrap());
            let fixed = instant.fixed().unwrap();
            prop_assert_eq!(std::str::from_utf8(&fixed).unwrap().parse::<DateTime<Utc>>().unwrap(), *instant);
            prop_assert_eq!(Instant::from_fixed(&fixed), Some(instant));
            prop_assert_eq!(serde_json::to_string(&instant).unwrap(), serde_json::to_string(&*instant).unwrap());
        }
    }
}
