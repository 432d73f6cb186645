//! The time beside a line.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    i18n::{Locale, locale},
    text::format,
};

/// `14:05:31,123` in the organisation's zone.
pub(super) fn time_of_day(at: DateTime<Utc>) -> String {
    let moment = format::date_time_seconds(at);
    let clock = moment.split_once(' ').map_or(moment.as_str(), |(_, clock)| clock);
    format!("{clock}{}{:03}", point(), at.timestamp_subsec_millis())
}

/// `+1:02:03,123` since the log began.
pub(super) fn elapsed(since: TimeDelta) -> String {
    let ms = since.num_milliseconds();
    let sign = if ms < 0 { '-' } else { '+' };
    let ms = ms.unsigned_abs();
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    let clock = if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    };
    format!("{sign}{clock}{}{:03}", point(), ms % 1_000)
}

fn point() -> char {
    match locale() {
        Locale::pt_BR => ',',
        Locale::en => '.',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_passed_is_told_to_the_millisecond() {
        for (ms, words) in [
            (0, "+00:00,000"),
            (4_812, "+00:04,812"),
            (187_005, "+03:07,005"),
            (3_723_123, "+1:02:03,123"),
            (90_000_000, "+25:00:00,000"),
            (-1_500, "-00:01,500"),
        ] {
            assert_eq!(elapsed(TimeDelta::milliseconds(ms)), words);
        }
    }
}
