//! The rows in sight, as elements: never more than a few screens of them, however long the log is.

use std::collections::HashSet;

use leptos::prelude::*;

use super::{
    finder,
    permalink::Marked,
    row::{Look, Row, row_view},
    store::Body,
    viewer::Viewer,
};
use crate::{
    components::{EmptyState, IconName},
    i18n::tr,
    state::prefs::LogTime,
};

/// Rows before the anchor, and from it on.
#[derive(Debug, Clone, PartialEq, Default)]
struct Shown {
    above: Vec<Row>,
    below: Vec<Row>,
}

#[component]
pub(super) fn List(viewer: Viewer) -> impl IntoView {
    let Viewer {
        store,
        rows,
        sight,
        prefs,
        ..
    } = viewer;
    let look = look(viewer);
    // A row whose looks have changed is another row.
    let epoch = Memo::new(move |before: Option<&u32>| {
        look.track();
        before.map_or(0, |before| before.wrapping_add(1))
    });
    let shown = Memo::new(move |_| {
        let slice = sight.drawn.get().slice;
        let state = RowState {
            epoch: epoch.get(),
            marked: viewer.marked.get(),
            pointed: viewer.pointed.get(),
        };
        viewer.whole.with(|whole| Shown {
            above: viewer.drawn_rows(slice.first..slice.anchor, state, whole),
            below: viewer.drawn_rows(slice.anchor..slice.last, state, whole),
        })
    });
    let view_of = move |row: Row| look.with_untracked(|look| row_view(row, look));
    // Room for the longest number.
    let digits = move || {
        let longest = usize::try_from(store.total.get()).unwrap_or(0);
        format!("{}ch", finder::number(longest).len())
    };
    let empty = Memo::new(move |_| rows.count() == 0);
    view! {
        <div class="log__body">
            <div
                class="log__list"
                class:is-wrap=move || prefs.log_wrap.get()
                node_ref=sight.scroller
                // A box that scrolls must be reachable by keyboard.
                tabindex="0"
                role="region"
                aria-label=tr!(log.lines)
                style:--log-no=digits
                on:scroll=move |_| sight.scrolled()
                on:click=move |event| viewer.on_click(&event)
            >
                <div class="log__space" translate="no" node_ref=sight.space>
                    <div class="log__hold" node_ref=sight.hold>
                        <div class="log__above" node_ref=sight.above>
                            <For each=move || shown.with(|shown| shown.above.clone()) key=Row::key children=view_of/>
                        </div>
                        <div class="log__below" node_ref=sight.below>
                            <For each=move || shown.with(|shown| shown.below.clone()) key=Row::key children=view_of/>
                        </div>
                    </div>
                </div>
            </div>
            <Show when=move || empty.get()><Nothing viewer/></Show>
        </div>
    }
    .into_any()
}

/// What a row of the list depends on, but for its line.
#[derive(Clone, Copy)]
struct RowState {
    epoch: u32,
    marked: Option<Marked>,
    pointed: Option<i64>,
}

impl Viewer {
    fn drawn_rows(self, rows: std::ops::Range<usize>, state: RowState, whole: &HashSet<i64>) -> Vec<Row> {
        let mut failed = false;
        rows.filter_map(|row| {
            let seq = self.rows.seq(row)?;
            let body = self.store.body(seq);
            // One button stands for all the rows after it that could not be read either.
            let first = matches!(body, Body::Failed) && !std::mem::replace(&mut failed, true);
            failed &= matches!(body, Body::Failed);
            Some(Row {
                seq,
                body,
                first_failed: first,
                marked: state.marked.is_some_and(|marked| marked.has(seq)),
                pointed: state.pointed == Some(seq),
                whole: whole.contains(&seq),
                epoch: state.epoch,
            })
        })
        .collect()
    }
}

/// What all rows look like.
fn look(viewer: Viewer) -> Memo<Look> {
    Effect::new(move |_| {
        // With the lines: the log may not have begun.
        viewer.store.version.track();
        if viewer.prefs.log_time.get() == LogTime::Elapsed {
            viewer.store.want_began();
        }
    });
    Memo::new(move |_| Look {
        needle: viewer.finder.needle.get(),
        time: viewer.prefs.log_time.get(),
        began: viewer.store.began.get(),
    })
}

/// In place of rows.
#[component]
fn Nothing(viewer: Viewer) -> impl IntoView {
    move || {
        if viewer.rows.wanted().is_none() {
            let state = if viewer.store.ended.get() {
                view! { <EmptyState icon=IconName::Clock title=tr!(log.empty_ended)/> }.into_any()
            } else {
                view! { <EmptyState icon=IconName::Clock title=tr!(log.empty) text=tr!(log.empty_text)/> }.into_any()
            };
            return view! { <div class="log__empty">{state}</div> }.into_any();
        }
        match viewer.rows.why_none() {
            Some(words) => {
                view! { <div class="log__empty"><EmptyState icon=IconName::Find title=words/></div> }.into_any()
            }
            None => view! { <div class="log__empty" aria-hidden="true"></div> }.into_any(),
        }
    }
}
