//! What deserves a second look, and what is in order.

use esteira_shared::{dto::processes::ProcessDetailDto, money::Money, status::Tone, transition::Move};
use leptos::prelude::*;

use super::desk::Desk;
use crate::{
    components::{Button, Notice},
    i18n::tr,
    pages::processes::{document_place, words},
    text::{format, reasons::told},
};

/// From this much above or below the average on, in percent.
const STRIKING: i64 = 20;
/// Days before the due date from which it is said.
const SOON: i64 = 3;

pub(super) fn flags(desk: Desk, detail: &ProcessDetailDto) -> Vec<AnyView> {
    let mut all = Vec::new();
    all.extend(rejected_before(detail));
    all.push(value(desk, detail));
    all.extend(due(detail));
    all.push(same_document(detail));
    all
}

fn value(desk: Desk, detail: &ProcessDetailDto) -> AnyView {
    let Some(value) = detail.process.valor_fatura else {
        return view! {
            <Notice tone=Tone::NeedsYou title=tr!(review.no_value) text=tr!(review.no_value_text)>
                <Button small=true key="E" on_click=move |()| desk.editing.set(true)>{tr!(review.give_value)}</Button>
            </Notice>
        }
        .into_any();
    };
    let Some(average) = detail.review.average_value.filter(|average| average.0 > 0) else {
        return view! { <Notice title=tr!(review.no_history) text=tr!(review.no_history_text)/> }.into_any();
    };
    let percent = percent_off(value, average);
    let shown = format::money(average);
    if percent.abs() < STRIKING {
        return view! { <Notice tone=Tone::Done title=tr!(review.usual) text=tr!(review.usual_text, value = shown)/> }
            .into_any();
    }
    let off = format::count(percent.abs());
    let title = if percent > 0 {
        tr!(review.above, percent = off)
    } else {
        tr!(review.below, percent = off)
    };
    view! { <Notice tone=Tone::NeedsYou title text=tr!(review.average_of, value = shown)/> }.into_any()
}

/// How far the value is from the average, in whole percent.
fn percent_off(value: Money, average: Money) -> i64 {
    (value.0 - average.0).saturating_mul(100) / average.0.max(1)
}

fn due(detail: &ProcessDetailDto) -> Option<AnyView> {
    let days = (detail.process.data_vencimento? - format::today()).num_days();
    let title = match days {
        ..0 => tr!(review.overdue, days = -days),
        0 => tr!(review.due_today).to_owned(),
        1..=SOON => tr!(review.due_in, days = days),
        _ => return None,
    };
    Some(view! { <Notice tone=Tone::NeedsYou title/> }.into_any())
}

fn same_document(detail: &ProcessDetailDto) -> AnyView {
    let places = detail.review.same_document.clone();
    if places.is_empty() {
        return view! { <Notice tone=Tone::Done title=tr!(review.unique) text=tr!(review.unique_text)/> }.into_any();
    }
    view! {
        <Notice tone=Tone::NeedsYou title=tr!(review.same)>
            <ul class="places">{places.into_iter().map(document_place).collect_view()}</ul>
        </Notice>
    }
    .into_any()
}

fn rejected_before(detail: &ProcessDetailDto) -> Option<AnyView> {
    let before = detail.moves.iter().find(|one| one.by == Move::Reject)?;
    let text = tr!(
        review.rejected_before_text,
        name = words::actor(&before.actor),
        reason = before.reason_coded.as_ref().map(told).unwrap_or_default()
    );
    Some(view! { <Notice tone=Tone::NeedsYou title=tr!(review.rejected_before) text/> }.into_any())
}
