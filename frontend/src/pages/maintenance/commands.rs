//! Ending one, and calling one off.

use esteira_shared::dto::schedules::MaintenanceDto;
use leptos::prelude::*;

use crate::{
    api,
    components::{ConfirmDialog, ErrorCard},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
};

/// What is being done with which one.
#[derive(Clone, Copy)]
pub(super) struct Commands {
    chosen: RwSignal<Option<MaintenanceDto>>,
    ending: RwSignal<bool>,
    calling_off: RwSignal<bool>,
}

impl Commands {
    pub(super) fn new() -> Self {
        Self {
            chosen: RwSignal::new(None),
            ending: RwSignal::new(false),
            calling_off: RwSignal::new(false),
        }
    }

    pub(super) fn end(self, one: MaintenanceDto) {
        self.chosen.set(Some(one));
        self.ending.set(true);
    }

    pub(super) fn call_off(self, one: MaintenanceDto) {
        self.chosen.set(Some(one));
        self.calling_off.set(true);
    }

    fn reason(self) -> String {
        self.chosen
            .with(|chosen| chosen.as_ref().map(|one| one.reason.clone()).unwrap_or_default())
    }
}

#[component]
pub(super) fn Dialogs(commands: Commands, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let (end, call_off) = (use_mutation(), use_mutation());
    Effect::new(move |_| {
        if commands.ending.get() {
            end.clear();
        }
        if commands.calling_off.get() {
            call_off.clear();
        }
    });
    let ended = move |()| {
        let Some(one) = commands.chosen.get_untracked() else {
            return;
        };
        end.run_quietly(api::maintenance::end_maintenance(one.id), move |_| {
            let _ = commands.ending.try_set(false);
            on_changed.run(());
            use_toasts().done(tr!(maintenance.ended));
        });
    };
    let called_off = move |()| {
        let Some(one) = commands.chosen.get_untracked() else {
            return;
        };
        call_off.run_quietly(api::maintenance::delete_maintenance(one.id), move |()| {
            let _ = commands.calling_off.try_set(false);
            on_changed.run(());
            use_toasts().done(tr!(maintenance.called_off));
        });
    };
    view! {
        <ConfirmDialog
            open=commands.ending
            title=Signal::derive(move || tr!(maintenance.end_title, reason = commands.reason()))
            confirm=tr!(maintenance.end)
            busy=end.busy
            on_confirm=ended
        >
            {move || end.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(maintenance.end_text)}</p>
        </ConfirmDialog>
        <ConfirmDialog
            open=commands.calling_off
            title=Signal::derive(move || tr!(maintenance.call_off_title, reason = commands.reason()))
            confirm=tr!(maintenance.call_off_do)
            danger=true
            busy=call_off.busy
            on_confirm=called_off
        >
            {move || call_off.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{tr!(maintenance.call_off_text)}</p>
        </ConfirmDialog>
    }
}
