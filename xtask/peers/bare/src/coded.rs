//! Texts as code and arguments.

use serde::Serialize;

/// In the database that is measured all of them are quotes.
#[derive(Serialize)]
pub struct Coded {
    code: &'static str,
    args: Quoted,
    text: String,
}

#[derive(Serialize)]
struct Quoted {
    text: String,
}

impl Coded {
    pub fn of(text: Option<String>) -> Option<Self> {
        text.map(|text| Self {
            code: "quoted",
            args: Quoted { text: text.clone() },
            text,
        })
    }
}
