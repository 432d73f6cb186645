//! The month on a phone: a card per client, only those in sight in the page.

use std::sync::Arc;

use leptos::{html, prelude::*};
use leptos_router::components::A;

use super::{
    cell,
    rows::{GridRow, Rows},
    window::RowWindow,
};
use crate::{hooks::use_now, routes::paths};

/// Heights in CSS pixels, as in the style: what surrounds the lines of a card, and one line.
const AROUND: f64 = 52.0;
const LINE: f64 = 40.0;

#[component]
pub(super) fn Cards(rows: Memo<Rows>, operators: Memo<Vec<String>>) -> impl IntoView {
    let body = NodeRef::<html::Div>::new();
    #[expect(clippy::cast_precision_loss, reason = "lines of a card")]
    let tops = Memo::new(move |_| {
        rows.with(|rows| {
            let mut top = 0.0;
            let mut tops = vec![top];
            for row in rows {
                top += AROUND + LINE * row.cells.iter().flatten().count() as f64;
                tops.push(top);
            }
            tops
        })
    });
    let sight = RowWindow::new(body, tops);
    let shown = Memo::new(move |_| {
        let (first, last) = sight.seen.get();
        rows.with(|rows| {
            let seen = rows.iter().enumerate().skip(first).take(last.saturating_sub(first));
            seen.map(|(index, row)| (index, Arc::clone(row))).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="mcards" role="list" node_ref=body style:height=move || sight.height()>
            <For each=move || shown.get() key=|(index, row)| (*index, Arc::as_ptr(row) as usize) let((index, row))>
                <div class="mcard" role="listitem" style:top=move || sight.top(index)>{card(&row, &operators.get_untracked())}</div>
            </For>
        </div>
    }
}

fn card(row: &GridRow, operators: &[String]) -> impl IntoView + use<> {
    let now = use_now().get_untracked();
    let lines = row
        .cells
        .iter()
        .zip(operators)
        .filter_map(|(process, operator)| {
            let process = process.as_ref()?;
            let face = cell::face(process, now);
            let name = operator.clone();
            Some(view! {
                <A href=paths::process(process.process_id) attr:class=format!("mcard__line {}", cell::tint(process))>
                    <span class="mcard__operator truncate">{name}</span>
                    {face}
                </A>
            })
        })
        .collect_view();
    let name = row.client_name.clone();
    view! { <h3 class="truncate">{name}</h3>{lines} }
}
