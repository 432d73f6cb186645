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

use columns::ChosenColumns;
pub use columns::Column;

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
    let columns = Arc::new(columns);
    let chosen = ChosenColumns::new(name, &columns);
    // Rows stay put under the pointer, and under the focus of who works by keyboard.
    let (pointed, focused) = (StoredValue::new(false), StoredValue::new(false));
    let hold = move || {
        if let Some(live) = live {
            live.hold.run(pointed.get_value() || focused.get_value());
        }
    };
    let page_ids = Signal::derive(move || rows.with(|rows| rows.iter().map(row_id).collect::<Vec<_>>()));
    let head = head::head(&columns, chosen, list, selection, page_ids);
    let body_columns = Arc::clone(&columns);
    let body = move || {
        rows.get()
            .into_iter()
            .map(|row| row_view(&row, &body_columns, chosen, selection, row_id, row_label))
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
            on:pointerleave=move |_| {
                pointed.set_value(false);
                hold();
            }
            on:focusin=move |event| if by_keyboard(&event) {
                focused.set_value(true);
                hold();
            }
            on:focusout=move |event| {
                if focused.get_value() && leaves(&event) {
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

fn row_view<T: Send + Sync + 'static>(
    row: &T,
    columns: &[Column<T>],
    chosen: ChosenColumns,
    selection: Option<Selection>,
    row_id: fn(&T) -> String,
    row_label: fn(&T) -> String,
) -> AnyView {
    let id = row_id(row);
    let check = selection.map(|selection| {
        let (mine, set) = (id.clone(), id.clone());
        view! {
            <td class="table__check">
                <Checkbox
                    bare=true
                    label=tr!(parts.select_row, name = row_label(row))
                    checked=Signal::derive(move || selection.has(&mine))
                    on_change=move |on| selection.set(&set, on)
                />
            </td>
        }
    });
    let cells = columns
        .iter()
        .filter(|column| chosen.shows(column.key))
        .map(|column| {
            // The class names what the cell is; on a phone the label comes from the attribute.
            view! { <td class=column.class() data-label=(!column.label.is_empty()).then(|| column.label.clone())>{(column.cell)(row)}</td> }
        })
        .collect_view();
    let selected = move || selection.is_some_and(|selection| selection.has(&id));
    // The cell under the column chooser.
    let last = (!columns.iter().any(Column::is_actions) && chosen.can_choose())
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
