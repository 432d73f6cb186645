//! Values as they stand in a backup.
//!
//! There are three kinds, those of SQLite's tables. What PostgreSQL has more of is written as SQLite keeps it: ids, instants
//! (in UTC with six places of a second), days and JSON as text, truth as 0 or 1. So the two databases' rows look the same,
//! and filling PostgreSQL reads each text as the type of its column.

use aws_lc_rs::digest::{Context, SHA256};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use crate::secrets::hex;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
}

/// The values of one row, in the order of the table's columns.
pub(super) type Row = Vec<Value>;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyOfThem;

        impl Visitor<'_> for AnyOfThem {
            type Value = Value;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, a whole number or null")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
                i64::try_from(number).map(Value::Integer).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(text))
            }
        }

        deserializer.deserialize_any(AnyOfThem)
    }
}

/// Writes a row as a line.
///
/// # Errors
/// Never, for a writer in memory.
pub(super) fn write_line(row: &[Value], out: &mut Vec<u8>) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, row)?;
    out.push(b'\n');
    Ok(())
}

/// Reads what [`write_line`] wrote.
///
/// # Errors
/// When it is no row of so many columns.
pub(super) fn read_line(line: &[u8], columns: usize) -> anyhow::Result<Row> {
    let row: Row = serde_json::from_slice(line)?;
    anyhow::ensure!(
        row.len() == columns,
        "a row has {} values instead of {columns}",
        row.len()
    );
    Ok(row)
}

/// What tells whether two databases have the same rows: how many, and their SHA-256 in order.
///
/// JSON is compared by what it says: PostgreSQL writes it with other spaces and in another order.
pub(super) struct Digest {
    context: Context,
    rows: u64,
    /// Which columns hold JSON.
    json: Vec<bool>,
    line: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) rows: u64,
    pub(super) sha256: String,
}

impl Digest {
    pub(super) fn new(json: Vec<bool>) -> Self {
        Self {
            context: Context::new(&SHA256),
            rows: 0,
            json,
            line: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, row: &[Value]) -> anyhow::Result<()> {
        self.line.clear();
        if self.json.contains(&true) {
            let same: Row = row
                .iter()
                .zip(self.json.iter().chain(std::iter::repeat(&false)))
                .map(|(value, json)| match value {
                    Value::Text(text) if *json => Value::Text(meaning(text)),
                    other => other.clone(),
                })
                .collect();
            write_line(&same, &mut self.line)?;
        } else {
            write_line(row, &mut self.line)?;
        }
        self.context.update(&self.line);
        self.rows += 1;
        Ok(())
    }

    pub(super) fn finish(self) -> Sum {
        Sum {
            rows: self.rows,
            sha256: hex(self.context.finish().as_ref()),
        }
    }
}

/// JSON in one form: no spaces, names in order, whole numbers without a fraction. What is no JSON stays as it is.
fn meaning(text: &str) -> String {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(text.len());
    write_meaning(&value, &mut out);
    out
}

fn write_meaning(value: &serde_json::Value, out: &mut String) {
    use serde_json::Value as Json;
    match value {
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write_meaning(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (name, member) in members {
                out.push_str(&Json::from(name.as_str()).to_string());
                out.push(':');
                write_meaning(member, out);
                out.push(',');
            }
            out.push('}');
        }
        Json::Number(number) => match number.as_f64() {
            // Up to here a float holds every whole number.
            Some(float) if !number.is_i64() && !number.is_u64() && float.fract() == 0.0 && float.abs() < 9e15 => {
                // Adding zero takes the sign from a zero.
                out.push_str(&format!("{:.0}", float + 0.0));
            }
            _ => out.push_str(&number.to_string()),
        },
        Json::String(_) | Json::Bool(_) | Json::Null => out.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            any::<String>().prop_map(Value::Text),
        ]
    }

    proptest! {
        #[test]
        fn a_row_comes_back_from_its_line(row in prop::collection::vec(value(), 0..8)) {
            let mut line = Vec::new();
            write_line(&row, &mut line).unwrap();
            prop_assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
            prop_assert_eq!(read_line(&line, row.len()).unwrap(), row);
        }
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for line in [
            "",
            "{}",
            "[1.5]",
            "[true]",
            "[[1]]",
            "[18446744073709551615]",
            "[1,2]",
            "[1",
        ] {
            assert!(read_line(line.as_bytes(), 1).is_err(), "{line}");
        }
    }

    #[test]
    fn json_is_compared_by_what_it_says_and_other_text_byte_by_byte() {
        let sum = |json, value: &str| {
            let mut digest = Digest::new(vec![json]);
            digest.add(&[text(value)]).unwrap();
            digest.finish()
        };
        let one = r#"{"b": [1, 2.50], "a": "ç\u00e3o", "n": 1e3}"#;
        let same = r#"{"a":"ção","n":1000,"b":[1,2.5]}"#;
        assert_eq!(sum(true, one), sum(true, same));
        assert_ne!(sum(false, one), sum(false, same));
        assert_eq!(sum(true, "[-0.0, 1E1]"), sum(true, "[0, 10]"));
        assert_ne!(sum(true, "[1,12]"), sum(true, "[11,2]"));
        assert_ne!(sum(true, r#"{"a":null}"#), sum(true, "{}"));
        assert_ne!(sum(true, r#"{"a":"1"}"#), sum(true, r#"{"a":1}"#));
        assert_eq!(sum(true, "no json"), sum(false, "no json"));
    }

    #[test]
    fn rows_count_and_their_order_too() {
        let sum = |rows: &[&str]| {
            let mut digest = Digest::new(vec![false]);
            for row in rows {
                digest.add(&[text(row)]).unwrap();
            }
            digest.finish()
        };
        assert_ne!(sum(&["a", "b"]), sum(&["b", "a"]));
        assert_ne!(sum(&["a", "b"]), sum(&["a"]));
        assert_eq!(sum(&["a", "b"]).rows, 2);
    }
}
