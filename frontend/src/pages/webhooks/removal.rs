//! Deleting a webhook with its messages.

use leptos::prelude::*;

use super::dialogs::WebhookDialogs;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::{counted, tr},
    state::toasts::use_toasts,
};

#[component]
pub(super) fn Removal(dialogs: WebhookDialogs, #[prop(into)] on_removed: Callback<()>) -> impl IntoView {
    let remove = use_mutation();
    Effect::new(move |_| {
        if dialogs.removal.get() {
            remove.clear();
        }
    });
    let confirm = move |()| {
        let Some(webhook) = dialogs.chosen.get_untracked() else {
            return;
        };
        let text = tr!(webhooks.deleted, name = webhook.name.clone());
        remove.run_quietly(api::webhooks::delete_webhook(webhook.id), move |()| {
            let _ = dialogs.removal.try_set(false);
            dialogs.hide(&webhook);
            on_removed.run(());
            use_toasts().done(text);
        });
    };
    let pending = move || {
        let count = dialogs
            .chosen
            .with(|chosen| chosen.as_ref().map_or(0, |one| one.pending));
        (count > 0).then(|| {
            let words = counted!(webhooks.delete_pending_single, webhooks.delete_pending_many, count);
            view! { <p>{words}</p> }
        })
    };
    view! {
        <ConfirmDialog
            open=dialogs.removal
            title=Signal::derive(move || tr!(webhooks.delete_title, name = dialogs.name()))
            confirm=tr!(webhooks.delete_do)
            danger=true
            busy=remove.busy
            on_confirm=confirm
        >
            {move || remove.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(webhooks.delete_text)}</p>
            {pending}
        </ConfirmDialog>
    }
}
