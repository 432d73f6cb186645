//! Pausing a schedule.

use esteira_shared::dto::schedules::SchedulePause;
use leptos::prelude::*;

use super::{NoteDialog, ScheduleDialogs};
use crate::{api, hooks::use_mutation, i18n::tr, state::toasts::use_toasts};

#[component]
pub(super) fn Pause(dialogs: ScheduleDialogs, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let change = use_mutation();
    let note = RwSignal::new(String::new());
    let confirm = move |()| {
        let Some(id) = dialogs.id() else { return };
        let text = note.get_untracked().trim().to_owned();
        let pause = SchedulePause {
            note: (!text.is_empty()).then_some(text),
        };
        if !change.accepts(&pause) {
            return;
        }
        let call = async move { api::schedules::pause_schedule(id, &pause).await };
        change.run_quietly(call, move |schedule| {
            if dialogs.pause.try_set(false).is_none() {
                on_changed.run(());
            }
            use_toasts().done(tr!(schedules.paused, name = schedule.name));
        });
    };
    view! {
        <NoteDialog
            open=dialogs.pause
            title=Signal::derive(move || tr!(schedules.pause_title, name = dialogs.name()))
            text=tr!(schedules.pause_text)
            confirm=tr!(schedules.pause_do)
            note
            change
            on_confirm=confirm
        />
    }
}
