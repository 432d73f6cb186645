//! Deleting a webhook with its messages.

use leptos::prelude::*;

use super::work::Work;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::{counted, tr},
    state::toasts::use_toasts,
};

#[component]
pub(super) fn Removal(work: Work, #[prop(into)] on_removed: Callback<()>) -> impl IntoView {
    let remove = use_mutation();
    Effect::new(move |_| {
        if work.removal.get() {
            remove.clear();
        }
    });
    let confirm = move |()| {
        let Some(webhook) = work.chosen.get_untracked() else {
            return;
        };
        let text = tr!(webhooks.deleted, name = webhook.name.clone());
        remove.run_quietly(api::webhooks::delete_webhook(webhook.id), move |()| {
            let _ = work.removal.try_set(false);
            work.hide(&webhook);
            on_removed.run(());
            use_toasts().done(text);
        });
    };
    let pending = move || {
        let count = work.chosen.with(|chosen| chosen.as_ref().map_or(0, |one| one.pending));
        (count > 0).then(|| {
            let words = counted!(webhooks.delete_pending_single, webhooks.delete_pending_many, count);
            view! { <p>{words}</p> }
        })
    };
    view! {
        <ConfirmDialog
            open=work.removal
            title=Signal::derive(move || tr!(webhooks.delete_title, name = work.name()))
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
