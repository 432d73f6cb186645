//! Giving a webhook another secret.

use leptos::prelude::*;

use super::dialogs::WebhookDialogs;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
};

#[component]
pub(super) fn Rotation(dialogs: WebhookDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let change = use_mutation();
    Effect::new(move |_| {
        if dialogs.rotation.get() {
            change.clear();
        }
    });
    let confirm = move |()| {
        let Some(webhook) = dialogs.chosen.get_untracked() else {
            return;
        };
        change.run_quietly(api::webhooks::change_webhook_secret(webhook.id), move |made| {
            let _ = dialogs.rotation.try_set(false);
            on_changed.run(());
            dialogs.show(made);
        });
    };
    view! {
        <ConfirmDialog
            open=dialogs.rotation
            title=Signal::derive(move || tr!(webhooks.change_secret_title, name = dialogs.name()))
            confirm=tr!(webhooks.change_secret)
            busy=change.busy
            on_confirm=confirm
        >
            {move || change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(webhooks.change_secret_text)}</p>
        </ConfirmDialog>
    }
}
