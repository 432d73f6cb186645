//! The search: what is typed, where it was found, and which match one stands on.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{
    marks::Needle,
    rows::Rows,
    scan::{MOST, Scan, ScanState, Wish, neighbour},
    store::LogStore,
};
use crate::{
    i18n::{counted, tr},
    text::format,
};

/// A pause in typing after which the search begins.
const PAUSE: Duration = Duration::from_millis(250);

/// Copies freely.
#[derive(Clone, Copy)]
pub(super) struct Finder {
    /// As it is typed; bound to the search box.
    pub(super) typed: RwSignal<String>,
    /// What is marked in the rows.
    pub(super) needle: Memo<Option<Needle>>,
    pub(super) hits: Scan,
    /// Number of the match one stands on.
    pub(super) at: RwSignal<Option<i64>>,
}

impl Finder {
    pub(super) fn new(store: LogStore, rows: Rows) -> Self {
        let typed = RwSignal::new(String::new());
        let text = settled(typed);
        let wish = Memo::new(move |_| {
            let text = text.get();
            (!text.trim().is_empty()).then(|| Wish {
                text: Some(text),
                level: rows.wanted(),
            })
        });
        let at = RwSignal::new(None);
        Effect::new(move |_| {
            wish.track();
            at.set(None);
        });
        Self {
            typed,
            needle: Memo::new(move |_| text.with(|text| Needle::new(text))),
            hits: Scan::new(store, wish),
            at,
        }
    }

    /// The next match from where one stands, else from `from`.
    pub(super) fn step(self, from: i64, forward: bool) -> Option<i64> {
        let from = self.at.get_untracked().unwrap_or(if forward { from - 1 } else { from });
        let next = self.hits.seqs.with_untracked(|seqs| neighbour(seqs, from, forward));
        if next.is_some() {
            self.at.set(next);
        }
        next
    }

    pub(super) fn clear(self) {
        self.typed.set(String::new());
    }

    pub(super) fn is_on(self) -> bool {
        self.hits.state.get() != ScanState::Off
    }

    /// "3 de 120", for beside the box.
    pub(super) fn place(self) -> Option<String> {
        let count = self.hits.seqs.with(Vec::len);
        let full = self.hits.state.get() == ScanState::Full;
        if !self.is_on() || count == 0 {
            return None;
        }
        let total = if full {
            tr!(log.over, count = number(MOST))
        } else {
            number(count)
        };
        let at = self.at.get()?;
        let index = self.hits.seqs.with(|seqs| seqs.binary_search(&at).ok())?;
        Some(tr!(log.match_of, place = number(index + 1), count = total))
    }

    /// How the search goes, in a sentence.
    pub(super) fn words(self) -> Option<String> {
        let count = self.hits.seqs.with(Vec::len);
        match self.hits.state.get() {
            ScanState::Off => None,
            ScanState::Running => Some(tr!(log.searching).to_owned()),
            ScanState::Failed => Some(tr!(log.search_failed).to_owned()),
            ScanState::Full => Some(tr!(log.found_over, count = number(MOST))),
            ScanState::Complete if count == 0 => Some(tr!(log.found_none).to_owned()),
            ScanState::Complete => {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                Some(counted!(log.found_single, log.found_many, count))
            }
        }
    }
}

pub(super) fn number(count: usize) -> String {
    format::count(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Follows with a pause; what is emptied is empty at once.
fn settled(typed: RwSignal<String>) -> RwSignal<String> {
    let text = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    Effect::new(move |_| {
        let now = typed.get();
        stop();
        if now == text.get_untracked() {
            return;
        }
        if now.is_empty() {
            text.set(now);
            return;
        }
        let handle = set_timeout_with_handle(
            move || {
                let _ = text.try_set(now);
            },
            PAUSE,
        );
        timer.set_value(handle.ok());
    });
    on_cleanup(stop);
    text
}
