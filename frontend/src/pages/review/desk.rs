//! The reviewer's desk: the queue in a fixed order, the item under work, and what lies ready next.
//!
//! Live changes add to the end of the queue and mark what others decided. They never move the item under work, and never
//! exchange the document on the screen unasked.

use std::collections::HashMap;

use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessDto},
    ids::{DocumentId, ProcessId},
    page::Page,
    status::ProcessStatus,
};
use leptos::{prelude::*, task::spawn_local};

use super::tally::Tally;
use crate::{
    api::{self, ApiError},
    hooks::Query,
};

/// Read in advance.
const AHEAD: usize = 2;
const MARK: &str = "review-next-start";
/// The span from the key to the painted document, for measurements.
const MEASURE: &str = "review-next";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Waiting,
    /// Decided here, on its way to the server.
    Sending,
    Approved,
    Rejected,
    /// Decided by somebody else.
    Gone,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) process: ProcessDto,
    pub(super) outcome: Outcome,
    /// A decision the server refused.
    pub(super) problem: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) entries: RwSignal<Vec<Entry>>,
    pub(super) current: RwSignal<Option<ProcessId>>,
    /// The detail the person decides by.
    pub(super) seen: RwSignal<Option<ProcessDetailDto>>,
    /// A later state of the same process, with another document or status.
    pub(super) newer: RwSignal<Option<ProcessDetailDto>>,
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) tally: RwSignal<Tally>,
    pub(super) rejecting: RwSignal<bool>,
    pub(super) editing: RwSignal<bool>,
    /// The server holds more than fits the queue.
    pub(super) more: Memo<bool>,
    details: RwSignal<HashMap<ProcessId, ProcessDetailDto>>,
    /// When the document under work was painted.
    began: StoredValue<Option<f64>>,
    pub(super) query: Query<Page<ProcessDto>>,
}

impl Desk {
    pub(super) fn new(query: Query<Page<ProcessDto>>) -> Self {
        let desk = Self {
            entries: RwSignal::new(Vec::new()),
            current: RwSignal::new(None),
            seen: RwSignal::new(None),
            newer: RwSignal::new(None),
            error: RwSignal::new(None),
            tally: RwSignal::new(Tally::default()),
            rejecting: RwSignal::new(false),
            editing: RwSignal::new(false),
            more: Memo::new(move |_| {
                query
                    .data
                    .with(|page| page.as_ref().is_some_and(|page| page.next_cursor.is_some()))
            }),
            details: RwSignal::new(HashMap::new()),
            began: StoredValue::new(None),
            query,
        };
        Effect::new(move |_| {
            query.data.with(|page| {
                if let Some(page) = page {
                    desk.merge(&page.items);
                }
            });
        });
        Effect::new(move |_| {
            desk.entries.track();
            desk.current.track();
            for id in untrack(|| desk.following()) {
                desk.fetch(id);
            }
        });
        desk
    }

    /// The queue of another filter.
    pub(super) fn begin_again(self) {
        self.entries.set(Vec::new());
        self.current.set(None);
        self.seen.set(None);
        self.newer.set(None);
        self.query.data.set(None);
    }

    /// Takes the server's list in without moving anything.
    fn merge(self, found: &[ProcessDto]) {
        let current = self.current.get_untracked();
        self.entries.update(|entries| {
            for entry in entries.iter_mut() {
                match found.iter().find(|process| process.id == entry.process.id) {
                    Some(process) => {
                        // Sent back to the queue, for example by a new version.
                        let returned = !matches!(entry.outcome, Outcome::Waiting | Outcome::Sending)
                            && process.version > entry.process.version + 1;
                        if returned {
                            entry.outcome = Outcome::Waiting;
                        }
                        if entry.outcome == Outcome::Waiting {
                            entry.process = process.clone();
                        }
                    }
                    None if entry.outcome == Outcome::Waiting => entry.outcome = Outcome::Gone,
                    None => {}
                }
            }
            let known: std::collections::HashSet<ProcessId> = entries.iter().map(|entry| entry.process.id).collect();
            entries.extend(
                found
                    .iter()
                    .filter(|process| !known.contains(&process.id))
                    .map(|process| Entry {
                        process: process.clone(),
                        outcome: Outcome::Waiting,
                        problem: None,
                    }),
            );
        });
        // What was read ahead and has changed since is read again.
        self.details.update(|details| {
            details.retain(|id, detail| {
                found
                    .iter()
                    .find(|process| process.id == *id)
                    .is_some_and(|process| process.version == detail.process.version)
            });
        });
        match current {
            None => {
                if let Some(first) = self.next_waiting(None) {
                    self.go(first);
                }
            }
            Some(id) => {
                let version = found
                    .iter()
                    .find(|process| process.id == id)
                    .map(|process| process.version);
                let known = self
                    .seen
                    .with_untracked(|seen| seen.as_ref().map(|seen| seen.process.version));
                if known.is_some() && version != known && self.outcome(id) != Some(Outcome::Sending) {
                    self.look_again(id);
                }
            }
        }
    }

    pub(super) fn outcome(self, id: ProcessId) -> Option<Outcome> {
        self.entries.with_untracked(|entries| {
            entries
                .iter()
                .find(|entry| entry.process.id == id)
                .map(|entry| entry.outcome)
        })
    }

    /// Makes it the item under work.
    pub(super) fn go(self, id: ProcessId) {
        if let Some(performance) = window().performance() {
            let _ = performance.mark(MARK);
        }
        self.began.set_value(None);
        self.newer.set(None);
        self.error.set(None);
        let ready = self.details.with_untracked(|details| details.get(&id).cloned());
        let missing = ready.is_none();
        self.seen.set(ready);
        self.current.set(Some(id));
        if missing {
            self.fetch(id);
        }
    }

    /// One step along the queue, whatever became of the items.
    pub(super) fn step(self, forward: bool) {
        let to = self.entries.with_untracked(|entries| {
            let here = entries
                .iter()
                .position(|entry| Some(entry.process.id) == self.current.get_untracked())?;
            let to = if forward {
                here.checked_add(1)
            } else {
                here.checked_sub(1)
            }?;
            entries.get(to).map(|entry| entry.process.id)
        });
        if let Some(id) = to {
            self.go(id);
        }
    }

    /// The next item that waits, or none: then the queue is done.
    pub(super) fn advance(self) {
        match self.next_waiting(self.current.get_untracked()) {
            Some(id) => self.go(id),
            None => {
                self.current.set(None);
                self.seen.set(None);
            }
        }
    }

    /// After `from`, then from the start.
    fn next_waiting(self, from: Option<ProcessId>) -> Option<ProcessId> {
        self.waiting_after(from).into_iter().next()
    }

    fn waiting_after(self, from: Option<ProcessId>) -> Vec<ProcessId> {
        self.entries.with_untracked(|entries| {
            let here = entries.iter().position(|entry| Some(entry.process.id) == from);
            let after = here.map_or(0, |here| here + 1);
            let (before, behind) = entries.split_at(after.min(entries.len()));
            behind
                .iter()
                .chain(before)
                .filter(|entry| entry.outcome == Outcome::Waiting && Some(entry.process.id) != from)
                .map(|entry| entry.process.id)
                .collect()
        })
    }

    fn following(self) -> Vec<ProcessId> {
        let mut next = self.waiting_after(self.current.get_untracked());
        next.truncate(AHEAD);
        next
    }

    /// Documents that will be looked at next.
    pub(super) fn ahead(self) -> Signal<Vec<DocumentId>> {
        Signal::derive(move || {
            self.entries.track();
            self.current.track();
            self.details.with(|details| {
                untrack(|| self.following())
                    .iter()
                    .filter_map(|id| details.get(id)?.documents.first().map(|document| document.id))
                    .collect()
            })
        })
    }

    /// The document is on the screen: the time for its decision begins.
    pub(super) fn painted(self, document: DocumentId) {
        let mine = self.seen.with_untracked(|seen| {
            seen.as_ref()
                .and_then(|seen| seen.documents.first())
                .map(|first| first.id)
        });
        if mine == Some(document) && self.began.get_value().is_none() {
            self.began.set_value(Some(js_sys::Date::now()));
            if let Some(performance) = window().performance() {
                let _ = performance.measure_with_start_mark(MEASURE, MARK);
            }
        }
    }

    /// Milliseconds since the document was painted.
    pub(super) fn spent(self) -> f64 {
        self.began.get_value().map_or(0.0, |began| js_sys::Date::now() - began)
    }

    /// Reads a detail unless it lies ready.
    fn fetch(self, id: ProcessId) {
        if self.details.with_untracked(|details| details.contains_key(&id)) {
            return;
        }
        spawn_local(async move {
            let read = api::processes::get_process(id).await;
            let waits =
                self.current.try_get_untracked().flatten() == Some(id) && self.seen.with_untracked(Option::is_none);
            match read {
                Ok(detail) => {
                    if waits {
                        self.seen.set(Some(detail.clone()));
                    }
                    let _ = self.details.try_update(|details| details.insert(id, detail));
                }
                // What was only read ahead is read again when its turn comes.
                Err(error) if waits => self.error.set(Some(error)),
                Err(_) => {}
            }
        });
    }

    /// Something about the item under work changed elsewhere.
    fn look_again(self, id: ProcessId) {
        spawn_local(async move {
            let Ok(detail) = api::processes::get_process(id).await else {
                return;
            };
            if self.current.try_get_untracked().flatten() != Some(id) {
                return;
            }
            let other = self.seen.with_untracked(|seen| {
                seen.as_ref().is_some_and(|seen| {
                    seen.process.fatura_sha256 != detail.process.fatura_sha256
                        || detail.process.status != ProcessStatus::AguardandoAprovacao
                })
            });
            if other {
                self.newer.set(Some(detail));
            } else {
                self.keep(detail);
            }
        });
    }

    /// The same document with new facts, or the newer state the person asked to see.
    pub(super) fn keep(self, detail: ProcessDetailDto) {
        self.newer.set(None);
        let id = detail.process.id;
        self.entries.update(|entries| {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.process.id == id) {
                entry.process = detail.process.clone();
            }
        });
        self.details.update(|details| {
            details.insert(id, detail.clone());
        });
        self.seen.set(Some(detail));
    }

    /// Reads the item under work again, after a failure or a conflict.
    pub(super) fn reload(self) {
        self.error.set(None);
        if let Some(id) = self.current.get_untracked() {
            self.forget(id);
            if self.seen.with_untracked(Option::is_some) {
                self.look_again(id);
            } else {
                self.fetch(id);
            }
        }
        self.query.refetch();
    }

    pub(super) fn forget(self, id: ProcessId) {
        let _ = self.details.try_update(|details| details.remove(&id));
    }
}
