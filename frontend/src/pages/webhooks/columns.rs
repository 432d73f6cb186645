//! The columns of the list of webhooks.

use esteira_shared::{
    dto::webhooks::{WebhookDeliveryQuery, WebhookEndpointDto},
    status::DeliveryStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{dialogs::WebhookDialogs, words};
use crate::{
    components::{Column, Icon, IconName, Menu, MenuItem},
    i18n::tr,
    routes::paths,
    text::{
        format,
        reasons::{quotes, told},
    },
};

/// More events than this are only counted.
const EVENTS: usize = 3;

pub(super) fn columns(dialogs: WebhookDialogs) -> Vec<Column<WebhookEndpointDto>> {
    vec![
        Column::new("name", tr!(webhooks.name), |webhook: &WebhookEndpointDto| {
            let (address, name) = (paths::webhook(webhook.id), webhook.name.clone());
            view! { <A href=address>{name}</A> }
        })
        .main(),
        Column::new("url", tr!(webhooks.url), |webhook: &WebhookEndpointDto| {
            let (url, whole) = (webhook.url.clone(), webhook.url.clone());
            view! { <code class="webhook-url truncate" title=whole>{url}</code> }
        }),
        Column::new("events", tr!(webhooks.events), |webhook: &WebhookEndpointDto| {
            words::events(&webhook.events, EVENTS)
        }),
        Column::new("state", tr!(webhooks.state), |webhook: &WebhookEndpointDto| {
            let mark = words::state(webhook, false);
            let why = webhook.off_reason_coded.as_ref().filter(|_| !webhook.active).map(told);
            view! {
                <span class="webhook-state">
                    {mark}
                    {why.map(|why| view! { <small class="faint break">{quotes(&why)}</small> })}
                </span>
            }
        }),
        Column::new("pending", tr!(webhooks.pending), |webhook: &WebhookEndpointDto| {
            messages(webhook, DeliveryStatus::Pending, webhook.pending)
        })
        .numeric(),
        Column::new("failed", tr!(webhooks.failed), |webhook: &WebhookEndpointDto| {
            messages(webhook, DeliveryStatus::Failed, webhook.failed)
        })
        .numeric(),
        Column::actions(move |webhook: &WebhookEndpointDto| actions(webhook, dialogs)),
    ]
}

/// How many messages stand so, with the way to them.
fn messages(webhook: &WebhookEndpointDto, status: DeliveryStatus, count: i64) -> AnyView {
    if count == 0 {
        return view! { <span class="faint">"0"</span> }.into_any();
    }
    let query = WebhookDeliveryQuery {
        status: Some(status),
        ..WebhookDeliveryQuery::default()
    };
    let (address, count) = (paths::webhook_where(webhook.id, &query), format::count(count));
    if status == DeliveryStatus::Failed {
        view! { <A href=address attr:class="st st--fail" attr:title=tr!(webhooks.see_failed)><Icon name=IconName::Failed/>{count}</A> }
            .into_any()
    } else {
        view! { <A href=address attr:class="link" attr:title=tr!(webhooks.see_pending)>{count}</A> }.into_any()
    }
}

fn actions(webhook: &WebhookEndpointDto, dialogs: WebhookDialogs) -> AnyView {
    let row = StoredValue::new(webhook.clone());
    let on = move |dialog| dialogs.on(Some(row.get_value()), dialog);
    view! {
        <Menu label=tr!(forms.actions_of, name = webhook.name.clone())>
            <MenuItem icon=IconName::Edit on_click=move |()| on(dialogs.form)>{tr!(forms.edit)}</MenuItem>
            <MenuItem icon=IconName::Token on_click=move |()| on(dialogs.rotation)>{tr!(webhooks.change_secret)}</MenuItem>
            <div class="menu__sep" role="separator"></div>
            <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(forms.delete)}</MenuItem>
        </Menu>
    }
    .into_any()
}
