//! The arguments of a reason, and how they look in a sentence.

use serde_json::{Map, Value};

use super::Reason;
use crate::{language::Language, status::ProcessStatus};

/// These stand around quoted text in a marked sentence: Unicode's isolates, which no screen shows.
pub const QUOTE: char = '\u{2068}';
pub const UNQUOTE: char = '\u{2069}';

/// A way to change every text within a reason, for example to hide a secret.
pub(super) type Change<'a> = &'a mut dyn FnMut(String) -> String;

/// How a sentence is wanted.
#[derive(Clone, Copy)]
pub(super) struct Speech {
    pub(super) language: Language,
    /// With marks around quoted text.
    pub(super) marked: bool,
}

pub(super) trait Argument: Sized {
    fn read(value: Value) -> Option<Self>;
    fn write(&self) -> Value;
    fn say(&self, speech: Speech) -> String;

    fn changed(self, _: Change<'_>) -> Self {
        self
    }

    /// One to try a sentence with.
    #[cfg(test)]
    fn sample() -> Self;
}

/// Names, addresses and quotes: as they came.
impl Argument for String {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }

    fn say(&self, speech: Speech) -> String {
        if speech.marked {
            // Their own marks would let a part of it pass for ours.
            format!("{QUOTE}{}{UNQUOTE}", self.replace([QUOTE, UNQUOTE], ""))
        } else {
            self.clone()
        }
    }

    fn changed(self, change: Change<'_>) -> Self {
        change(self)
    }

    #[cfg(test)]
    fn sample() -> Self {
        "https://example.com/a".to_owned()
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Argument for $number {
            fn read(value: Value) -> Option<Self> {
                serde_json::from_value(value).ok()
            }

            fn write(&self) -> Value {
                Value::from(*self)
            }

            fn say(&self, _: Speech) -> String {
                self.to_string()
            }

            #[cfg(test)]
            fn sample() -> Self {
                4_321
            }
        }
    )+};
}

numbers!(i32, i64, u16, u64, usize);

/// A length of time in milliseconds, which a sentence gives in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milliseconds(pub u64);

impl From<std::time::Duration> for Milliseconds {
    fn from(length: std::time::Duration) -> Self {
        Self(u64::try_from(length.as_millis()).unwrap_or(u64::MAX))
    }
}

impl Argument for Milliseconds {
    fn read(value: Value) -> Option<Self> {
        value.as_u64().map(Self)
    }

    fn write(&self) -> Value {
        Value::from(self.0)
    }

    fn say(&self, _: Speech) -> String {
        std::time::Duration::from_millis(self.0).as_secs_f64().to_string()
    }

    #[cfg(test)]
    fn sample() -> Self {
        Self(1_500)
    }
}

/// As other tools know it: `APROVADO`.
impl Argument for ProcessStatus {
    fn read(value: Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }

    fn say(&self, _: Speech) -> String {
        self.as_str().to_owned()
    }

    #[cfg(test)]
    fn sample() -> Self {
        Self::AguardandoDownload
    }
}

impl Argument for Box<Reason> {
    fn read(value: Value) -> Option<Self> {
        Reason::from_value(value).map(Self::new)
    }

    fn write(&self) -> Value {
        self.to_value()
    }

    fn say(&self, speech: Speech) -> String {
        self.said(speech)
    }

    fn changed(self, change: Change<'_>) -> Self {
        Self::new((*self).map_texts(change))
    }

    #[cfg(test)]
    fn sample() -> Self {
        Self::new(Reason::quoted("what another said"))
    }
}

/// One after the other.
impl Argument for Vec<Reason> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.into_iter().map(Reason::from_value).collect(),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        self.iter().map(Reason::to_value).collect()
    }

    fn say(&self, speech: Speech) -> String {
        let texts: Vec<String> = self.iter().map(|reason| reason.said(speech)).collect();
        texts.join("; ")
    }

    fn changed(self, change: Change<'_>) -> Self {
        let mut changed = Self::with_capacity(self.len());
        for reason in self {
            changed.push(reason.map_texts(change));
        }
        changed
    }

    #[cfg(test)]
    fn sample() -> Self {
        vec![Reason::quoted("one"), Reason::quoted("two")]
    }
}

/// The arguments of a reason by their names.
pub(super) fn named<const N: usize>(arguments: [(&str, Value); N]) -> Map<String, Value> {
    arguments
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// One argument, taken out of all of them.
pub(super) fn take<T: Argument>(arguments: &mut Value, name: &str) -> Option<T> {
    T::read(arguments.get_mut(name)?.take())
}
