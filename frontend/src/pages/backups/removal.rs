//! Deleting a backup with its file.

use esteira_shared::status::BackupStatus;
use leptos::prelude::*;

use super::dialogs::BackupDialogs;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
};

#[component]
pub(super) fn Removal(dialogs: BackupDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let remove = use_mutation();
    Effect::new(move |_| {
        if dialogs.removal.get() {
            remove.clear();
        }
    });
    let confirm = move |()| {
        let Some(backup) = dialogs.chosen.get_untracked() else {
            return;
        };
        let text = tr!(backups.deleted, name = backup.name);
        remove.run_quietly(api::backups::delete_backup(backup.id), move |()| {
            let _ = dialogs.removal.try_set(false);
            on_changed.run(());
            use_toasts().done(text);
        });
    };
    // The one that a restore would be made from today.
    let is_newest = move || {
        let newest = dialogs
            .facts
            .data
            .with(|facts| facts.as_ref().and_then(|facts| facts.newest_proven_at));
        dialogs.chosen.with(|chosen| {
            chosen
                .as_ref()
                .is_some_and(|backup| backup.status == BackupStatus::Proven && Some(backup.created_at) == newest)
        })
    };
    view! {
        <ConfirmDialog
            open=dialogs.removal
            title=Signal::derive(move || tr!(backups.delete_title, name = dialogs.name()))
            confirm=tr!(backups.delete_do)
            danger=true
            busy=remove.busy
            on_confirm=confirm
        >
            {move || remove.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(backups.delete_text)}</p>
            {move || is_newest().then(|| view! { <p><b>{tr!(backups.delete_newest)}</b></p> })}
        </ConfirmDialog>
    }
}
