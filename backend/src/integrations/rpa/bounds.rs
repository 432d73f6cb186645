//! How much a job's answer may hold. Looked at before the answer is built up in memory, where it takes many times its
//! size.

use std::fmt;

use esteira_shared::reason::Reason;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Entries of one result: more processes than an organisation has in a month.
pub(super) const MOST_ENTRIES: usize = 5_000;
/// Objects and lists.
const MOST_PARTS: usize = 50_000;
/// Values of any kind.
const MOST_VALUES: usize = 500_000;
const STATUS_MAX_CHARS: usize = 100;

/// What stands in an answer, without the answer itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// The answer's own `status`, when it is a text.
    pub(super) status: Option<String>,
    entries: usize,
    parts: usize,
    values: usize,
}

impl Counted {
    /// Counts what is JSON up to its first mistake.
    pub(super) fn of(body: &[u8]) -> Self {
        let mut counted = Self::default();
        // As it is read later: bytes that are no text are no mistake.
        let text = String::from_utf8_lossy(body);
        let mut json = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
        let all = Part {
            counted: &mut counted,
            place: Place::Top,
        };
        // Whoever reads the answer tells of the mistake.
        let _ = all.deserialize(&mut json);
        counted
    }

    /// Why it is not read, when there is more than that.
    pub(super) fn excess(&self) -> Option<Reason> {
        if self.entries > MOST_ENTRIES {
            return Some(Reason::ResultHasTooManyEntries {
                entries: self.entries,
                most: MOST_ENTRIES,
            });
        }
        if self.parts > MOST_PARTS {
            return Some(Reason::ResultHasTooManyParts {
                parts: self.parts,
                most: MOST_PARTS,
            });
        }
        (self.values > MOST_VALUES).then_some(Reason::ResultHasTooManyParts {
            parts: self.values,
            most: MOST_VALUES,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Status,
    Processes,
    Elsewhere,
}

struct Part<'a> {
    counted: &'a mut Counted,
    place: Place,
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.counted.values += 1;
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if self.place == Place::Status {
            self.counted.status = Some(text.chars().take(STATUS_MAX_CHARS).collect());
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.counted.parts += 1;
        let mut here = 0;
        loop {
            let item = Part {
                counted: &mut *self.counted,
                place: Place::Elsewhere,
            };
            if items.next_element_seed(item)?.is_none() {
                break;
            }
            here += 1;
        }
        if self.place == Place::Processes {
            self.counted.entries = self.counted.entries.max(here);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        self.counted.parts += 1;
        while let Some(name) = fields.next_key::<String>()? {
            let place = match name.as_str() {
                "status" if self.place == Place::Top => Place::Status,
                "processes" => Place::Processes,
                _ => Place::Elsewhere,
            };
            fields.next_value_seed(Part {
                counted: &mut *self.counted,
                place,
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn excess(body: &serde_json::Value) -> Option<Reason> {
        Counted::of(body.to_string().as_bytes()).excess()
    }

    #[test]
    fn entries_are_counted_wherever_the_result_stands() {
        let entries = vec![json!({ "status_final": "FAILED" }); MOST_ENTRIES + 1];
        let reason = Reason::ResultHasTooManyEntries {
            entries: MOST_ENTRIES + 1,
            most: MOST_ENTRIES,
        };
        for body in [
            json!({ "status": "COMPLETED", "processes": entries }),
            json!({ "status": "COMPLETED", "result": { "success": true, "processes": entries } }),
        ] {
            assert_eq!(excess(&body), Some(reason.clone()));
            assert_eq!(
                Counted::of(body.to_string().as_bytes()).status.as_deref(),
                Some("COMPLETED")
            );
        }
        let enough = vec![json!({ "status": "X" }); MOST_ENTRIES];
        let body = json!({ "result": { "status": "FAILED", "processes": enough } });
        assert_eq!(excess(&body), None);
        assert_eq!(
            Counted::of(body.to_string().as_bytes()).status,
            None,
            "not the answer's own"
        );
    }

    #[test]
    fn what_takes_much_memory_is_counted() {
        let parts = format!("[{}]", vec!["{}"; MOST_PARTS].join(","));
        let counted = Counted::of(parts.as_bytes());
        assert_eq!(
            counted.excess(),
            Some(Reason::ResultHasTooManyParts {
                parts: MOST_PARTS + 1,
                most: MOST_PARTS
            })
        );
        let values = format!("[{}]", vec!["0"; MOST_VALUES].join(","));
        assert_eq!(
            Counted::of(values.as_bytes()).excess(),
            Some(Reason::ResultHasTooManyParts {
                parts: MOST_VALUES + 1,
                most: MOST_VALUES
            })
        );
        // What is no JSON is told by whoever reads it.
        for body in ["", "{\"a\":", "<html>", "{\"a\":1} x"] {
            assert_eq!(Counted::of(body.as_bytes()).excess(), None, "{body}");
        }
    }
}
