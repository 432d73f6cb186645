//! A webhook's state and events, and a message's status, as one sees them.

use esteira_shared::{
    dto::webhooks::{WebhookDeliveryDto, WebhookEndpointDto},
    status::{DeliveryStatus, Tone},
    webhook::WebhookEvent,
};
use leptos::prelude::*;

use crate::{
    components::{Badge, IconName, Mark},
    i18n::tr,
    text::{status, tasks, webhooks},
};

/// Whether it is told anything and, if not, whether a person wanted it so.
pub(super) fn state(webhook: &WebhookEndpointDto, pill: bool) -> AnyView {
    if webhook.active {
        view! { <Mark tone=Tone::Done word=tr!(webhooks.active) pill/> }.into_any()
    } else if webhook.off_reason.is_some() {
        view! { <Mark tone=Tone::NeedsYou word=tr!(webhooks.switched_off) pill/> }.into_any()
    } else {
        view! { <Mark tone=Tone::Waiting word=tr!(webhooks.inactive) pill icon=IconName::Pause/> }.into_any()
    }
}

/// The first `most` events, and how many more there are.
pub(super) fn events(all: &[WebhookEvent], most: usize) -> AnyView {
    let badge = |one: &WebhookEvent| {
        let word = webhooks::event(*one);
        view! { <Badge>{word}</Badge> }
    };
    let first = all.iter().take(most).map(badge).collect_view();
    let rest: Vec<&str> = all.iter().skip(most).map(|one| webhooks::event(*one)).collect();
    let more = (!rest.is_empty()).then(|| {
        let (count, names) = (format!("+{}", rest.len()), rest.join(", "));
        let title = names.clone();
        view! {
            <span title=title>
                <Badge><span aria-hidden="true">{count}</span><span class="sr-only">{names}</span></Badge>
            </span>
        }
    });
    view! {
        <span class="events">
            {first}
            {more}
        </span>
    }
    .into_any()
}

pub(super) fn mark(message: &WebhookDeliveryDto, pill: bool) -> AnyView {
    let tone = match message.status {
        DeliveryStatus::Pending => Tone::Waiting,
        DeliveryStatus::Delivered => Tone::Done,
        DeliveryStatus::Failed => Tone::Failed,
    };
    let word = if message.status == DeliveryStatus::Pending && message.last_error.is_some() {
        tr!(webhooks.will_retry)
    } else {
        status::delivery(message.status)
    };
    view! { <Mark tone word pill/> }.into_any()
}

/// Event, status and the end of the id: enough to tell rows apart when read aloud.
pub(super) fn label(message: &WebhookDeliveryDto) -> String {
    format!(
        "{}, {}, {}",
        webhooks::event(message.event),
        status::delivery(message.status),
        tasks::short_id(message.id)
    )
}
