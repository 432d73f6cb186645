//! What is known of the document, beside it.

use esteira_shared::dto::processes::ProcessDetailDto;
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    desk::{Desk, Outcome},
    flags::flags,
};
use crate::{
    components::{Button, CopyText, ErrorCard, IconButton, IconName, Notice, RelativeTime, Skeleton, Timeline},
    i18n::tr,
    pages::processes::words,
    routes::paths,
    text::{format, status},
};
use esteira_shared::status::{ProcessStatus, Tone};

#[component]
pub(super) fn FactsPane(desk: Desk) -> impl IntoView {
    view! {
        <div class="review__in">
            {move || changed(desk)}
            {move || desk.error.get().map(|error| view! { <ErrorCard error on_retry=move |()| desk.reload()/> })}
            {move || match desk.seen.get() {
                Some(seen) => pane(desk, &seen),
                None if desk.error.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton rows=7/> }.into_any(),
            }}
        </div>
    }
}

/// What others did to the item under work.
fn changed(desk: Desk) -> Option<AnyView> {
    let newer = desk.newer.get()?;
    if newer.process.status == ProcessStatus::AguardandoAprovacao {
        let show = move |()| {
            if let Some(newer) = desk.newer.get_untracked() {
                desk.keep(newer);
            }
        };
        return Some(
            view! {
                <div role="alert">
                    <Notice tone=Tone::NeedsYou title=tr!(review.newer_title) text=tr!(review.newer_text)>
                        <Button small=true on_click=show>{tr!(review.newer_show)}</Button>
                    </Notice>
                </div>
            }
            .into_any(),
        );
    }
    // One's own decision, looked at again, is no news.
    let mine = desk
        .current
        .get()
        .and_then(|id| desk.outcome(id))
        .is_some_and(|outcome| matches!(outcome, Outcome::Approved | Outcome::Rejected | Outcome::Sending));
    (!mine).then(|| {
        let title = tr!(review.moved_title, status = status::process(newer.process.status));
        view! {
            <div role="alert">
                <Notice tone=Tone::NeedsYou title text=tr!(review.moved_text)>
                    <Button small=true on_click=move |()| desk.advance()>{tr!(review.moved_next)}</Button>
                </Notice>
            </div>
        }
        .into_any()
    })
}

fn pane(desk: Desk, detail: &ProcessDetailDto) -> AnyView {
    let process = &detail.process;
    let value = process.valor_fatura.map_or_else(|| "—".to_owned(), format::money);
    let due = process.data_vencimento.map_or_else(|| "—".to_owned(), format::date);
    let review = &detail.review;
    let version = detail.documents.first().map(|document| {
        let hash = document.sha256.clone();
        let shown = format!("v{} · {}…", document.number, hash.get(..8).unwrap_or(&hash));
        let who = words::actor(&document.uploaded_by);
        view! {
            <dt>{tr!(review.version)}</dt><dd><CopyText text=hash shown/></dd>
            <dt>{tr!(review.received)}</dt>
            <dd><RelativeTime at=document.created_at/><small class="review__by">{tr!(review.by, name = who)}" · "{tr!(review.pages, count = document.pages)}</small></dd>
        }
    });
    let name = process.client_name.clone();
    let subtitle = tr!(
        review.subtitle,
        operator = process.operator_name.clone(),
        month = format::month_digits(process.mes_ano)
    );
    view! {
        <header class="review__who">
            <h2><A href=paths::process(process.id)>{name}</A></h2>
            <small class="faint">{subtitle}</small>
        </header>
        <dl class="facts">
            <dt>{tr!(review.value)}</dt>
            <dd class="review__value">{value}<IconButton icon=IconName::Edit label=tr!(processes.edit_title) on_click=move |()| desk.editing.set(true)/></dd>
            {review.previous_value.map(|value| view! { <dt>{tr!(review.previous)}</dt><dd class="is-quiet">{format::money(value)}</dd> })}
            {review.average_value.map(|value| view! { <dt>{tr!(review.average_value)}</dt><dd class="is-quiet">{format::money(value)}</dd> })}
            <dt>{tr!(review.due)}</dt><dd>{due}</dd>
            <dt>{tr!(review.cnpj)}</dt><dd><CopyText text=process.client_cnpj.formatted()/></dd>
            <dt>{tr!(review.account)}</dt><dd>{process.account_number.clone()}</dd>
            {version}
        </dl>
        <div class="review__flags">{flags(desk, detail)}</div>
        <details class="review__past" open>
            <summary>{tr!(review.history)}</summary>
            <Timeline items=Signal::stored(words::timeline(&detail.moves))/>
        </details>
    }
    .into_any()
}
