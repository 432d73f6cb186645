//! The one table: sort in the address, selection up to everything that matches, chosen columns, cards on a phone.
//!
//! ```text
//! let columns = vec![
//!     Column::new("name", "Nome", |client: &ClientDto| view! { <A href=paths::client(client.id)>{client.razao_social.clone()}</A> }).main().sort("name"),
//!     Column::new("accounts", "Contas", |client: &ClientDto| format::count(client.accounts)).numeric(),
//!     Column::actions(|client: &ClientDto| view! { <Menu label="Ações">…</Menu> }),
//! ];
//! <DataTable name="clients" columns rows=Signal::derive(move || data.with(|page| page.items.clone()))
//!     row_id=|client| client.id.to_string() row_label=|client| client.razao_social.clone() list selection total live=query.freshness()/>
//! ```

mod columns;
mod head;

use std::sync::Arc;

use esteira_shared::page::Total;
use leptos::prelude::*;

use super::{Button, Checkbox, Kind, Selection};
use crate::{
    hooks::{Freshness, ListQuery},
    i18n::tr,
};

pub use columns::Column;
use columns::{Cell, ChosenColumns, Head};

#[component]
pub fn DataTable<T>(
    /// Under this name the chosen columns are kept in the browser.
    name: &'static str,
    columns: Vec<Column<T>>,
    #[prop(into)] rows: Signal<Vec<T>>,
    row_id: fn(&T) -> String,
    /// How a person names the row, for the checkbox read aloud.
    row_label: fn(&T) -> String,
    /// Order in the address; without it no column sorts.
    #[prop(optional, into)]
    list: Option<ListQuery>,
    #[prop(optional, into)] selection: Option<Selection>,
    #[prop(optional, into)] total: Signal<Option<Total>>,
    #[prop(optional, into)] live: Option<Freshness>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let (heads, cells): (Vec<Head>, Vec<Cell<T>>) =
        columns.into_iter().map(|column| (column.head, column.cell)).unzip();
    let kind = Arc::new(RowKind {
        cells,
        id: row_id,
        label: row_label,
    });
    let drawn = move || {
        let of_kind = |row| -> Box<dyn AnyRow> {
            let kind = Arc::clone(&kind);
            Box::new(KnownRow { row, kind })
        };
        rows.get().into_iter().map(of_kind).collect::<Vec<_>>()
    };
    let table = Table {
        name,
        heads: Arc::new(heads),
        rows: Box::new(drawn),
        page_ids: Signal::derive(move || rows.with(|rows| rows.iter().map(row_id).collect::<Vec<_>>())),
        list,
        selection,
        total,
        live,
    };
    table.view()
}

/// How rows of one type are drawn.
struct RowKind<T> {
    cells: Vec<Cell<T>>,
    id: fn(&T) -> String,
    label: fn(&T) -> String,
}

/// A row of whatever type: what draws the table is compiled once, and not once for each type of row.
trait AnyRow {
    fn id(&self) -> String;
    fn label(&self) -> String;
    /// What stands in the column with this number.
    fn cell(&self, column: usize) -> AnyView;
}

struct KnownRow<T> {
    row: T,
    kind: Arc<RowKind<T>>,
}

impl<T> AnyRow for KnownRow<T> {
    fn id(&self) -> String {
        (self.kind.id)(&self.row)
    }

    fn label(&self) -> String {
        (self.kind.label)(&self.row)
    }

    fn cell(&self, column: usize) -> AnyView {
        match self.kind.cells.get(column) {
            Some(cell) => cell(&self.row),
            None => ().into_any(),
        }
    }
}

type Rows = Box<dyn Fn() -> Vec<Box<dyn AnyRow>> + Send>;

/// The table without the type of its rows.
struct Table {
    name: &'static str,
    heads: Arc<Vec<Head>>,
    rows: Rows,
    page_ids: Signal<Vec<String>>,
    list: Option<ListQuery>,
    selection: Option<Selection>,
    total: Signal<Option<Total>>,
    live: Option<Freshness>,
}

impl Table {
    fn view(self) -> AnyView {
        let Self {
            name,
            heads,
            rows,
            page_ids,
            list,
            selection,
            total,
            live,
        } = self;
        let chosen = ChosenColumns::new(name, &heads);
        // Rows stay put under the pointer, and under the focus of who works by keyboard.
        let (pointed, focused) = (StoredValue::new(false), StoredValue::new(false));
        let hold = move || {
            if let Some(live) = live {
                let held = |by: StoredValue<bool>| by.try_get_value().unwrap_or(false);
                live.hold.run(held(pointed) || held(focused));
            }
        };
        let head = head::head(&heads, chosen, list, selection, page_ids);
        let body = move || {
            rows()
                .iter()
                .map(|row| row_view(row.as_ref(), &heads, chosen, selection))
                .collect_view()
        };
        view! {
            <div
                class="table-wrap"
                class:is-stale=move || live.is_some_and(|live| live.loading.get())
                on:pointerenter=move |event| if event.pointer_type() == "mouse" {
                    pointed.set_value(true);
                    hold();
                }
                // A table that is taken away with the focus or the pointer in it is told so when it is gone.
                on:pointerleave=move |_| if pointed.try_set_value(false).is_none() {
                    hold();
                }
                on:focusin=move |event| if by_keyboard(&event) {
                    focused.set_value(true);
                    hold();
                }
                on:focusout=move |event| {
                    if focused.try_get_value() == Some(true) && leaves(&event) {
                        focused.set_value(false);
                        hold();
                    }
                }
            >
                {live.map(|live| view! {
                    <Show when=move || live.waiting.get()>
                        <div class="fresh" role="status">
                            <Button small=true kind=Kind::Ghost on_click=move |()| { focused.set_value(false); live.show.run(()); }>{tr!(parts.fresh)}" · "{tr!(parts.fresh_show)}</Button>
                        </div>
                    </Show>
                })}
                {selection.map(|selection| select_all(selection, page_ids, total))}
                <table class="table">
                    <thead>{head}</thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

/// The focus goes out of the table, not from one of its cells to the next.
fn leaves(event: &web_sys::FocusEvent) -> bool {
    use wasm_bindgen::JsCast;
    let node = |target: Option<web_sys::EventTarget>| target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    let next = node(event.related_target());
    node(event.current_target()).is_none_or(|table| !table.contains(next.as_ref()))
}

/// A click on a checkbox focuses it too, but the pointer already says where that person is.
fn by_keyboard(event: &web_sys::FocusEvent) -> bool {
    use wasm_bindgen::JsCast;
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.matches(":focus-visible").unwrap_or(false))
}

fn row_view(row: &dyn AnyRow, heads: &[Head], chosen: ChosenColumns, selection: Option<Selection>) -> AnyView {
    let id = row.id();
    let check = selection.map(|selection| {
        let (mine, set) = (id.clone(), id.clone());
        view! {
            <td class="table__check">
                <Checkbox
                    bare=true
                    label=tr!(parts.select_row, name = row.label())
                    checked=Signal::derive(move || selection.has(&mine))
                    on_change=move |on| selection.set(&set, on)
                />
            </td>
        }
    });
    let cells = heads
        .iter()
        .enumerate()
        .filter(|(_, head)| chosen.shows(head.key))
        .map(|(column, head)| {
            // The class names what the cell is; on a phone the label comes from the attribute.
            view! { <td class=head.class() data-label=(!head.label.is_empty()).then(|| head.label.clone())>{row.cell(column)}</td> }
        })
        .collect_view();
    let selected = move || selection.is_some_and(|selection| selection.has(&id));
    // The cell under the column chooser.
    let last = (!heads.iter().any(Head::is_actions) && chosen.can_choose())
        .then(|| view! { <td class="table__actions"></td> });
    view! { <tr class:is-selected=selected>{check}{cells}{last}</tr> }.into_any()
}

/// Offered once the whole page is selected and more rows match than the page shows.
fn select_all(selection: Selection, page_ids: Signal<Vec<String>>, total: Signal<Option<Total>>) -> impl IntoView {
    let offered = Memo::new(move |_| {
        let ids = page_ids.get();
        let more = total
            .get()
            .is_some_and(|total| total.capped || usize::try_from(total.count).unwrap_or(0) > ids.len());
        more && !ids.is_empty()
            && (selection.all_matching.get() || selection.ids.with(|chosen| ids.iter().all(|id| chosen.contains(id))))
    });
    view! {
        <Show when=move || offered.get()>
            <div class="select-all" role="status">
                <Show
                    when=move || selection.all_matching.get()
                    fallback=move || view! {
                        <span>{tr!(parts.page_selected)}</span>
                        <Button small=true on_click=move |()| selection.all_matching.set(true)>{tr!(parts.select_matching)}</Button>
                    }
                >
                    <span>{move || super::selection::all_words(total.get())}</span>
                    <Button small=true on_click=move |()| selection.clear()>{tr!(parts.clear_selection)}</Button>
                </Show>
            </div>
        </Show>
    }
}
