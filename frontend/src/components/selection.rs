//! `let selection = Selection::new();` for a `DataTable selection=selection`, then
//! `<SelectionBar selection total><Button …>"Aprovar"</Button></SelectionBar>`.
//!
//! Either chosen ids, or everything that matches the filter, also on pages never seen.

use std::{collections::BTreeSet, str::FromStr};

use esteira_shared::page::Total;
use leptos::prelude::*;

use super::{Button, Kind};
use crate::{
    i18n::{counted, tr},
    text::format,
};

#[derive(Clone, Copy)]
pub struct Selection {
    pub ids: RwSignal<BTreeSet<String>>,
    /// Everything that matches; `ids` then holds this page's rows only for show.
    pub all_matching: RwSignal<bool>,
}

impl Selection {
    pub fn new() -> Self {
        Self {
            ids: RwSignal::new(BTreeSet::new()),
            all_matching: RwSignal::new(false),
        }
    }

    pub fn clear(self) {
        self.ids.set(BTreeSet::new());
        self.all_matching.set(false);
    }

    pub fn has(self, id: &str) -> bool {
        self.all_matching.get() || self.ids.with(|ids| ids.contains(id))
    }

    pub fn set(self, id: &str, on: bool) {
        self.all_matching.set(false);
        self.ids.update(|ids| {
            if on {
                ids.insert(id.to_owned());
            } else {
                ids.remove(id);
            }
        });
    }

    pub fn set_many(self, many: impl IntoIterator<Item = String>, on: bool) {
        self.all_matching.set(false);
        self.ids.update(|ids| {
            for id in many {
                if on {
                    ids.insert(id);
                } else {
                    ids.remove(&id);
                }
            }
        });
    }

    /// Clears it when the filter changes: what was selected under another one is no longer in sight.
    pub fn clear_with<F: Send + Sync + 'static>(self, filter: Memo<F>) {
        Effect::new(move |before: Option<()>| {
            filter.track();
            if before.is_some() {
                self.clear();
            }
        });
    }

    /// What a bulk action is for: everything that matches, or the ids; nothing when nothing is selected.
    pub fn target<Id: FromStr, T>(self, matching: impl FnOnce() -> T, chosen: impl FnOnce(Vec<Id>) -> T) -> Option<T> {
        if self.all_matching.get_untracked() {
            return Some(matching());
        }
        let ids: Vec<Id> = self
            .ids
            .with_untracked(|ids| ids.iter().filter_map(|id| id.parse().ok()).collect());
        (!ids.is_empty()).then(|| chosen(ids))
    }

    pub fn is_empty(self) -> bool {
        !self.all_matching.get() && self.ids.with(BTreeSet::is_empty)
    }
}

/// "Everything that matches", with its count as far as it is known.
pub(super) fn all_words(total: Option<Total>) -> String {
    match total {
        Some(total) if total.capped => tr!(parts.selected_all_capped, count = format::count(total.count)),
        total => tr!(
            parts.selected_all,
            count = format::count(total.map_or(0, |total| total.count))
        ),
    }
}

/// Floats at the foot while something is selected.
#[component]
pub fn SelectionBar(
    selection: Selection,
    /// Rows that match the filter.
    #[prop(optional, into)]
    total: Signal<Option<Total>>,
    children: ChildrenFn,
) -> impl IntoView {
    let words = move || {
        if selection.all_matching.get() {
            return all_words(total.get());
        }
        let count = u32::try_from(selection.ids.with(BTreeSet::len)).unwrap_or(u32::MAX);
        counted!(parts.selected_single, parts.selected_many, count)
    };
    let children = StoredValue::new(children);
    view! {
        <Show when=move || !selection.is_empty()>
            <div class="selection-bar" role="region" aria-label=tr!(parts.actions)>
                <b class="num" role="status">{words}</b>
                {children.with_value(|children| children())}
                <Button small=true kind=Kind::Ghost on_click=move |()| selection.clear()>{tr!(parts.clear_selection)}</Button>
            </div>
        </Show>
    }
    .into_any()
}
