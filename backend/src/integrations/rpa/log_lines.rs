//! Numbers lines, and reads lists of them in every form that APIs give them.

use std::fmt;

use anyhow::Context as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::log_line::{Draft, RpaLogLine};

/// Gives each line its place at the source.
pub(super) struct Numbering {
    after: u64,
    last: u64,
}

impl Numbering {
    /// Lines up to `after` are known already.
    pub(super) fn new(after: u64) -> Self {
        Self { after, last: 0 }
    }

    /// The next line, unless it is known. Without a number of its own it follows the one before.
    pub(super) fn line(&mut self, given: Option<u64>, draft: Draft) -> Option<RpaLogLine> {
        self.last = given.or(draft.number).unwrap_or(self.last.saturating_add(1));
        (self.last > self.after).then_some(RpaLogLine {
            number: self.last,
            at: draft.at,
            level: draft.level,
            message: draft.message,
        })
    }
}

/// The lines after the first `after`.
pub(super) fn from_slice(body: &[u8], after: u64) -> anyhow::Result<Vec<RpaLogLine>> {
    let text = String::from_utf8_lossy(body);
    let mut json = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let lines = read(&mut json, after).and_then(|lines| json.end().map(|()| lines));
    lines.context("the log is not JSON, or holds no lines")
}

pub(super) fn from_value(value: &Value) -> anyhow::Result<Vec<RpaLogLine>> {
    Ok(read(value, 0)?)
}

fn read<'de, D: Deserializer<'de>>(json: D, after: u64) -> Result<Vec<RpaLogLine>, D::Error> {
    let mut found = Found {
        numbering: Numbering::new(after),
        lines: Vec::new(),
    };
    Form {
        found: &mut found,
        inside: false,
    }
    .deserialize(json)?;
    Ok(found.lines)
}

struct Found {
    numbering: Numbering,
    lines: Vec<RpaLogLine>,
}

impl Found {
    fn add(&mut self, draft: Draft) {
        self.lines.extend(self.numbering.line(None, draft));
    }
}

/// A list, a text with line breaks, or an object with one of them; read item by item, so that a long log is not held as
/// JSON.
struct Form<'a> {
    found: &'a mut Found,
    /// Within an object.
    inside: bool,
}

impl<'de> DeserializeSeed<'de> for Form<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Form<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("log lines")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value>()? {
            self.found.add(Draft::item(item));
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        for line in text.lines() {
            self.found.add(Draft::text(line.to_owned()));
        }
        Ok(())
    }

    /// `null`
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        if self.inside {
            return Err(A::Error::custom("an object in place of log lines"));
        }
        let mut read = false;
        while let Some(name) = fields.next_key::<String>()? {
            if !read && matches!(name.as_str(), "logs" | "lines" | "linhas") {
                read = true;
                fields.next_value_seed(Form {
                    found: &mut *self.found,
                    inside: true,
                })?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        if read {
            Ok(())
        } else {
            Err(A::Error::custom("an object without log lines"))
        }
    }
}
