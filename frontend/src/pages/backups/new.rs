//! Making a backup now.

use esteira_shared::dto::backups::BackupCreate;
use leptos::prelude::*;

use super::dialogs::BackupDialogs;
use crate::{
    api,
    components::{Checkbox, ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
};

#[component]
pub(super) fn NewBackup(dialogs: BackupDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let make = use_mutation();
    let (documents, encrypt) = (RwSignal::new(false), RwSignal::new(false));
    let can_encrypt = Signal::derive(move || {
        let facts = &dialogs.facts.data;
        facts.with(|facts| facts.as_ref().is_some_and(|facts| facts.can_encrypt))
    });
    Effect::new(move |_| {
        if dialogs.new.get() {
            make.clear();
            encrypt.set(can_encrypt.get_untracked());
        }
    });
    let confirm = move |()| {
        let create = BackupCreate {
            documents: documents.get_untracked(),
            encrypt: encrypt.get_untracked(),
        };
        make.run_quietly(async move { api::backups::create_backup(&create).await }, move |_| {
            let _ = dialogs.new.try_set(false);
            on_changed.run(());
        });
    };
    view! {
        <ConfirmDialog
            open=dialogs.new
            title=Signal::derive(|| tr!(backups.make).to_owned())
            confirm=tr!(backups.make_do)
            busy=make.busy
            on_confirm=confirm
        >
            {move || make.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(backups.make_text)}</p>
            <div class="stack stack--tight">
                <Checkbox
                    label=tr!(backups.choose_documents)
                    hint=tr!(backups.choose_documents_hint)
                    checked=documents
                    on_change=move |on| documents.set(on)
                />
                {move || {
                    let possible = can_encrypt.get();
                    let hint = if possible { tr!(backups.choose_encryption_hint) } else { tr!(backups.no_recipient) };
                    view! {
                        <Checkbox
                            label=tr!(backups.choose_encryption)
                            hint=hint
                            checked=encrypt
                            disabled=!possible
                            on_change=move |on| encrypt.set(on)
                        />
                    }
                }}
            </div>
        </ConfirmDialog>
    }
}
