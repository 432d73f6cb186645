//! What a person decides about single dates. They change the draft around them, which the preview shows; saving is the
//! form's.

mod dialog;
mod form;
mod list;

use chrono::NaiveDate;
use esteira_shared::schedule::Exception;
use leptos::prelude::*;

pub use dialog::ExceptionDialog;
pub use list::ExceptionList;

use super::{fields::changes_in_words, times::moment};
use crate::{i18n::tr, text::format};

/// The exceptions of a draft, and which of them a dialog is about.
#[derive(Clone, Copy)]
pub struct Exceptions {
    pub value: RwSignal<Vec<Exception>>,
    open: RwSignal<bool>,
    asked: RwSignal<Asked>,
}

/// What the dialog begins with.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    /// Of a type, about a date.
    New(&'static str, Option<NaiveDate>),
    /// The one at this place.
    Edit(usize),
}

const SKIP: &str = "skip";
const RESCHEDULE: &str = "reschedule";
const MODIFY: &str = "modify";

impl Exceptions {
    pub fn new(value: RwSignal<Vec<Exception>>) -> Self {
        Self {
            value,
            open: RwSignal::new(false),
            asked: RwSignal::new(Asked::New(SKIP, None)),
        }
    }

    /// Nothing runs on that day; why can be added later.
    pub fn skip(self, date: NaiveDate) {
        self.put(
            None,
            Exception::Skip {
                start: date,
                end: date,
                reason: None,
            },
        );
    }

    pub fn ask_new(self) {
        self.ask(Asked::New(SKIP, None));
    }

    pub fn ask_move(self, date: NaiveDate) {
        self.ask(Asked::New(RESCHEDULE, Some(date)));
    }

    pub fn ask_change(self, date: NaiveDate) {
        self.ask(Asked::New(MODIFY, Some(date)));
    }

    pub fn ask_edit(self, place: usize) {
        self.ask(Asked::Edit(place));
    }

    pub fn remove(self, place: usize) {
        self.value.update(|all| {
            if place < all.len() {
                all.remove(place);
            }
        });
    }

    fn ask(self, asked: Asked) {
        self.asked.set(asked);
        self.open.set(true);
    }

    /// In the place of another, or by its date among them.
    fn put(self, instead: Option<usize>, exception: Exception) {
        self.value.update(|all| {
            if let Some(place) = instead.filter(|place| *place < all.len()) {
                all.remove(place);
            }
            let place = all.iter().position(|other| other.period() > exception.period());
            all.insert(place.unwrap_or(all.len()), exception);
        });
    }
}

pub fn covers(exception: &Exception, date: NaiveDate) -> bool {
    let (start, end) = exception.period();
    (start..=end).contains(&date)
}

/// `Pular 01/03/2026 a 31/03/2026`
pub fn in_words(exception: &Exception) -> String {
    format!("{} {}", type_in_words(exception), dates_in_words(exception))
}

fn type_in_words(exception: &Exception) -> &'static str {
    match exception {
        Exception::Skip { .. } => tr!(schedule_editor.skip),
        Exception::Reschedule { .. } => tr!(schedule_editor.reschedule),
        Exception::Modify { .. } => tr!(schedule_editor.modify),
    }
}

fn dates_in_words(exception: &Exception) -> String {
    match exception.period() {
        (start, end) if start == end => format::date(start),
        (start, end) => tr!(
            schedule_editor.period,
            start = format::date(start),
            end = format::date(end)
        ),
    }
}

/// What becomes of the dates.
fn effect_in_words(exception: &Exception) -> String {
    match exception {
        Exception::Skip { .. } => tr!(schedule_editor.skip_effect).to_owned(),
        Exception::Reschedule { to, .. } => tr!(schedule_editor.reschedule_effect, to = moment(&to.to_string())),
        Exception::Modify { changes, .. } => changes_in_words(changes),
    }
}

/// As warnings of the preview name it: by its reason, else by its dates.
fn name(exception: &Exception) -> String {
    if let Some(reason) = exception.reason() {
        return reason.to_owned();
    }
    match (exception, exception.period()) {
        (Exception::Reschedule { date, to, .. }, _) => format!("{date} → {to}"),
        (_, (start, end)) if start == end => start.to_string(),
        (_, (start, end)) => format!("{start} – {end}"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use esteira_shared::{
        language::Language,
        reason::{Reason, ReasonDto},
    };
    use serde_json::json;

    use super::*;

    fn exceptions() -> Vec<Exception> {
        let sent = json!([
            {"type": "skip", "start": "2026-03-01", "end": "2026-03-31", "reason": " manutenção "},
            {"type": "skip", "start": "2026-03-01", "end": "2026-03-31"},
            {"type": "reschedule", "date": "2026-04-30", "to": "2026-05-04T10:00"},
            {"type": "modify", "start": "2026-06-01", "end": "2026-06-01", "changes": {"limite_execucoes_simultaneas": 10}},
        ]);
        serde_json::from_value(sent).unwrap()
    }

    #[test]
    fn exceptions_are_said_in_words() {
        let words: Vec<String> = exceptions().iter().map(in_words).collect();
        assert_eq!(
            words,
            [
                "Pular 01/03/2026 a 31/03/2026",
                "Pular 01/03/2026 a 31/03/2026",
                "Mover 30/04/2026",
                "Mudar parâmetros 01/06/2026"
            ]
        );
        let effects: Vec<String> = exceptions().iter().skip(2).map(effect_in_words).collect();
        assert_eq!(effects, ["executa em seg 04/05/2026 10:00", "Robôs ao mesmo tempo: 10"]);
    }

    #[test]
    fn a_name_is_what_the_warning_of_the_preview_says() {
        let names: Vec<String> = exceptions().iter().map(name).collect();
        assert_eq!(
            names,
            [
                "manutenção",
                "2026-03-01 – 2026-03-31",
                "2026-04-30 → 2026-05-04T10:00",
                "2026-06-01"
            ]
        );
        let warning = Reason::ExceptionUnmatched {
            exception: "manutenção".to_owned(),
        };
        let told = ReasonDto::new(&warning, Language::En);
        assert_eq!(
            told.args.get("exception").unwrap(),
            "manutenção",
            "where the list looks for it"
        );
    }
}
