//! When to come back, as an answer says it.

use std::time::Duration;

use chrono::DateTime;
use reqwest::{
    StatusCode,
    header::{DATE, HeaderMap, HeaderName, RETRY_AFTER},
};

/// A longer wait is cut to this: nobody shall find a job asleep for a day.
const LONGEST: Duration = Duration::from_hours(1);

/// The wait that `Retry-After` of a 429 or 503 asks for, in seconds or as a date, at most an hour.
///
/// A date counts from the answer's own `Date`, so it does not matter whose clock is right.
#[must_use]
pub fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status.as_u16(), 429 | 503) {
        return None;
    }
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(RETRY_AFTER)?;
    let wait = match asked.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = DateTime::parse_from_rfc2822(asked).ok()?;
            let answered = DateTime::parse_from_rfc2822(text(DATE)?).ok()?;
            (until - answered).to_std().unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const DATED: &str = "Mon, 30 Nov 2026 12:00:00 GMT";

    fn read(status: u16, asked: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(asked).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        retry_after(StatusCode::from_u16(status).unwrap(), &headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn both_forms_are_read_and_bounded() {
        let cases = [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("3600", Some(3_600)),
            ("86400", Some(3_600)),
            ("99999999999999999999999", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("Mon, 30 Nov 2026 12:01:30 GMT", Some(90)),
            ("Mon, 30 Nov 2026 11:00:00 GMT", Some(0)),
            ("Tue, 01 Dec 2026 12:00:00 GMT", Some(3_600)),
            ("Mon, 30 Nov 2026 25:00:00 GMT", None),
        ];
        for (asked, wait) in cases {
            assert_eq!(read(429, asked, Some(DATED)), wait, "{asked}");
            assert_eq!(read(503, asked, Some(DATED)), wait, "{asked}");
        }
        assert_eq!(read(503, "Mon, 30 Nov 2026 12:01:30 GMT", None), None);
        assert_eq!(read(503, "30", None), Some(30));
    }

    #[test]
    fn only_answers_that_ask_for_patience_are_heeded() {
        for status in [200, 301, 408, 500, 502] {
            assert_eq!(read(status, "30", Some(DATED)), None, "{status}");
        }
        assert_eq!(retry_after(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new()), None);
    }
}
