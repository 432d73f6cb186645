//! Numbers lines, and reads lists of them in every form that APIs give them.

use std::fmt;

use anyhow::Context as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::log_line::{Draft, RpaLogLine, place};

/// Fields that hold the lines.
pub(super) const LISTS: [&str; 3] = ["logs", "lines", "linhas"];
/// In one answer that is no stream.
pub(super) const MOST_LINES: usize = 1_000_000;

/// Gives each line of an answer its place at the source.
#[derive(Default)]
pub(super) struct Numbering {
    last: u64,
}

impl Numbering {
    /// The next line. Without a number of its own it follows the one before.
    pub(super) fn line(&mut self, id: Option<String>, draft: Draft) -> RpaLogLine {
        let given = id.as_deref().and_then(place).or(draft.number);
        self.last = given.unwrap_or(self.last.saturating_add(1));
        RpaLogLine {
            number: self.last,
            numbered: given.is_some(),
            id: id.or_else(|| draft.number.map(|number| number.to_string())),
            at: draft.at,
            level: draft.level,
            message: draft.message,
            unfinished: draft.unfinished,
        }
    }
}

/// The lines, or nothing when there are more than [`MOST_LINES`].
pub(super) fn from_slice(body: &[u8]) -> anyhow::Result<Option<Vec<RpaLogLine>>> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    let mut json = serde_json::Deserializer::from_str(text);
    let mut found = Found::default();
    let read = found.read(&mut json).and_then(|()| json.end());
    if found.full {
        return Ok(None);
    }
    match read {
        Ok(()) => Ok(Some(found.lines)),
        Err(error) => value_by_line(text)
            .map(Found::whole)
            .ok_or(error)
            .context("the log is not JSON, or holds no lines"),
    }
}

/// The lines of a text, or nothing when there are more than [`MOST_LINES`].
pub(super) fn from_text(body: &[u8]) -> Option<Vec<RpaLogLine>> {
    let mut found = Found::default();
    // `false` only says that there is no more room.
    let _ = found.text(&String::from_utf8_lossy(body));
    found.whole()
}

pub(super) fn from_value(value: &Value) -> anyhow::Result<Vec<RpaLogLine>> {
    let mut found = Found::default();
    found.read(value)?;
    Ok(found.lines)
}

/// JSON line by line that calls itself JSON. A single value may be anything, unless it says that it is a line.
fn value_by_line(text: &str) -> Option<Found> {
    let mut found = Found::default();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let first: Value = serde_json::from_str(lines.next()?).ok()?;
    if lines.peek().is_none() && !Draft::is_line(&first) {
        return None;
    }
    let mut room = found.add(Draft::item(first));
    for line in lines {
        if !room {
            break;
        }
        room = found.add(Draft::item(serde_json::from_str(line).ok()?));
    }
    Some(found)
}

#[derive(Default)]
struct Found {
    numbering: Numbering,
    lines: Vec<RpaLogLine>,
    /// There were more lines than are read.
    full: bool,
}

impl Found {
    fn read<'de, D: Deserializer<'de>>(&mut self, json: D) -> Result<(), D::Error> {
        let form = Form {
            found: self,
            inside: false,
        };
        form.deserialize(json)
    }

    /// `false` when there is no room for it.
    fn add(&mut self, draft: Draft) -> bool {
        self.full |= self.lines.len() >= MOST_LINES;
        if !self.full {
            self.lines.push(self.numbering.line(None, draft));
        }
        !self.full
    }

    /// `false` when there is no room for all of it.
    fn text(&mut self, text: &str) -> bool {
        text.split_inclusive('\n').all(|line| {
            let whole = line.strip_suffix('\n');
            let bare = whole.unwrap_or(line);
            let draft = Draft::text(bare.strip_suffix('\r').unwrap_or(bare).to_owned());
            self.add(Draft {
                unfinished: whole.is_none(),
                ..draft
            })
        })
    }

    fn whole(self) -> Option<Vec<RpaLogLine>> {
        (!self.full).then_some(self.lines)
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
            if !self.found.add(Draft::item(item)) {
                return Err(A::Error::custom("too many log lines"));
            }
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if self.found.text(text) {
            Ok(())
        } else {
            Err(E::custom("too many log lines"))
        }
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
            if !read && LISTS.contains(&name.as_str()) {
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
