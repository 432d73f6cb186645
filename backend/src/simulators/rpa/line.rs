//! One line of a robot's log.

use std::borrow::Cow;

use esteira_shared::instant::Instant;
use serde::Serialize;

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

#[derive(Clone)]
pub(super) enum Text {
    Plain(Box<str>),
    /// The data of an event as a script gives it, which may be anything.
    Raw(Box<[u8]>),
}

#[derive(Clone)]
pub(super) struct Line {
    pub(super) at: Instant,
    pub(super) level: Level,
    pub(super) text: Text,
}

/// A line as the contract writes it.
#[derive(Serialize)]
pub(super) struct ShownLine<'a> {
    /// From 1.
    n: usize,
    timestamp: String,
    level: Level,
    message: Cow<'a, str>,
}

impl Line {
    pub(super) fn message(&self) -> Cow<'_, str> {
        match &self.text {
            Text::Plain(text) => Cow::Borrowed(text),
            Text::Raw(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    pub(super) fn shown(&self, n: usize) -> ShownLine<'_> {
        ShownLine {
            n,
            timestamp: super::timestamp(self.at),
            level: self.level,
            message: self.message(),
        }
    }

    /// The data of the server-sent event that carries this line.
    pub(super) fn event_data(&self, n: usize) -> Vec<u8> {
        match &self.text {
            Text::Plain(_) => serde_json::to_vec(&self.shown(n)).unwrap_or_default(),
            Text::Raw(bytes) => bytes.to_vec(),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Plain(text.into_boxed_str())
    }
}
