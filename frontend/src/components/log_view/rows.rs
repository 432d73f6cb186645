//! Which line each row of the list is: every line, or only those of a level.

use esteira_shared::status::LogLevel;
use leptos::prelude::*;

use super::{
    scan::{Scan, ScanState, Wish},
    store::LogStore,
};
use crate::i18n::tr;

/// Copies freely.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    /// The least level as a word, or [`ALL`]; bound to the toolbar.
    pub(super) level: RwSignal<String>,
    pub(super) filter: Scan,
    wanted: Memo<Option<LogLevel>>,
    store: LogStore,
}

/// Every line is a row.
pub(super) const ALL: &str = "all";

impl Rows {
    pub(super) fn new(store: LogStore) -> Self {
        let level = RwSignal::new(ALL.to_owned());
        let wanted = Memo::new(move |_| level.with(|level| level.parse::<LogLevel>().ok()));
        let wish = Memo::new(move |_| {
            wanted.get().map(|level| Wish {
                text: None,
                level: Some(level),
            })
        });
        Self {
            level,
            filter: Scan::new(store, wish),
            wanted,
            store,
        }
    }

    /// The least level that is a row; `None` for every line.
    pub(super) fn wanted(self) -> Option<LogLevel> {
        self.wanted.get()
    }

    pub(super) fn is_whole(self) -> bool {
        self.wanted.with_untracked(Option::is_none)
    }

    pub(super) fn count(self) -> usize {
        if self.wanted.with(Option::is_none) {
            usize::try_from(self.store.total.get()).unwrap_or(0)
        } else {
            self.filter.seqs.with(Vec::len)
        }
    }

    /// Why a filtered list has no rows; `None` while that is not known.
    pub(super) fn why_none(self) -> Option<&'static str> {
        match self.filter.state.get() {
            ScanState::Off | ScanState::Running => None,
            ScanState::Complete | ScanState::Full => Some(tr!(log.none_of_level)),
            ScanState::Failed => Some(tr!(log.search_failed)),
        }
    }

    /// The line's number.
    pub(super) fn seq(self, row: usize) -> Option<i64> {
        if self.is_whole() {
            i64::try_from(row).ok().map(|row| row + 1)
        } else {
            self.filter.seqs.with_untracked(|seqs| seqs.get(row).copied())
        }
    }

    /// The row of a line, or of the next one that is a row.
    pub(super) fn near(self, seq: i64) -> usize {
        if self.is_whole() {
            usize::try_from(seq - 1).unwrap_or(0)
        } else {
            self.filter
                .seqs
                .with_untracked(|seqs| seqs.partition_point(|other| *other < seq))
        }
    }

    /// Whether a line is a row; true as long as nobody knows.
    pub(super) fn has(self, seq: i64) -> bool {
        self.is_whole() || !self.knows(seq) || self.filter.seqs.with_untracked(|seqs| seqs.binary_search(&seq).is_ok())
    }

    /// Whether `near` is already where it will stay.
    pub(super) fn knows(self, seq: i64) -> bool {
        self.is_whole()
            || !matches!(self.filter.state.get_untracked(), ScanState::Off | ScanState::Running)
            || self
                .filter
                .seqs
                .with_untracked(|seqs| seqs.last().is_some_and(|last| *last >= seq))
    }
}
