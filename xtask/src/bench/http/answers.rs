//! Whether two sides say the same.

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use super::{Route, client};

pub(super) struct Answers {
    pub(super) bytes: usize,
    value: Value,
}

impl Answers {
    pub(super) fn ask(port: u16, route: &Route) -> Result<Self> {
        let answer = client::get(port, &route.path, &route.cookie)?;
        Ok(Self {
            bytes: answer.body.len(),
            value: comparable(answer.json()?),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand at most")]
    pub(super) fn bytes_as_number(&self) -> f64 {
        self.bytes as f64
    }

    /// Every value must be equal, and so the lengths of all lists. The bytes may differ by what writing the same differently
    /// costs.
    pub(super) fn compare(&self, other: &Self) -> Result<()> {
        if let Some(place) = difference(&self.value, &other.value) {
            bail!("answers differ at {place}");
        }
        ensure!(
            self.bytes.abs_diff(other.bytes) * 100 <= self.bytes,
            "{} bytes instead of {}",
            other.bytes,
            self.bytes
        );
        Ok(())
    }
}

/// Without what may be written in several ways: zeros at the end of a fraction of a second, the order of counts. A cursor is
/// each side's own affair; it must only be there.
fn comparable(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(match text.strip_suffix('Z').and_then(|rest| rest.split_once('.')) {
            Some((whole, fraction)) if whole.contains('T') => match fraction.trim_end_matches('0') {
                "" => format!("{whole}Z"),
                fraction => format!("{whole}.{fraction}Z"),
            },
            _ => text,
        }),
        Value::Array(items) => items.into_iter().map(comparable).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (String, Value)| {
                let value = match (name.as_str(), value) {
                    ("next_cursor", value) => Value::Bool(value.is_string()),
                    ("counts", Value::Array(mut counts)) => {
                        counts.sort_by_key(Value::to_string);
                        Value::Array(counts)
                    }
                    (_, value) => comparable(value),
                };
                (name, value)
            };
            Value::Object(fields.into_iter().map(field).collect())
        }
        other => other,
    }
}

/// Where two values differ first, and how.
fn difference(one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Array(ones), Value::Array(others)) if ones.len() == others.len() => ones
            .iter()
            .zip(others)
            .enumerate()
            .find_map(|(at, (one, other))| Some(format!("[{at}]{}", difference(one, other)?))),
        (Value::Object(ones), Value::Object(others)) => {
            let missing = others.keys().find(|name| !ones.contains_key(*name));
            missing.map(|name| format!(".{name}: not expected")).or_else(|| {
                ones.iter().find_map(|(name, one)| {
                    let other = others.get(name).unwrap_or(&Value::Null);
                    Some(format!(".{name}{}", difference(one, other)?))
                })
            })
        }
        (Value::Array(ones), Value::Array(others)) => Some(format!(": {} instead of {}", others.len(), ones.len())),
        _ => (one != other).then(|| format!(": {other} instead of {one}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{comparable, difference};

    #[test]
    fn the_same_said_differently_is_equal() {
        let ours = json!({ "at": "2026-10-01T10:00:00.12Z", "next_cursor": "a", "counts": [{ "b": 1 }, { "a": 2 }] });
        let theirs =
            json!({ "at": "2026-10-01T10:00:00.120000Z", "next_cursor": "b", "counts": [{ "a": 2 }, { "b": 1 }] });
        assert_eq!(difference(&comparable(ours), &comparable(theirs)), None);
    }

    #[test]
    fn a_difference_is_named_by_its_place() {
        let ours = json!({ "items": [{ "name": "VIVO" }, { "name": "TIM" }] });
        let theirs = json!({ "items": [{ "name": "VIVO" }, { "name": "OI" }] });
        let place = difference(&ours, &theirs);
        assert_eq!(place.as_deref(), Some(".items[1].name: \"OI\" instead of \"TIM\""));
        let shorter = json!({ "items": [{ "name": "VIVO" }] });
        assert_eq!(difference(&ours, &shorter).as_deref(), Some(".items: 1 instead of 2"));
        let more = json!({ "items": [], "total": 1 });
        assert_eq!(difference(&ours, &more).as_deref(), Some(".total: not expected"));
    }
}
