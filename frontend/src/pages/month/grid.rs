//! The matrix on a screen wide enough for it. Follows the ARIA grid pattern: one cell takes part in tabbing, arrows move it.

mod keys;

use std::sync::Arc;

use esteira_shared::dto::processes::MonthMatrixDto;
use leptos::{html, prelude::*};
use leptos_router::components::A;
use wasm_bindgen::JsCast;

use super::{
    cards::Cards,
    cell,
    rows::{GridRow, Rows, build},
    window::RowWindow,
};
use crate::{
    components::{Button, Icon, IconName, Kind, Selection},
    hooks::{Freshness, use_now},
    i18n::tr,
    routes::paths,
    state::prefs::{Density, use_prefs},
};
use keys::Cursor;

/// Below this the matrix is a list of cards; as in the style.
const NARROW: &str = "(max-width: 720px)";

#[component]
pub(super) fn Matrix(
    data: Signal<MonthMatrixDto>,
    selection: Selection,
    live: Freshness,
    /// A filter is on: a change may take a row away, which must not happen under the pointer.
    narrowed: Signal<bool>,
) -> impl IntoView {
    let rows = Memo::new(move |old: Option<&Rows>| data.with(|matrix| build(matrix, old)));
    let operators =
        Memo::new(move |_| data.with(|matrix| matrix.operators.iter().map(|one| one.name.clone()).collect::<Vec<_>>()));
    let narrow = narrow_signal();
    view! {
        <div
            class="table-wrap mx-wrap"
            class:is-stale=move || live.loading.get()
            on:pointerenter=move |event| if event.pointer_type() == "mouse" && narrowed.get_untracked() { live.hold.run(true) }
            on:pointerleave=move |_| live.hold.run(false)
        >
            <Show when=move || live.waiting.get()>
                <div class="fresh" role="status">
                    <Button small=true kind=Kind::Ghost on_click=live.show>{tr!(parts.fresh)}" · "{tr!(parts.fresh_show)}</Button>
                </div>
            </Show>
            <Show when=move || !narrow.get() fallback=move || view! { <Cards rows operators/> }>
                <Grid rows operators selection narrowed/>
            </Show>
        </div>
    }
}

/// Whether the window is as narrow as a phone.
fn narrow_signal() -> Signal<bool> {
    let narrow = RwSignal::new(false);
    let look = move || {
        let fits = window()
            .match_media(NARROW)
            .ok()
            .flatten()
            .is_some_and(|media| media.matches());
        if narrow.try_get_untracked().is_some_and(|old| old != fits) {
            narrow.set(fits);
        }
    };
    look();
    let resized = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || resized.remove());
    narrow.into()
}

fn row_height(density: Density) -> f64 {
    match density {
        Density::Compact => 30.0,
        Density::Normal => 38.0,
        Density::Comfortable => 46.0,
    }
}

#[component]
fn Grid(rows: Memo<Rows>, operators: Memo<Vec<String>>, selection: Selection, narrowed: Signal<bool>) -> impl IntoView {
    let prefs = use_prefs();
    let height = Memo::new(move |_| row_height(prefs.density.get()));
    #[expect(clippy::cast_precision_loss, reason = "rows on a screen")]
    let tops = Memo::new(move |_| {
        let height = height.get();
        (0..=rows.with(Vec::len))
            .map(|row| row as f64 * height)
            .collect::<Vec<_>>()
    });
    let scroller = NodeRef::<html::Div>::new();
    let body = NodeRef::<html::Div>::new();
    let sight = RowWindow::new(body, tops);
    let cursor = Cursor::new(rows, operators, selection, scroller, height);
    // The row that has the focus stays, also out of sight, so that tabbing finds it again.
    let shown = Memo::new(move |_| {
        let (first, last) = sight.seen.get();
        let focused = cursor.at.get().0;
        rows.with(|rows| {
            let mut wanted: Vec<usize> = (first..last).collect();
            if !(first..last).contains(&focused) {
                wanted.insert(if focused < first { 0 } else { wanted.len() }, focused);
            }
            wanted
                .into_iter()
                .filter_map(|index| Some((index, Arc::clone(rows.get(index)?))))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div
            class="mx"
            node_ref=scroller
            role="grid"
            aria-label=tr!(month.matrix)
            aria-multiselectable="true"
            aria-rowcount=move || rows.with(Vec::len) + 1
            aria-colcount=move || operators.with(Vec::len) + 1
            style:--mx-cols=move || operators.with(Vec::len).to_string()
            style:--mx-row=move || format!("{}px", height.get())
            on:scroll=move |_| sight.look()
            on:click=move |event| cursor.on_click(&event)
            on:dblclick=move |event| cursor.on_open(&event)
            on:keydown=move |event| cursor.on_key(&event)
        >
            <div class="mx__row mx__head" role="row" aria-rowindex="1">
                <div class="mx__client" role="columnheader" aria-colindex="1">{tr!(processes.client)}</div>
                {move || operators.get().into_iter().map(|name| view! { <div class="mx__operator" role="columnheader">{name}</div> }).collect_view()}
            </div>
            <div class="mx__body" role="rowgroup" node_ref=body style:height=move || sight.height()>
                <For
                    each=move || shown.get()
                    key=|(index, row)| (*index, Arc::as_ptr(row) as usize)
                    let((index, row))
                >
                    <RowView index row sight cursor selection operators narrowed/>
                </For>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn RowView(
    index: usize,
    row: Arc<GridRow>,
    sight: RowWindow,
    cursor: Cursor,
    selection: Selection,
    operators: Memo<Vec<String>>,
    narrowed: Signal<bool>,
) -> impl IntoView {
    let now = use_now();
    let client = row.client_name.clone();
    let names = operators.get_untracked();
    let cells = row
        .cells
        .iter()
        .enumerate()
        .map(|(column, process)| {
            let id = keys::cell_id(index, column);
            let tabindex = move || if cursor.at.get() == (index, column) { "0" } else { "-1" };
            let operator = names.get(column).cloned().unwrap_or_default();
            let Some(process) = process.clone() else {
                // Under a filter the matrix does not know whether there is one.
                let why = move || if narrowed.get() { tr!(month.out_of_filter) } else { tr!(month.no_process) };
                let place = format!("{client} · {operator}");
                return view! {
                    <div class="mx__slot">
                        <div class="mx__cell is-none" role="gridcell" id=id tabindex=tabindex aria-label=move || format!("{place}: {}", why())>
                            {move || if narrowed.get() { "" } else { "—" }}
                        </div>
                    </div>
                }
                .into_any();
            };
            let said = cell::sentence(&process, &client, &operator, now.get_untracked());
            let mine = process.process_id.to_string();
            let selected = Memo::new(move |_| selection.has(&mine));
            view! {
                <div class="mx__slot">
                    <div
                        class=format!("mx__cell {}", cell::tint(&process))
                        role="gridcell"
                        id=id
                        tabindex=tabindex
                        aria-selected=move || if selected.get() { "true" } else { "false" }
                        aria-label=said.clone()
                        title=said
                    >
                        {cell::face(&process, now.get_untracked())}
                        <A href=paths::process(process.process_id) attr:class="mx__open" attr:tabindex="-1" attr:aria-hidden="true"><Icon name=IconName::Right/></A>
                    </div>
                </div>
            }
            .into_any()
        })
        .collect_view();
    let (name, title) = (row.client_name.clone(), row.client_name.clone());
    view! {
        <div class="mx__row" role="row" aria-rowindex=index + 2 style:top=move || sight.top(index)>
            <div class="mx__client" role="rowheader" title=title><A href=paths::client(row.client_id) attr:tabindex="-1">{name}</A></div>
            {cells}
        </div>
    }
    .into_any()
}

/// The cell an event happened in, and whether it happened on the link inside.
fn hit(event: &web_sys::Event) -> Option<(usize, usize, bool)> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let on_link = target.closest("a").ok().flatten().is_some();
    let cell = target.closest("[role='gridcell']").ok().flatten()?;
    let (row, column) = keys::cell_of(&cell.id())?;
    Some((row, column, on_link))
}
