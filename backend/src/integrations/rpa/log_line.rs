//! One line of a log, as text or as an object.

use esteira_shared::{instant::Instant, status::LogLevel};
use serde_json::{Map, Value};

use super::{
    fields::{first, instant},
    log_value,
};

/// Longer messages are cut here, with a note.
pub(super) const MESSAGE_MAX_BYTES: usize = 1024 * 1024;
/// With the longest character, which may stand where a text ends.
pub(super) const ENOUGH_BYTES: usize = MESSAGE_MAX_BYTES + 4;
const CUT: &str = " [… cortado]";
const MESSAGE: [&str; 3] = ["message", "mensagem", "msg"];
const AT: [&str; 3] = ["timestamp", "at", "hora"];
const LEVEL: [&str; 3] = ["level", "nivel", "severity"];
/// A date, a time, a zone and the marks between them may stand before a level.
const LEVEL_WITHIN_WORDS: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpaLogLine {
    /// Its place in the source's own words; without any, the place after the line before it in the same answer, from 1.
    pub number: u64,
    /// The source gave the number.
    pub numbered: bool,
    /// What the source calls this line, as it wrote it: the `id` of the event, or the number. Going on after this line is
    /// asked for with it.
    pub id: Option<String>,
    pub at: Option<Instant>,
    pub level: LogLevel,
    /// As the robot wrote it, ANSI sequences and line breaks included; at most 1 MiB and the note that it was cut.
    pub message: String,
    /// Text that ends without a line break: more of this line may come.
    pub unfinished: bool,
}

/// A line that has no number yet.
pub(super) struct Draft {
    /// What the line itself says.
    pub(super) number: Option<u64>,
    pub(super) unfinished: bool,
    pub(super) at: Option<Instant>,
    pub(super) level: LogLevel,
    pub(super) message: String,
}

impl Draft {
    pub(super) fn text(message: String) -> Self {
        Self {
            number: None,
            unfinished: false,
            at: None,
            level: guessed(&message).unwrap_or(LogLevel::Info),
            message: cut(message),
        }
    }

    /// An item of a JSON list.
    pub(super) fn item(value: Value) -> Self {
        match value {
            Value::String(text) => Self::text(text),
            Value::Object(fields) => {
                Self::object(&fields).unwrap_or_else(|| Self::text(Value::Object(fields).to_string()))
            }
            other => Self::text(other.to_string()),
        }
    }

    /// The data of an event: a line as text or as an object, or a list of objects that are lines.
    pub(super) fn all(text: String) -> Vec<Self> {
        let items = if text.trim_start().starts_with('[') {
            log_value::read(text.as_bytes()).ok()
        } else {
            None
        };
        let line = |item: &Value| item.as_object().and_then(Self::object);
        let lines = items
            .as_ref()
            .and_then(Value::as_array)
            .and_then(|items| items.iter().map(line).collect::<Option<Vec<_>>>());
        match lines {
            Some(lines) if !lines.is_empty() => lines,
            _ => vec![Self::data(text)],
        }
    }

    /// Whether a value says itself that it is a line.
    pub(super) fn is_line(value: &Value) -> bool {
        value.as_object().is_some_and(|fields| Self::object(fields).is_some())
    }

    /// The data of an event, which may be an object as JSON.
    pub(super) fn data(text: String) -> Self {
        let fields = if text.trim_start().starts_with('{') {
            log_value::read(text.as_bytes()).ok()
        } else {
            None
        };
        fields
            .as_ref()
            .and_then(Value::as_object)
            .and_then(Self::object)
            .unwrap_or_else(|| Self::text(text))
    }

    /// `None` without a message: then the object itself is the message.
    fn object(fields: &Map<String, Value>) -> Option<Self> {
        let message = match first(fields, &MESSAGE)? {
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        };
        let text = |names: &[&str]| first(fields, names).and_then(|(_, value)| value.as_str());
        let draft = Self::text(message);
        Some(Self {
            number: fields.get("n").and_then(number),
            at: text(&AT).and_then(instant),
            level: text(&LEVEL).and_then(level).unwrap_or(draft.level),
            ..draft
        })
    }
}

/// A place, as a number or as digits. Some count from 0.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => place(text),
        other => other.as_u64().filter(|number| is_place(*number)),
    }
}

/// As [`number`], from the text of an event's id.
pub(super) fn place(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|number| is_place(*number))
}

fn is_place(number: u64) -> bool {
    i64::try_from(number).is_ok()
}

/// As much of a text as shows that it is longer than any message.
pub(super) fn enough(text: &str) -> &str {
    text.get(..text.floor_char_boundary(ENOUGH_BYTES)).unwrap_or(text)
}

fn cut(mut message: String) -> String {
    if message.len() > MESSAGE_MAX_BYTES {
        message.truncate(message.floor_char_boundary(MESSAGE_MAX_BYTES));
        message.push_str(CUT);
        // It may have been many times as long.
        message.shrink_to_fit();
    }
    message
}

pub(super) fn level(word: &str) -> Option<LogLevel> {
    match word.trim().to_uppercase().as_str() {
        "TRACE" | "DEBUG" | "VERBOSE" => Some(LogLevel::Debug),
        "INFO" | "INFORMATION" | "NOTICE" => Some(LogLevel::Info),
        "WARN" | "WARNING" | "AVISO" | "ALERTA" => Some(LogLevel::Warn),
        "ERR" | "ERROR" | "ERRO" | "SEVERE" | "CRITICAL" | "CRITICO" | "CRÍTICO" | "FATAL" => Some(LogLevel::Error),
        _ => None,
    }
}

/// The level that a text begins with, after dates and times: in brackets, or in capitals. A sentence that begins with
/// such a word says nothing about its level.
fn guessed(message: &str) -> Option<LogLevel> {
    let line = message.lines().next()?;
    for word in line.split_whitespace().take(LEVEL_WITHIN_WORDS) {
        let word = without_colours(word);
        let bare = word.trim_start_matches(['[', '(', '<', '|', '-', '+']);
        if bare.is_empty() || is_time(bare) {
            continue;
        }
        let name = bare.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let marked = word.starts_with(['[', '(', '<']) || !name.chars().any(char::is_lowercase);
        return if marked { level(name) } else { None };
    }
    None
}

fn is_time(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && (word.contains(['-', ':', '/', '.']) || word.ends_with(']'))
}

fn without_colours(mut word: &str) -> &str {
    while let Some((_, rest)) = word.strip_prefix("\u{1b}[").and_then(|rest| rest.split_once('m')) {
        word = rest;
    }
    word
}

#[cfg(test)]
mod tests;
