//! Giving a webhook another secret.

use leptos::prelude::*;

use super::work::Work;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
};

#[component]
pub(super) fn Rotation(work: Work, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let change = use_mutation();
    Effect::new(move |_| {
        if work.rotation.get() {
            change.clear();
        }
    });
    let confirm = move |()| {
        let Some(webhook) = work.chosen.get_untracked() else {
            return;
        };
        change.run_quietly(api::webhooks::change_webhook_secret(webhook.id), move |made| {
            let _ = work.rotation.try_set(false);
            on_changed.run(());
            work.show(made);
        });
    };
    view! {
        <ConfirmDialog
            open=work.rotation
            title=Signal::derive(move || tr!(webhooks.change_secret_title, name = work.name()))
            confirm=tr!(webhooks.change_secret)
            busy=change.busy
            on_confirm=confirm
        >
            {move || change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(webhooks.change_secret_text)}</p>
        </ConfirmDialog>
    }
}
