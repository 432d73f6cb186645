//! Numbers lines, and reads lists of them in every form that APIs give them.

use std::fmt;

use anyhow::{Context as _, bail, ensure};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{
    log_line::{Draft, ENOUGH_BYTES, RpaLogLine, place},
    log_value::{self, OneLine},
    nearly_text,
};

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

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Json,
    /// JSON line by line, that calls itself JSON. A single value may be anything, unless it says that it is a line.
    JsonLines,
    Text,
}

/// How a list is written, and how many lines it has, or nothing when these are more than [`MOST_LINES`]. None of them is
/// kept.
pub(super) fn count(body: &[u8], may_be_text: bool) -> anyhow::Result<Option<(Written, usize)>> {
    let error = match counted(body, Written::Json) {
        Ok(lines) => return Ok(lines.map(|lines| (Written::Json, lines))),
        Err(error) => error,
    };
    for (written, may_be) in [(Written::JsonLines, true), (Written::Text, may_be_text)] {
        if may_be && let Ok(lines) = counted(body, written) {
            return Ok(lines.map(|lines| (written, lines)));
        }
    }
    Err(error).context("the log is not JSON, or holds no lines")
}

fn counted(body: &[u8], written: Written) -> anyhow::Result<Option<usize>> {
    let mut take = |_| true;
    let mut found = Found::new(&mut take);
    let read = found.read(body, written);
    if found.full {
        return Ok(None);
    }
    read.map(|()| Some(found.lines))
}

/// Goes through a list that was counted, for as long as `take` wants more.
pub(super) fn read(body: &[u8], written: Written, take: &mut dyn FnMut(RpaLogLine) -> bool) {
    // It was read before, so it only ends early when no more is wanted.
    let _ = Found::new(take).read(body, written);
}

/// The lines that came along with something else.
pub(super) fn from_value(value: &Value) -> anyhow::Result<Vec<RpaLogLine>> {
    let mut lines = Vec::new();
    let mut take = |line| {
        lines.push(line);
        true
    };
    let mut found = Found::new(&mut take);
    Form::of(&mut found).deserialize(value)?;
    Ok(lines)
}

/// Lines, one after the other.
struct Found<'a> {
    numbering: Numbering,
    lines: usize,
    /// There were more than are read.
    full: bool,
    take: &'a mut dyn FnMut(RpaLogLine) -> bool,
}

impl<'a> Found<'a> {
    fn new(take: &'a mut dyn FnMut(RpaLogLine) -> bool) -> Self {
        Self {
            numbering: Numbering::default(),
            lines: 0,
            full: false,
            take,
        }
    }

    fn read(&mut self, body: &[u8], written: Written) -> anyhow::Result<()> {
        match written {
            Written::Json => Ok(nearly_text::json(body, Form::of(self))?),
            Written::JsonLines => self.json_lines(body),
            Written::Text => {
                // `false` only says that no more is wanted.
                self.text(body);
                Ok(())
            }
        }
    }

    /// `false` when no more is wanted.
    fn add(&mut self, draft: Draft) -> bool {
        self.full = self.lines >= MOST_LINES;
        if self.full {
            return false;
        }
        self.lines += 1;
        (self.take)(self.numbering.line(None, draft))
    }

    /// `false` when no more is wanted.
    fn text(&mut self, text: &[u8]) -> bool {
        text.split_inclusive(|byte| *byte == b'\n').all(|line| {
            let whole = line.strip_suffix(b"\n");
            let bare = whole.unwrap_or(line);
            let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
            let enough = bare.get(..ENOUGH_BYTES).unwrap_or(bare);
            let draft = Draft::text(String::from_utf8_lossy(enough).into_owned());
            self.add(Draft {
                unfinished: whole.is_none(),
                ..draft
            })
        })
    }

    fn json_lines(&mut self, body: &[u8]) -> anyhow::Result<()> {
        let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let mut lines = lines.filter(|line| !line.is_empty()).peekable();
        let Some(first) = lines.next() else { bail!("no line") };
        let first = log_value::read(first)?;
        ensure!(
            lines.peek().is_some() || Draft::is_line(&first),
            "a value that is no line"
        );
        let mut wanted = self.add(Draft::item(first));
        for line in lines {
            if !wanted {
                break;
            }
            wanted = self.add(Draft::item(log_value::read(line)?));
        }
        Ok(())
    }
}

/// A list, a text with line breaks, or an object with one of them; read item by item, so that a long log is not held as
/// JSON.
struct Form<'a, 'b> {
    found: &'a mut Found<'b>,
    /// Within an object.
    inside: bool,
}

impl<'a, 'b> Form<'a, 'b> {
    fn of(found: &'a mut Found<'b>) -> Self {
        Self { found, inside: false }
    }
}

impl<'de> DeserializeSeed<'de> for Form<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Form<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("log lines")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element_seed(OneLine)? {
            if !self.found.add(Draft::item(item)) {
                return Err(A::Error::custom("no more log lines are wanted"));
            }
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if self.found.text(text.as_bytes()) {
            Ok(())
        } else {
            Err(E::custom("no more log lines are wanted"))
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

#[cfg(test)]
mod tests;
