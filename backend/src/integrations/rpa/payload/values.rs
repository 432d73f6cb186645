//! Amounts, dates and numbers, with a note of each that is none.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use esteira_shared::{instant::Instant, money::Money, reason::Reason};
use serde_json::{Map, Value};

use super::TEXT_MAX_CHARS;
use crate::integrations::rpa::fields::{instant, tidy, whole_number};

const QUOTE_MAX_CHARS: usize = 100;
/// Notes of one process; the payload itself tells the rest.
const MOST_PROBLEMS: usize = 50;

/// Reads values, and collects what could not be read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Reason>,
}

impl Reader {
    pub(super) fn problem(&mut self, name: &str, value: &Value, expected: Reason) {
        if self.problems.len() >= MOST_PROBLEMS {
            return;
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(_) => "[…]".to_owned(),
            Value::Object(_) => "{…}".to_owned(),
            other => other.to_string(),
        };
        self.problems.push(Reason::ValueNotUnderstood {
            name: name.to_owned(),
            value: tidy(&text, QUOTE_MAX_CHARS).unwrap_or_default(),
            expected: Box::new(expected),
        });
    }

    /// The amount under either of its names.
    pub(super) fn money(&mut self, fields: &Map<String, Value>) -> Option<Money> {
        let names = ["valor_fatura", "valor"];
        let (name, value) = names.iter().find_map(|name| Some((*name, given(fields, name)?)))?;
        let amount = match value {
            // The number's shortest text has the digits that were sent, up to fifteen of them.
            Value::Number(number) => number.to_string().parse().ok(),
            Value::String(text) => Money::parse_typed(text).ok(),
            _ => None,
        };
        if amount.is_none() {
            self.problem(name, value, Reason::AnAmount {});
        }
        amount
    }

    pub(super) fn date(&mut self, fields: &Map<String, Value>, name: &str) -> Option<NaiveDate> {
        let value = given(fields, name)?;
        let date = value.as_str().and_then(day);
        if date.is_none() {
            self.problem(name, value, Reason::ADate {});
        }
        date
    }

    pub(super) fn instant(&mut self, fields: &Map<String, Value>, name: &str) -> Option<Instant> {
        let value = given(fields, name)?;
        let at = value.as_str().and_then(instant);
        if at.is_none() {
            self.problem(name, value, Reason::AnInstant {});
        }
        at
    }

    pub(super) fn number(
        &mut self,
        fields: &Map<String, Value>,
        name: &str,
        within: RangeInclusive<i64>,
        expected: Reason,
    ) -> Option<i64> {
        let value = given(fields, name)?;
        let number = whole_number(value).filter(|number| within.contains(number));
        if number.is_none() {
            self.problem(name, value, expected);
        }
        number
    }

    /// Where an invoice lies. One that is cut would lead elsewhere.
    pub(super) fn path(&mut self, value: &Value) -> Option<String> {
        if is_blank(value) {
            return None;
        }
        let path = value
            .as_str()
            .filter(|text| text.trim().chars().count() <= TEXT_MAX_CHARS);
        if path.is_none() {
            self.problem("caminho", value, Reason::APath {});
        }
        path.and_then(|path| tidy(path, TEXT_MAX_CHARS))
    }
}

fn given<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !is_blank(value))
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// `20-10-2025`, `20/10/2025`, `2025-10-20`, and the latter with a time behind it, of the years 2000 to 2100.
fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let (first, rest) = date.split_once(['-', '/'])?;
    let (month, last) = rest.split_once(['-', '/'])?;
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    // A time behind a date that begins with its day is nothing that anybody writes.
    if date.len() < text.len() && first.len() != 4 {
        return None;
    }
    let digits = |part: &str, most: usize| {
        let whole = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if whole { part.parse::<u32>().ok() } else { None }
    };
    let year = digits(year, 4).filter(|year| (2000..=2100).contains(year))?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(month, 2)?, digits(day, 2)?)
}
