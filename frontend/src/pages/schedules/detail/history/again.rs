//! Running a slot once more.

use leptos::prelude::*;

use super::RunDialogs;
use crate::{
    api,
    components::{Checkbox, ConfirmDialog, ErrorCard},
    hooks::{use_mutation, use_query},
    i18n::tr,
    state::toasts::use_toasts,
    text::format,
};

#[component]
pub(super) fn RunAgain(dialogs: RunDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let change = use_mutation();
    let confirmed = RwSignal::new(false);
    let kinds = use_query(&[], api::schedules::list_schedule_kinds);
    Effect::new(move |_| {
        if dialogs.again.get() {
            change.clear();
            confirmed.set(false);
        }
    });
    let to_people = Memo::new(move |_| {
        let kind = dialogs.chosen.with(|run| run.as_ref().map(|run| run.kind));
        kinds.data.with(|kinds| {
            kinds
                .iter()
                .flatten()
                .any(|one| Some(one.kind) == kind && one.to_people)
        })
    });
    let at = move || {
        dialogs
            .chosen
            .with(|run| run.as_ref().map(|run| format::date_time(*run.nominal_at)))
            .unwrap_or_default()
    };
    let confirm = move |()| {
        let Some(id) = dialogs.chosen.with_untracked(|run| run.as_ref().map(|run| run.id)) else {
            return;
        };
        let call = api::schedules::run_schedule_run(id, confirmed.get_untracked());
        change.run_quietly(call, move |run| {
            if dialogs.again.try_set(false).is_none() {
                on_changed.run(());
            }
            use_toasts().done(tr!(schedules.run_asked, name = run.schedule_name));
        });
    };
    view! {
        <ConfirmDialog
            open=dialogs.again
            title=Signal::derive(move || tr!(schedules.run_again_title, at = at()))
            confirm=tr!(schedules.run_again)
            busy=change.busy
            disabled=Signal::derive(move || to_people.get() && !confirmed.get())
            on_confirm=confirm
        >
            {move || change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(schedules.run_again_text)}</p>
            <Show when=move || to_people.get()>
                <Checkbox
                    label=tr!(schedules.confirm_people)
                    hint=tr!(schedules.confirm_people_hint)
                    checked=confirmed
                    on_change=move |on| confirmed.set(on)
                />
            </Show>
        </ConfirmDialog>
    }
}
