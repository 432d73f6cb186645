//! How to bring a backup back: restoring is for the shell, since a page of the installation cannot replace it.

use esteira_shared::dto::backups::BackupFactsDto;
use leptos::prelude::*;

use crate::{
    components::{Card, CopyButton},
    hooks::Query,
    i18n::tr,
};

/// What is typed; the same in every language.
const CHECK: &str = "esteira backup verify esteira-….tar.zst";
const COPY: &str =
    "esteira restore esteira-….tar.zst --database sqlite://copy/esteira.db --storage file://copy/storage --paused";

#[component]
pub(super) fn Restoring(facts: Query<BackupFactsDto>) -> impl IntoView {
    let restore = Signal::derive(move || {
        let sealed = facts
            .data
            .with(|facts| facts.as_ref().is_some_and(|facts| facts.can_encrypt));
        if sealed {
            "esteira restore esteira-….tar.zst.age --identity-file key.txt".to_owned()
        } else {
            "esteira restore esteira-….tar.zst".to_owned()
        }
    });
    view! {
        <Card title=tr!(backups.restore_title)>
            <div class="stack">
                <p>{tr!(backups.restore_text)}</p>
                <Typed label=tr!(backups.restore_check) text=Signal::derive(|| CHECK.to_owned())/>
                <Typed label=tr!(backups.restore_whole) text=restore/>
                <Typed label=tr!(backups.restore_copy) text=Signal::derive(|| COPY.to_owned())/>
                <p class="small faint">{tr!(backups.restore_key)}</p>
            </div>
        </Card>
    }
}

#[component]
fn Typed(label: &'static str, text: Signal<String>) -> impl IntoView {
    view! {
        <div class="backup-typed">
            <span>{label}</span>
            <div class="line">
                <code translate="no" class="break">{move || text.get()}</code>
                <CopyButton text label/>
            </div>
        </div>
    }
}
