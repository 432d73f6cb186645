//! The queue as a thin strip.

use esteira_shared::status::{ProcessStatus, Tone};
use leptos::{html, prelude::*};

use super::desk::{Desk, Entry, Outcome};
use crate::{
    components::{FilterChip, Mark},
    hooks::{ListQuery, use_month_choices, use_operator_choices},
    i18n::tr,
    text::format,
};

#[component]
pub(super) fn QueueStrip(desk: Desk, list: ListQuery) -> impl IntoView {
    let month_choices = use_month_choices();
    let operator_choices = use_operator_choices();
    let position = move || {
        let current = desk.current.get();
        desk.entries.with(|entries| {
            let here = entries.iter().position(|entry| Some(entry.process.id) == current)?;
            let count = format::count(i64::try_from(entries.len()).unwrap_or(0));
            Some(tr!(review.position, number = here + 1, count = count))
        })
    };
    let several_months = Memo::new(move |_| {
        desk.entries.with(|entries| {
            let first = entries.first().map(|entry| entry.process.mes_ano);
            entries.iter().any(|entry| Some(entry.process.mes_ano) != first)
        })
    });
    view! {
        <nav class="queue" aria-label=tr!(review.queue)>
            <header class="queue__head">
                <h2>{tr!(review.queue)}</h2>
                <span class="small faint num" role="status">{position}</span>
                <div class="queue__filters">
                    <FilterChip list key="month" label=tr!(processes.month) options=month_choices/>
                    <FilterChip list key="operator_id" label=tr!(processes.operator) options=operator_choices/>
                </div>
            </header>
            <ol class="queue__list">
                <For each=move || desk.entries.get() key=|entry| entry.process.id let:entry>
                    <Item desk entry several_months/>
                </For>
                <Show when=move || desk.more.get()><li class="queue__more small faint">{tr!(review.more)}</li></Show>
            </ol>
        </nav>
    }
}

#[component]
fn Item(desk: Desk, entry: Entry, several_months: Memo<bool>) -> impl IntoView {
    let id = entry.process.id;
    let name = entry.process.client_name.clone();
    let node = NodeRef::<html::Button>::new();
    let now = Memo::new(move |_| {
        desk.entries
            .with(|entries| entries.iter().find(|entry| entry.process.id == id).cloned())
            .unwrap_or_else(|| entry.clone())
    });
    let here = Memo::new(move |_| desk.current.get() == Some(id));
    Effect::new(move |_| {
        if here.get()
            && let Some(button) = node.get()
        {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
            button.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let over = move || now.with(|entry| !matches!(entry.outcome, Outcome::Waiting));
    view! {
        <li>
            <button
                type="button"
                node_ref=node
                class="queue__item"
                class:is-over=over
                aria-current=move || here.get().then_some("true")
                on:click=move |_| desk.go(id)
            >
                <span class="truncate">{name}</span>
                <small>{move || now.with(|entry| note(entry, several_months.get()))}</small>
            </button>
        </li>
    }
}

fn note(entry: &Entry, month: bool) -> AnyView {
    let mut words = vec![entry.process.operator_name.clone()];
    words.extend(month.then(|| format::month_digits(entry.process.mes_ano)));
    let operator = words.join(" · ");
    let state = match (&entry.problem, entry.outcome) {
        (Some(_), Outcome::Waiting) => view! { <Mark tone=Tone::Failed word=tr!(review.problem)/> }.into_any(),
        (None, Outcome::Waiting) => {
            let value = entry.process.valor_fatura.map_or_else(|| "—".to_owned(), format::money);
            view! { <span class="num">{value}</span> }.into_any()
        }
        (_, Outcome::Sending) => tr!(review.sending).into_any(),
        (_, Outcome::Approved) => {
            view! { <Mark tone=ProcessStatus::UploadRealizado.tone() word=tr!(review.approved)/> }.into_any()
        }
        (_, Outcome::Rejected) => view! { <Mark tone=Tone::Failed word=tr!(review.rejected)/> }.into_any(),
        (_, Outcome::Gone) => tr!(review.gone).into_any(),
    };
    view! { <span class="nowrap">{operator}</span>" · "{state} }.into_any()
}
