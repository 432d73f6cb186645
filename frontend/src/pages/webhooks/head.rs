//! Which webhook, how it stands, and what can be done with it.

use esteira_shared::{
    dto::webhooks::{WebhookEndpointDto, WebhookEndpointUpdate},
    status::Tone,
};
use leptos::prelude::*;

use super::{detail::Test, dialogs::WebhookDialogs, words};
use crate::{
    api,
    components::{Button, CopyText, IconName, Kind, Menu, MenuItem, Notice, PageHead},
    hooks::{Query, use_mutation},
    i18n::tr,
    state::toasts::use_toasts,
    text::reasons::told,
};

#[component]
pub(super) fn Head(data: Signal<WebhookEndpointDto>, dialogs: WebhookDialogs, test: Test) -> impl IntoView {
    let on = move |dialog| dialogs.on(Some(data.get_untracked()), dialog);
    view! {
        <PageHead title=Signal::derive(move || data.with(|webhook| webhook.name.clone()))>
            <Button kind=Kind::Primary icon=IconName::Send busy=test.busy disabled=test.off on_click=test.send>{tr!(webhooks.test)}</Button>
            <Button icon=IconName::Edit on_click=move |()| on(dialogs.form)>{tr!(forms.edit)}</Button>
            <Menu label=tr!(parts.actions)>
                <MenuItem icon=IconName::Token on_click=move |()| on(dialogs.rotation)>{tr!(webhooks.change_secret)}</MenuItem>
                <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(forms.delete)}</MenuItem>
            </Menu>
        </PageHead>
        <div class="process__line">{move || data.with(line)}</div>
    }
}

/// State, address and every event.
fn line(webhook: &WebhookEndpointDto) -> impl IntoView + use<> {
    view! {
        {words::state(webhook, true)}
        <CopyText text=webhook.url.clone() mono=true/>
        {words::events(&webhook.events, usize::MAX)}
    }
}

/// That nothing is sent, why, and the way back.
#[component]
pub(super) fn Off(data: Signal<WebhookEndpointDto>, query: Query<WebhookEndpointDto>) -> impl IntoView {
    let change = use_mutation();
    let activate = Callback::new(move |()| {
        let webhook = data.get_untracked();
        let id = webhook.id;
        let update = WebhookEndpointUpdate {
            name: webhook.name,
            url: webhook.url,
            events: webhook.events,
            active: true,
            version: webhook.version,
        };
        change.run(
            async move { api::webhooks::update_webhook(id, &update).await },
            move |webhook| {
                use_toasts().done(tr!(webhooks.activated, name = webhook.name.clone()));
                query.set(webhook);
            },
        );
    });
    // The reason within, when it was not a person.
    let off =
        Memo::new(move |_| data.with(|webhook| (!webhook.active).then(|| webhook.off_reason_coded.as_ref().map(told))));
    move || {
        off.get().map(|reason| {
            let (tone, title, text) = match reason {
                Some(reason) => (
                    Tone::NeedsYou,
                    tr!(webhooks.switched_off_title),
                    tr!(webhooks.switched_off_text, reason = reason),
                ),
                None => (
                    Tone::Waiting,
                    tr!(webhooks.inactive_title),
                    tr!(webhooks.inactive_text).to_owned(),
                ),
            };
            view! {
                <Notice tone title text>
                    <Button small=true busy=change.busy on_click=activate>{tr!(forms.activate)}</Button>
                </Notice>
            }
        })
    }
}
