//! All that the parts of one viewer share, and what a person can do with it.

use std::collections::HashSet;

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    address,
    finder::Finder,
    permalink::Marked,
    rows::{ALL, Rows},
    sight::Sight,
    source::LogSource,
    store::{LogStore, Stage},
};
use crate::state::{
    Live,
    live::{LiveState, use_live},
    prefs::{Prefs, use_prefs},
};

/// Copies freely.
#[derive(Clone, Copy)]
pub(super) struct Viewer {
    pub(super) store: LogStore,
    pub(super) rows: Rows,
    pub(super) finder: Finder,
    pub(super) sight: Sight,
    /// Lines that the address points at.
    pub(super) marked: RwSignal<Option<Marked>>,
    /// The line one was led to.
    pub(super) pointed: RwSignal<Option<i64>>,
    /// Long lines that are shown to their end.
    pub(super) whole: RwSignal<HashSet<i64>>,
    pub(super) prefs: Prefs,
    pub(super) live: Live,
    pub(super) search: NodeRef<html::Div>,
    /// The address and the keys of the page are this viewer's.
    pub(super) has_page: bool,
}

impl Viewer {
    pub(super) fn new(source: LogSource) -> Self {
        let has_page = source.has_page();
        let prefs = use_prefs();
        let store = LogStore::new(source);
        let rows = Rows::new(store);
        let finder = Finder::new(store, rows);
        let viewer = Self {
            store,
            rows,
            finder,
            sight: Sight::new(store, rows, prefs.log_wrap.into()),
            marked: RwSignal::new(None),
            pointed: RwSignal::new(None),
            whole: RwSignal::new(HashSet::new()),
            prefs,
            live: use_live(),
            search: NodeRef::new(),
            has_page,
        };
        if has_page {
            address::follow(viewer);
        }
        viewer.react();
        viewer.open();
        viewer
    }

    /// Reads from the beginning, or once more after a failure.
    pub(super) fn open(self) {
        self.store.open(self.marked.get_untracked().map(|marked| marked.from));
    }

    fn react(self) {
        // Where to begin: at the line of the address, else at the end.
        Effect::new(move |begun: Option<bool>| {
            let ready = self.store.stage.with(|stage| *stage == Stage::Ready);
            if ready && begun != Some(true) {
                self.sight.paused_at.set(self.store.total.get_untracked());
                match self.marked.get_untracked() {
                    Some(marked) => self.sight.show(marked.from, 0.3),
                    None => self.sight.to_end(),
                }
            }
            ready || begun == Some(true)
        });
        // Another choice of lines keeps the place.
        Effect::new(move |first: Option<()>| {
            self.rows.level.track();
            if first.is_some() {
                self.sight.stay();
            }
        });
        // The first match is brought into sight without asking.
        let any = Memo::new(move |_| self.finder.hits.seqs.with(|seqs| !seqs.is_empty()));
        Effect::new(move |_| {
            if !any.get() {
                self.pointed.set(None);
                return;
            }
            if self.finder.at.get_untracked().is_some() {
                return;
            }
            let step = self.finder.step(self.sight.top_seq(), true);
            self.pointed.set(step);
            if let Some(seq) = step.filter(|seq| !self.sight.seqs().contains(seq)) {
                self.sight.show(seq, 0.5);
            }
        });
        // Back after a cut: what could not be read may be there now.
        Effect::new(move |_| {
            if self.live.state.get() == LiveState::Connected {
                self.store.retry();
                self.rows.filter.retry();
            }
        });
    }

    pub(super) fn step(self, forward: bool) {
        if self.finder.hits.retry() {
            return;
        }
        if let Some(seq) = self.finder.step(self.sight.top_seq(), forward) {
            self.lead_to(seq);
        }
    }

    /// Shows a line in the middle, also one that the filter leaves out.
    pub(super) fn lead_to(self, seq: i64) {
        self.include(seq);
        self.pointed.set(Some(seq));
        self.sight.show(seq, 0.5);
    }

    fn include(self, seq: i64) {
        if !self.rows.has(seq) {
            self.rows.level.set(ALL.to_owned());
        }
    }

    pub(super) fn first_error(self) {
        if let Some(seq) = self.store.first_error.get_untracked() {
            self.lead_to(seq);
        }
    }

    /// The address points at lines: they are marked and shown.
    pub(super) fn point_at(self, marked: Marked) {
        self.marked.set(Some(marked));
        if self.store.stage.with_untracked(|stage| *stage == Stage::Ready) {
            self.include(marked.from);
            self.sight.show(marked.from, 0.3);
        }
    }

    /// Marks a line, or everything from the marked one to it.
    fn mark(self, seq: i64, extend: bool) {
        let marked = match self.marked.get_untracked().filter(|_| extend) {
            Some(old) if seq < old.from => Marked::between(seq, old.to),
            Some(old) => Marked::between(old.from, seq),
            None => Marked::line(seq),
        };
        self.marked.set(Some(marked));
        if self.has_page {
            address::write(Some(marked));
        }
    }

    pub(super) fn toggle_follow(self) {
        if self.store.ended.get_untracked() {
            return;
        }
        if self.sight.follow.get_untracked() {
            self.sight.pause();
        } else {
            self.sight.to_end();
        }
    }

    pub(super) fn toggle_wrap(self) {
        self.sight.stay();
        self.prefs.toggle_log_wrap();
    }

    pub(super) fn focus_search(self) {
        if let Some(input) = self.search.get_untracked().and_then(|search| find(&search, "input")) {
            let _ = input.focus();
        }
    }

    /// Back to the lines: the search ends, and with nothing to end the marked lines are let go.
    pub(super) fn leave(self) {
        if self.finder.typed.with_untracked(String::is_empty) {
            self.marked.set(None);
            if self.has_page {
                address::write(None);
            }
        }
        self.finder.clear();
        self.pointed.set(None);
        if let Some(scroller) = self.sight.scroller.get_untracked() {
            let _ = scroller.focus();
        }
    }

    /// One listener for all rows.
    pub(super) fn on_click(self, event: &web_sys::MouseEvent) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let near = |selector: &str| {
            target
                .as_ref()
                .and_then(|target| target.closest(selector).ok().flatten())
        };
        if near("[data-act='retry']").is_some() {
            self.store.retry();
            return;
        }
        let seq = near("[data-seq]")
            .and_then(|row| row.get_attribute("data-seq"))
            .and_then(|seq| seq.parse::<i64>().ok());
        let Some(seq) = seq else { return };
        if near("[data-act='whole']").is_some() {
            self.whole.update(|whole| {
                whole.insert(seq);
            });
        } else if near(".log__no").is_some() && !event.ctrl_key() && !event.meta_key() {
            // The router would take it for a way to another page, and with the shift key the browser for another window.
            event.prevent_default();
            self.mark(seq, event.shift_key());
        }
    }
}

fn find(inside: &web_sys::Element, selector: &str) -> Option<web_sys::HtmlElement> {
    inside.query_selector(selector).ok().flatten()?.dyn_into().ok()
}
