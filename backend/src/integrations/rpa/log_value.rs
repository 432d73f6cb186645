//! JSON that is a line of a log, in memory within bounds: a value takes twenty times its size there and more.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{log_line::enough, nearly_text};

/// Values within one line, or within one event. What has more is no line.
const MOST_VALUES: usize = 50_000;

/// What a line says. Texts that are longer than any message end where that is seen.
pub(super) fn read(line: &[u8]) -> serde_json::Result<Value> {
    nearly_text::json(line, OneLine)
}

/// One value that is a line, with everything in it.
pub(super) struct OneLine;

impl<'de> DeserializeSeed<'de> for OneLine {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        let mut left = MOST_VALUES;
        Part { left: &mut left }.deserialize(json)
    }
}

struct Part<'a> {
    /// Values that there may still be.
    left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        let too_many = || D::Error::custom("too many values for a line");
        *self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(enough(text).to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Part { left: &mut *self.left })? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let value = fields.next_value_seed(Part { left: &mut *self.left })?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;
    use crate::integrations::rpa::log_line::MESSAGE_MAX_BYTES;

    #[test]
    fn what_is_within_bounds_is_read_as_it_is() {
        for text in [
            r#"{"a":[null,true,-1,18446744073709551615,1.5e3,"é\n",{}],"b":{"c":[]},"a":[0]}"#,
            "7",
            "\"x\"",
            "null",
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
        }
        for text in ["", "{", "[1,]", "1 2", "1e999", r#""\ud800""#] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_takes_much_memory_is_no_line() {
        let list = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
        assert!(read(list(MOST_VALUES - 1).as_bytes()).is_ok());
        assert!(read(list(MOST_VALUES).as_bytes()).is_err(), "the list is one too");
        let text = format!("[\"{}\"]", "x".repeat(3 * MESSAGE_MAX_BYTES));
        let read = read(text.as_bytes()).unwrap();
        let length = read.get(0).and_then(Value::as_str).map(str::len);
        assert!(length.is_some_and(|length| (MESSAGE_MAX_BYTES + 1..MESSAGE_MAX_BYTES + 8).contains(&length)));
    }
}
