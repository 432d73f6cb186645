//! One message: what was sent, what was answered, and sending it again.

use esteira_shared::{
    dto::webhooks::{WebhookDeliveryDetailDto, WebhookDeliveryDto},
    event::Topic,
    ids::{WebhookDeliveryId, WebhookEndpointId},
    instant::Instant,
    status::DeliveryStatus,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use serde_json::Value;

use super::words;
use crate::{
    api,
    components::{
        AsyncView, Button, Card, CodeBlock, CopyButton, CopyText, IconName, Kind, LinkButton, Notice, PageHead,
        RelativeTime,
    },
    hooks::{Query, use_mutation, use_query},
    i18n::{counted, tr},
    pages::frame::{Crumb, NotFound, use_crumbs},
    routes::paths,
    state::toasts::use_toasts,
    text::{format, reasons::told, tasks, webhooks},
};

/// Why it cannot be sent again now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blocked {
    Pending,
    Off,
}

#[component]
pub fn MessagePage() -> impl IntoView {
    let params = use_params_map();
    let ids = Memo::new(move |_| {
        params.with(|params| {
            let webhook = params.get("id")?.parse::<WebhookEndpointId>().ok()?;
            let message = params.get("message")?.parse::<WebhookDeliveryId>().ok()?;
            Some((webhook, message))
        })
    });
    move || match ids.get() {
        Some((webhook, id)) => view! { <OneMessage webhook id/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn OneMessage(webhook: WebhookEndpointId, id: WebhookDeliveryId) -> impl IntoView {
    let query = use_query(&[Topic::Webhooks], move || async move {
        api::webhooks::get_delivery(id).await
    });
    // A message does not tell whose it is.
    let endpoint = use_query(&[Topic::Webhooks], move || async move {
        api::webhooks::get_webhook(webhook).await
    });
    let blocked = Memo::new(move |_| {
        let pending = query.data.with(|detail| {
            detail
                .as_ref()
                .is_some_and(|detail| detail.delivery.status == DeliveryStatus::Pending)
        });
        let off = endpoint
            .data
            .with(|endpoint| endpoint.as_ref().is_some_and(|endpoint| !endpoint.active));
        match (pending, off) {
            (true, _) => Some(Blocked::Pending),
            (false, true) => Some(Blocked::Off),
            (false, false) => None,
        }
    });
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.webhooks), paths::WEBHOOKS)];
        way.extend(endpoint.data.with(|endpoint| {
            endpoint
                .as_ref()
                .map(|endpoint| Crumb::link(endpoint.name.clone(), paths::webhook(webhook)))
        }));
        way.extend(query.data.with(|detail| {
            detail
                .as_ref()
                .map(|detail| Crumb::here(webhooks::event(detail.delivery.event)))
        }));
        way
    });
    view! {
        <AsyncView query let:data>
            <Head data query webhook blocked/>
            <Body data webhook blocked/>
        </AsyncView>
    }
}

#[component]
fn Head(
    data: Signal<WebhookDeliveryDetailDto>,
    query: Query<WebhookDeliveryDetailDto>,
    webhook: WebhookEndpointId,
    blocked: Memo<Option<Blocked>>,
) -> impl IntoView {
    let message = Memo::new(move |_| data.with(|detail| detail.delivery.clone()));
    let change = use_mutation();
    // Refused because it stands differently by now: what is on the screen is old.
    Effect::new(move |_| {
        if change
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
        {
            query.refetch();
        }
    });
    let resend = move |()| {
        let id = message.with_untracked(|message| message.id);
        change.run(api::webhooks::resend_delivery(id), move |detail| {
            query.set(detail);
            use_toasts().done(tr!(webhooks.resent));
        });
    };
    let title = Signal::derive(move || message.with(|message| webhooks::event(message.event).to_owned()));
    let stopped = Signal::derive(move || blocked.get().is_some());
    view! {
        <PageHead title>
            <LinkButton href=paths::webhook(webhook) icon=IconName::Webhook>{tr!(webhooks.see_webhook)}</LinkButton>
            <Button kind=Kind::Primary icon=IconName::Retry busy=change.busy disabled=stopped on_click=resend>{tr!(webhooks.resend)}</Button>
        </PageHead>
        <div class="process__line">{move || message.with(line)}</div>
    }
}

fn line(message: &WebhookDeliveryDto) -> impl IntoView + use<> {
    let tries = (message.tries > 0).then(|| {
        let words = counted!(webhooks.tried_once, webhooks.tried_times, message.tries);
        view! { <span class="num">{words}</span> }
    });
    view! {
        {words::mark(message, true)}
        {tries}
        <CopyText text=message.id.to_string() mono=true/>
    }
}

#[component]
fn Body(
    data: Signal<WebhookDeliveryDetailDto>,
    webhook: WebhookEndpointId,
    blocked: Memo<Option<Blocked>>,
) -> impl IntoView {
    let message = Memo::new(move |_| data.with(|detail| detail.delivery.clone()));
    let error = Memo::new(move |_| message.with(|message| message.last_error_coded.as_ref().map(told)));
    let answer = Memo::new(move |_| data.with(|detail| detail.last_answer.clone()));
    let has_error = Memo::new(move |_| error.with(Option::is_some));
    let has_answer = Memo::new(move |_| answer.with(Option::is_some));
    let sent = Signal::derive(move || data.with(|detail| detail.body.clone()));
    let shown = Signal::derive(move || data.with(|detail| pretty(&detail.body)));
    view! {
        <div class="job">
            <div class="stack">
                {move || blocked.get().map(|blocked| why(blocked, webhook))}
                <Show when=move || has_error.get()>
                    <CodeBlock title=tr!(webhooks.last_error) text=Signal::derive(move || error.get().unwrap_or_default()) failed=true/>
                </Show>
                <CodeBlock title=tr!(webhooks.body) text=shown/>
                <Show when=move || has_answer.get()>
                    <CodeBlock title=tr!(webhooks.last_answer) text=Signal::derive(move || answer.get().unwrap_or_default())/>
                </Show>
            </div>
            <Card title=tr!(webhooks.facts)>
                <dl class="facts">
                    {move || message.with(facts)}
                    <dt>{tr!(webhooks.body)}</dt>
                    <dd class="webhook__exact"><CopyButton text=sent label=tr!(webhooks.exact)/></dd>
                </dl>
            </Card>
        </div>
    }
}

fn why(blocked: Blocked, webhook: WebhookEndpointId) -> AnyView {
    match blocked {
        Blocked::Pending => {
            view! { <Notice title=tr!(webhooks.pending_title) text=tr!(webhooks.pending_text)/> }.into_any()
        }
        Blocked::Off => view! {
            <Notice title=tr!(webhooks.off_title) text=tr!(webhooks.off_text)>
                <LinkButton href=paths::webhook(webhook) small=true>{tr!(webhooks.see_webhook)}</LinkButton>
            </Notice>
        }
        .into_any(),
    }
}

fn facts(message: &WebhookDeliveryDto) -> impl IntoView + use<> {
    let tried = match message.tried_at {
        Some(at) => row(tr!(webhooks.tried_at), at),
        None => {
            view! { <dt>{tr!(webhooks.tried_at)}</dt><dd class="is-quiet">{tr!(webhooks.not_tried)}</dd> }.into_any()
        }
    };
    let (job, short) = (paths::job(message.job_id), tasks::short_id(message.job_id));
    view! {
        {row(tr!(webhooks.created_at), message.created_at)}
        {tried}
        <dt>{tr!(webhooks.tries)}</dt><dd>{format::count(message.tries.into())}</dd>
        {message.last_status.map(|status| view! { <dt>{tr!(webhooks.http_status)}</dt><dd>{status}</dd> })}
        {message.last_ms.map(|ms| view! { <dt>{tr!(webhooks.duration)}</dt><dd>{format::duration(ms)}</dd> })}
        <dt>{tr!(webhooks.job)}</dt>
        <dd><A href=job attr:class="link" attr:title=short>{tr!(webhooks.see_job)}</A></dd>
    }
}

fn row(name: &'static str, at: Instant) -> AnyView {
    view! { <dt>{name}</dt><dd>{format::date_time_seconds(*at)}<small class="faint job__ago"><RelativeTime at/></small></dd> }
        .into_any()
}

/// With its lines apart; as it is when it is not JSON.
fn pretty(body: &str) -> String {
    serde_json::from_str::<Value>(body)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| body.to_owned())
}
