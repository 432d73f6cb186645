//! How the API names a job.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

const MAX_CHARS: usize = 200;

/// The API's own id of a job: 1 to 200 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExternalJobId(pub String);

impl ExternalJobId {
    /// `None` when this is no id that can be asked for again.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let usable = !text.trim().is_empty()
            && text.chars().count() <= MAX_CHARS
            && !text.chars().any(char::is_control)
            // A path cannot hold these as a segment, not even encoded.
            && !matches!(text, "." | "..");
        usable.then(|| Self(text.to_owned()))
    }

    /// From a text or a whole number. A longer number has lost digits on its way here.
    pub(super) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::new(text),
            Value::Number(number) if !number.is_f64() => Self::new(&number.to_string()),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExternalJobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
