//! Days and times on the organisation's clock as instants. The browser knows the zone; it is asked for the time on the
//! wall at an instant, and the offset follows from that.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::text::format;

/// `14:05`
pub(super) fn time(text: &str) -> Option<NaiveTime> {
    let (hour, minute) = text.trim().split_once(':')?;
    // A browser may add seconds.
    let minute = minute.split(':').next()?;
    NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)
}

pub(super) fn instant(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    resolved(day.and_time(time), wall)
}

/// Eight in the morning of the day after an instant's.
pub(super) fn next_morning(at: DateTime<Utc>) -> DateTime<Utc> {
    let morning = NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default();
    instant(format::day_of(at) + Days::new(1), morning)
}

/// What stands on the wall at an instant, without its seconds.
fn wall(at: DateTime<Utc>) -> NaiveDateTime {
    format::day_of(at).and_time(time(&format::time(at)).unwrap_or_default())
}

/// The instant at which the wall shows a time. Asked twice: at the first guess the offset may be another one.
fn resolved(wanted: NaiveDateTime, wall: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> DateTime<Utc> {
    let offset = |at: DateTime<Utc>| -> TimeDelta { wall(at) - at.naive_utc() };
    let guess = wanted.and_utc();
    guess - offset(guess - offset(guess))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use super::*;

    fn wanted(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn a_time_on_the_wall_becomes_its_instant() {
        let three_behind = |at: DateTime<Utc>| (at - TimeDelta::hours(3)).naive_utc();
        let found = resolved(wanted("2026-10-20T23:30"), three_behind);
        assert_eq!(found.to_rfc3339(), "2026-10-21T02:30:00+00:00");
    }

    #[test]
    fn a_change_of_the_offset_in_between_is_seen() {
        // From two hours ahead to one, at 2026-10-25T01:00Z.
        let change = "2026-10-25T01:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let wall = |at: DateTime<Utc>| {
            let hours = if at < change { 2 } else { 1 };
            (at + TimeDelta::hours(hours)).naive_utc()
        };
        for (on_the_wall, instant) in [
            ("2026-10-25T01:30", "2026-10-24T23:30:00+00:00"),
            ("2026-10-25T03:30", "2026-10-25T02:30:00+00:00"),
        ] {
            assert_eq!(resolved(wanted(on_the_wall), wall).to_rfc3339(), instant);
        }
    }

    #[test]
    fn times_are_read_as_browsers_write_them() {
        assert_eq!(time("14:05"), NaiveTime::from_hms_opt(14, 5, 0));
        assert_eq!(time(" 08:00:00 "), NaiveTime::from_hms_opt(8, 0, 0));
        for odd in ["", "8", "24:00", "08:60", "oito"] {
            assert_eq!(time(odd), None, "{odd}");
        }
    }
}
