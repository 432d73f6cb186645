//! Why something failed or was done, as a code with arguments. It is kept in the database and sent to other tools like
//! this. It is put into words only where somebody reads it, in the reader's language.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::language::Language;

/// Writes the list as an enum, its wire form and its words. A wording that leaves an argument out does not build.
macro_rules! reasons {
    ($($code:literal $name:ident { $($argument:ident: $kind:ty),* } $pt:literal $en:literal)+) => {
        /// A closed list. A code never changes its meaning or its arguments; new ones may be added.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Reason {
            $(#[doc = $en] $name { $($argument: $kind),* }),+
        }

        impl Reason {
            /// Every code.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $(Self::$name { .. } => $code),+ }
            }

            /// The arguments by their names.
            #[must_use]
            pub fn args(&self) -> Map<String, Value> {
                match self {
                    $(Self::$name { $($argument),* } => named([$((stringify!($argument), $argument.write())),*])),+
                }
            }

            /// Nothing when the code is not known here, or an argument is missing.
            pub(super) fn of(code: &str, mut args: Value) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name { $($argument: take(&mut args, stringify!($argument))?),* }),)+
                    _ => None,
                }
            }

            pub(super) fn said(&self, speech: Speech) -> String {
                match speech.language {
                    Language::PtBr => match self {
                        $(Self::$name { $($argument),* } => {
                            $(let $argument = $argument.say(speech);)*
                            std::fmt::format(format_args!($pt))
                        })+
                    },
                    Language::En => match self {
                        $(Self::$name { $($argument),* } => {
                            $(let $argument = $argument.say(speech);)*
                            std::fmt::format(format_args!($en))
                        })+
                    },
                }
            }

            /// One of each.
            #[cfg(test)]
            pub(super) fn samples() -> Vec<Self> {
                vec![$(Self::$name { $($argument: <$kind>::sample()),* }),+]
            }

            /// The same with every text in it changed, for example to hide a secret.
            #[must_use]
            pub fn map_texts(self, change: &mut dyn FnMut(String) -> String) -> Self {
                match self {
                    $(Self::$name { $($argument),* } => Self::$name { $($argument: $argument.changed(change)),* }),+
                }
            }
        }
    };
}

mod argument;
mod list;

use self::argument::Speech;
pub use self::{
    argument::{Milliseconds, QUOTE, UNQUOTE},
    list::Reason,
};

/// A reason as the API tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonDto {
    /// One of a closed list, for programs; `quoted` is what another system or a person said.
    pub code: String,
    /// What belongs to the code, by name.
    pub args: Map<String, Value>,
    /// Both in words, in the language of `Accept-Language`.
    pub text: String,
}

impl ReasonDto {
    #[must_use]
    pub fn new(reason: &Reason, language: Language) -> Self {
        Self {
            code: reason.code().to_owned(),
            args: reason.args(),
            text: reason.text(language),
        }
    }

    /// A code that is not known here, from a newer server, becomes a quote.
    #[must_use]
    pub fn reason(&self) -> Reason {
        Reason::of(&self.code, Value::Object(self.args.clone())).unwrap_or_else(|| Reason::quoted(self.text.as_str()))
    }
}

impl Reason {
    /// What another system or a person said, or what was written before there were codes.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self::Quoted { text: text.into() }
    }

    /// The sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        self.said(Speech {
            language,
            marked: false,
        })
    }

    /// The sentence, with [`QUOTE`] and [`UNQUOTE`] around each piece that somebody else wrote: names, addresses,
    /// quotes.
    #[must_use]
    pub fn marked(&self, language: Language) -> String {
        self.said(Speech { language, marked: true })
    }

    /// As a text column keeps it: JSON, but a quote as its plain text, unless that looks like JSON.
    #[must_use]
    pub fn stored(&self) -> String {
        match self {
            // Somebody may quote what looks like one of ours, also like one of a newer program.
            Self::Quoted { text } if !text.starts_with('{') => text.clone(),
            coded => coded.to_value().to_string(),
        }
    }

    /// Reads what [`Reason::stored`] wrote; any other text is a quote.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| Self::quoted(text))
    }

    fn parse(text: &str) -> Option<Self> {
        if !text.starts_with('{') {
            return None;
        }
        Self::from_value(serde_json::from_str(text).ok()?)
    }

    fn to_value(&self) -> Value {
        serde_json::json!({ "code": self.code(), "args": self.args() })
    }

    fn from_value(mut value: Value) -> Option<Self> {
        let args = value.get_mut("args")?.take();
        Self::of(value.get("code")?.as_str()?, args)
    }
}

/// In the language of jobs and e-mails.
impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Language::default()))
    }
}

impl std::error::Error for Reason {}

#[cfg(test)]
mod tests;
