//! What is wrong with which field: of the rule as it is typed, and of what was sent to be saved.

use std::collections::BTreeMap;

use esteira_shared::{
    error::{FieldCode, FieldError},
    reason::ReasonDto,
};
use leptos::prelude::*;
use serde_json::Value;

use super::form::Wrong;
use crate::{api::ApiError, hooks::Mutation, text::reasons};

type Texts = BTreeMap<String, String>;

#[derive(Clone, Copy)]
pub struct Errors {
    /// Of the rule, while one types.
    live: RwSignal<Texts>,
    /// Of the last try to save.
    sent: RwSignal<Texts>,
}

/// Fields of the form beside the rule. The preview says nothing about them.
const BESIDE: [&str; 6] = [
    "name",
    "kind",
    "parameters",
    "catch_up",
    "overlap",
    "pause_after_failures",
];

/// Fields, and what lies below them, that a part of the form shows.
const SHOWN: [&str; 13] = [
    "name",
    "parameters",
    "rule",
    "timezone",
    "start",
    "end",
    "window",
    "calendars",
    "blackouts",
    "exceptions",
    "jitter_seconds",
    "catch_up_hours",
    "pause_after_failures",
];

impl Errors {
    pub fn new(save: Mutation) -> Self {
        let errors = Self {
            live: RwSignal::new(Texts::new()),
            sent: RwSignal::new(Texts::new()),
        };
        Effect::new(move |_| {
            let texts = save.error.with(|error| error.as_ref().map(told).unwrap_or_default());
            errors.sent.set(texts);
        });
        errors
    }

    /// The sentence under a field.
    pub fn of(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.text(|key| key == field))
    }

    /// The first sentence about a list or about one of its entries.
    pub fn within(self, list: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.text(|key| is_within(key, list)))
    }

    /// About one entry of a list.
    pub fn entry(self, list: &'static str, place: usize) -> Signal<Option<String>> {
        let entry = format!("{list}.{place}");
        Signal::derive(move || self.text(|key| is_within(key, &entry)))
    }

    /// Sentences that no field shows.
    pub fn homeless(self) -> Vec<String> {
        let strange = |texts: &Texts| {
            let alone = texts
                .iter()
                .filter(|(field, _)| !SHOWN.iter().any(|shown| is_within(field, shown)));
            alone.map(|(_, text)| text.clone()).collect::<Vec<_>>()
        };
        let mut all = self.live.with(strange);
        all.extend(self.sent.with(strange));
        all
    }

    /// The server could read the rule: what was said about it is over.
    pub fn rule_is_fine(self) {
        self.live.set(Texts::new());
        let beside = self.sent.with_untracked(|sent| {
            let mut kept = Texts::new();
            for (field, text) in sent {
                if BESIDE.iter().any(|name| field.starts_with(name)) {
                    kept.insert(field.clone(), text.clone());
                }
            }
            kept
        });
        if self.sent.with_untracked(|sent| *sent != beside) {
            self.sent.set(beside);
        }
    }

    /// What the server says about the rule.
    pub fn refused(self, error: &ApiError) {
        self.live.set(told(error));
    }

    /// What the form itself cannot read.
    pub fn unreadable(self, wrong: &Wrong) {
        let mut texts = Texts::new();
        for (field, text) in wrong {
            texts.entry((*field).to_owned()).or_insert_with(|| (*text).to_owned());
        }
        self.live.set(texts);
    }

    fn text(self, fits: impl Fn(&str) -> bool) -> Option<String> {
        let first = |texts: &Texts| texts.iter().find(|(key, _)| fits(key)).map(|(_, text)| text.clone());
        self.live.with(first).or_else(|| self.sent.with(first))
    }
}

/// `blackouts` and `blackouts.0.end`, not `blackouts_more`.
fn is_within(field: &str, list: &str) -> bool {
    field
        .strip_prefix(list)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What the form cannot read, as a refusal that marks the fields.
pub fn as_fields(wrong: &Wrong) -> Vec<FieldError> {
    wrong
        .iter()
        .map(|(field, text)| FieldError::new(field, FieldCode::Invalid, *text))
        .collect()
}

/// Each refused field with its sentence in the reader's language. A saved schedule's rule lies below `schedule`, a
/// previewed one's at the top: here both have the same names.
fn told(error: &ApiError) -> Texts {
    let short = |field: &str| field.strip_prefix("schedule.").unwrap_or(field).to_owned();
    let mut texts = Texts::new();
    if let Some(Value::Array(problems)) = error.detail("problems") {
        for problem in problems {
            let said = problem.get("reason").unwrap_or(problem).clone();
            let reason = serde_json::from_value::<ReasonDto>(said).ok();
            if let (Some(field), Some(reason)) = (problem.get("field").and_then(Value::as_str), reason) {
                let text = capitalised(&reasons::plain(&reasons::told(&reason)));
                texts.entry(short(field)).or_insert(text);
            }
        }
    }
    for (field, text) in error.field_texts() {
        texts.entry(short(&field)).or_insert(text);
    }
    texts
}

/// `fora da janela` as a sentence of its own.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
