//! Running a schedule once, now.

use esteira_shared::status::ScheduleKind;
use leptos::prelude::*;

use super::ScheduleDialogs;
use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
    text::schedules,
};

#[component]
pub(super) fn RunNow(dialogs: ScheduleDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let change = use_mutation();
    Effect::new(move |_| {
        if dialogs.run.get() {
            change.clear();
        }
    });
    let confirm = move |()| {
        let Some(id) = dialogs.id() else { return };
        change.run_quietly(api::schedules::run_schedule(id), move |run| {
            // The page may be gone; the run began all the same.
            if dialogs.run.try_set(false).is_none() {
                on_changed.run(());
            }
            use_toasts().done(tr!(schedules.run_asked, name = run.schedule_name));
        });
    };
    let what = move || {
        dialogs
            .chosen
            .with(|chosen| chosen.as_ref().map(|one| schedules::kind_explained(one.kind)))
    };
    let writes = move || {
        let report = dialogs
            .chosen
            .with(|chosen| chosen.as_ref().is_some_and(|one| one.kind == ScheduleKind::SendReport));
        report.then(|| view! { <p>{tr!(schedules.writes_people)}</p> })
    };
    view! {
        <ConfirmDialog
            open=dialogs.run
            title=Signal::derive(move || tr!(schedules.run_title, name = dialogs.name()))
            confirm=tr!(schedules.run_now)
            busy=change.busy
            on_confirm=confirm
        >
            {move || change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{what}</p>
            {writes}
            <p class="small muted">{tr!(schedules.run_text)}</p>
        </ConfirmDialog>
    }
}
