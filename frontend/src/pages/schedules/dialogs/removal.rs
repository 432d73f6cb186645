//! Deleting a schedule with its history.

use leptos::prelude::*;

use super::ScheduleDialogs;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
};

#[component]
pub(super) fn Removal(dialogs: ScheduleDialogs, #[prop(into)] on_removed: Callback<()>) -> impl IntoView {
    let remove = use_mutation();
    Effect::new(move |_| {
        if dialogs.removal.get() {
            remove.clear();
        }
    });
    let confirm = move |()| {
        let Some(id) = dialogs.id() else { return };
        let text = tr!(schedules.deleted, name = untrack(|| dialogs.name()));
        remove.run_quietly(api::schedules::delete_schedule(id), move |()| {
            if dialogs.removal.try_set(false).is_none() {
                on_removed.run(());
            }
            use_toasts().done(text);
        });
    };
    view! {
        <ConfirmDialog
            open=dialogs.removal
            title=Signal::derive(move || tr!(schedules.delete_title, name = dialogs.name()))
            confirm=tr!(schedules.delete_do)
            danger=true
            busy=remove.busy
            on_confirm=confirm
        >
            {move || remove.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(schedules.delete_text)}</p>
            <p class="small muted">{tr!(schedules.delete_rather)}</p>
        </ConfirmDialog>
    }
}
