//! Reads fields of JSON that others wrote: whatever can be understood is taken.

use chrono::{DateTime, Datelike as _};
use esteira_shared::instant::Instant;
use serde_json::{Map, Value};

/// The first of these fields that is there and not null, with its name.
pub(super) fn first<'n, 'v>(object: &'v Map<String, Value>, names: &[&'n str]) -> Option<(&'n str, &'v Value)> {
    names
        .iter()
        .filter_map(|name| Some((*name, object.get(*name)?)))
        .find(|(_, value)| !value.is_null())
}

/// One line of bounded length, or nothing.
pub(super) fn tidy(text: &str, max_chars: usize) -> Option<String> {
    let text: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(max_chars)
        .collect();
    if text.is_empty() { None } else { Some(text) }
}

/// A number, or a text that is one; decimals are dropped, what is too large becomes the largest.
pub(super) fn whole_number(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        number.is_finite().then_some(number as i64)
    })
}

/// An RFC 3339 time of a year between 2000 and 2100. One without its zone could be any of many.
pub(super) fn instant(text: &str) -> Option<Instant> {
    let at = DateTime::parse_from_rfc3339(text.trim()).ok()?.to_utc();
    (2000..=2100).contains(&at.year()).then(|| at.into())
}
