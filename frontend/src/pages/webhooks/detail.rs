//! One webhook with the messages to it.

use esteira_shared::{dto::webhooks::WebhookDeliveryQuery, event::Topic, ids::WebhookEndpointId};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::{
    dialogs::{Dialogs, NewSecret, WebhookDialogs},
    head::{Head, Off},
    messages::Messages,
};
use crate::{
    api,
    components::AsyncView,
    hooks::{use_list_query, use_mutation, use_query},
    i18n::tr,
    pages::frame::{Crumb, NotFound, use_crumbs},
    routes::paths,
    state::toasts::use_toasts,
};

/// Asking for a test message: a message cannot be sent to a webhook that is off.
#[derive(Clone, Copy)]
pub(super) struct Test {
    pub(super) send: Callback<()>,
    pub(super) busy: Signal<bool>,
    pub(super) off: Signal<bool>,
}

#[component]
pub fn WebhookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params
            .read()
            .get("id")
            .and_then(|text| text.parse::<WebhookEndpointId>().ok())
    });
    move || match id.get() {
        Some(id) => view! { <OneWebhook id/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn OneWebhook(id: WebhookEndpointId) -> impl IntoView {
    let list = use_list_query();
    let query = use_query(&[Topic::Webhooks], move || async move {
        api::webhooks::get_webhook(id).await
    });
    let messages = use_query(&[Topic::Webhooks], move || {
        let wanted = list.read::<WebhookDeliveryQuery>();
        async move { api::webhooks::list_deliveries(id, &wanted).await }
    });
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.webhooks), paths::WEBHOOKS)];
        way.extend(
            query
                .data
                .with(|webhook| webhook.as_ref().map(|webhook| Crumb::here(webhook.name.clone()))),
        );
        way
    });
    let dialogs = WebhookDialogs::new();
    let asking = use_mutation();
    let test = Test {
        send: Callback::new(move |()| {
            asking.run(api::webhooks::test_webhook(id), move |_| {
                messages.refetch();
                query.refetch();
                use_toasts().done(tr!(webhooks.test_sent));
            });
        }),
        busy: asking.busy.into(),
        off: Signal::derive(move || {
            query
                .data
                .with(|webhook| webhook.as_ref().is_none_or(|webhook| !webhook.active))
        }),
    };
    let navigate = StoredValue::new_local(use_navigate());
    let to_list = move |()| {
        let address = paths::WEBHOOKS.to_string();
        navigate.with_value(|navigate| navigate(&address, leptos_router::NavigateOptions::default()));
    };
    view! {
        <AsyncView query let:data>
            <Head data dialogs test/>
            <div class="stack">
                <NewSecret dialogs/>
                <Off data query/>
                <Messages webhook=id list query=messages test/>
            </div>
        </AsyncView>
        <Dialogs dialogs on_changed=move |()| query.refetch() on_removed=to_list/>
    }
}
