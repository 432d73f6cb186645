//! Pausing many schedules, and letting many fire again. The server does it at once.

use esteira_shared::dto::schedules::{SchedulesChanged, SchedulesPause, SchedulesResume, SchedulesTarget};
use leptos::prelude::*;

use super::{dialogs::NoteDialog, words};
use crate::{
    api,
    components::{Button, ConfirmDialog, ErrorCard, IconName},
    hooks::use_mutation,
    i18n::{counted, tr},
    state::toasts::use_toasts,
};

/// What is asked, and for which of them.
#[derive(Clone, Copy)]
pub(super) struct Bulk {
    target: RwSignal<Option<SchedulesTarget>>,
    pause: RwSignal<bool>,
    resume: RwSignal<bool>,
}

impl Bulk {
    pub(super) fn new() -> Self {
        Self {
            target: RwSignal::new(None),
            pause: RwSignal::new(false),
            resume: RwSignal::new(false),
        }
    }

    fn ask(self, target: Option<SchedulesTarget>, dialog: RwSignal<bool>) {
        if target.is_some() {
            self.target.set(target);
            dialog.set(true);
        }
    }
}

#[component]
pub(super) fn BulkButtons(
    bulk: Bulk,
    /// What the selection stands for at the moment of the click.
    #[prop(into)]
    target: Callback<(), Option<SchedulesTarget>>,
) -> impl IntoView {
    view! {
        <Button small=true icon=IconName::Pause on_click=move |()| bulk.ask(target.run(()), bulk.pause)>{tr!(schedules.pause)}</Button>
        <Button small=true icon=IconName::Play on_click=move |()| bulk.ask(target.run(()), bulk.resume)>{tr!(schedules.resume)}</Button>
    }
    .into_any()
}

#[component]
pub(super) fn BulkDialogs(bulk: Bulk, #[prop(into)] on_over: Callback<()>) -> impl IntoView {
    let change = use_mutation();
    let note = RwSignal::new(String::new());
    let over = move |dialog: RwSignal<bool>| {
        if dialog.try_set(false).is_none() {
            on_over.run(());
        }
    };
    let pause = move |()| {
        let Some(target) = bulk.target.get_untracked() else {
            return;
        };
        let text = note.get_untracked().trim().to_owned();
        let pause = SchedulesPause {
            target,
            note: (!text.is_empty()).then_some(text),
        };
        if !change.accepts(&pause) {
            return;
        }
        let call = async move { api::schedules::pause_schedules(&pause).await };
        change.run_quietly(call, move |changed: SchedulesChanged| {
            over(bulk.pause);
            let done = counted!(schedules.paused_single, schedules.paused_many, changed.changed);
            use_toasts().done(words::with_unchanged(done, &changed));
        });
    };
    let resume = move |()| {
        let Some(target) = bulk.target.get_untracked() else {
            return;
        };
        let resume = SchedulesResume { target };
        let call = async move { api::schedules::resume_schedules(&resume).await };
        change.run_quietly(call, move |changed: SchedulesChanged| {
            over(bulk.resume);
            let done = counted!(schedules.resumed_single, schedules.resumed_many, changed.changed);
            use_toasts().done(words::with_unchanged(done, &changed));
        });
    };
    Effect::new(move |_| {
        if bulk.resume.get() {
            change.clear();
        }
    });
    let count = move || match bulk.target.get() {
        Some(SchedulesTarget::Ids(ids)) => {
            let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
            counted!(schedules.chosen_single, schedules.chosen_many, count)
        }
        Some(SchedulesTarget::Filter(_)) => tr!(schedules.chosen_all).to_owned(),
        None => String::new(),
    };
    view! {
        <NoteDialog
            open=bulk.pause
            title=tr!(schedules.pause_many_title)
            text=Signal::derive(move || format!("{} {}", count(), tr!(schedules.pause_text)))
            confirm=tr!(schedules.pause_do)
            note
            change
            on_confirm=pause
        />
        <ConfirmDialog
            open=bulk.resume
            title=tr!(schedules.resume_many_title)
            confirm=tr!(schedules.resume)
            busy=change.busy
            on_confirm=resume
        >
            {move || change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{count}" "{tr!(schedules.resume_text)}</p>
        </ConfirmDialog>
    }
}
