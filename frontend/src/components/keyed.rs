//! Rows that stay while their key stays in the list, so that the focus and what is open in them stay too:
//!
//! ```text
//! <ul>{keyed_rows(move || ids.get().into_iter().map(|id| KeyedRow::new(id, move || view! { <One id/> })).collect())}</ul>
//! ```
//!
//! It is `<For>`, but compiled once and not once for each kind of row. Not for long lists that change many times a second:
//! each row is boxed before it is known whether it is new.

use leptos::prelude::*;

/// A row that is drawn when its key is new in the list.
pub struct KeyedRow {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

impl KeyedRow {
    pub fn new<V: IntoView + 'static>(key: impl ToString, draw: impl FnOnce() -> V + Send + 'static) -> Self {
        Self {
            key: key.to_string(),
            draw: Box::new(move || draw().into_any()),
        }
    }
}

pub fn keyed_rows(rows: impl Fn() -> Vec<KeyedRow> + Send + 'static) -> AnyView {
    list(Box::new(rows))
}

fn list(rows: Box<dyn Fn() -> Vec<KeyedRow> + Send>) -> AnyView {
    view! { <For each=rows key=|row: &KeyedRow| row.key.clone() children=|row: KeyedRow| (row.draw)()/> }.into_any()
}
