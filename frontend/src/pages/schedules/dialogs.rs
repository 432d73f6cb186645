//! What is being done with which schedule, and the dialogs that ask.

mod backfill;
mod note;
mod pause;
mod removal;
mod run;
mod slots;

use esteira_shared::{dto::schedules::ScheduleDto, ids::ScheduleId};
use leptos::prelude::*;

pub(super) use self::note::NoteDialog;
use self::{backfill::Backfill, pause::Pause, removal::Removal, run::RunNow};
use crate::{api, hooks::use_mutation, i18n::tr, state::toasts::use_toasts};

#[derive(Clone, Copy)]
pub(super) struct ScheduleDialogs {
    pub(super) chosen: RwSignal<Option<ScheduleDto>>,
    pub(super) run: RwSignal<bool>,
    pub(super) pause: RwSignal<bool>,
    pub(super) backfill: RwSignal<bool>,
    pub(super) removal: RwSignal<bool>,
}

impl ScheduleDialogs {
    pub(super) fn new() -> Self {
        Self {
            chosen: RwSignal::new(None),
            run: RwSignal::new(false),
            pause: RwSignal::new(false),
            backfill: RwSignal::new(false),
            removal: RwSignal::new(false),
        }
    }

    pub(super) fn on(self, schedule: ScheduleDto, dialog: RwSignal<bool>) {
        self.chosen.set(Some(schedule));
        dialog.set(true);
    }

    /// The name of the chosen one.
    fn name(self) -> String {
        self.chosen
            .with(|chosen| chosen.as_ref().map(|one| one.name.clone()).unwrap_or_default())
    }

    fn id(self) -> Option<ScheduleId> {
        self.chosen.with_untracked(|chosen| chosen.as_ref().map(|one| one.id))
    }
}

/// Lets a paused one fire again, which needs no question: nothing that passed runs by it.
pub(super) fn use_resume(on_changed: Callback<()>) -> (Callback<ScheduleDto>, RwSignal<bool>) {
    let change = use_mutation();
    let resume = Callback::new(move |schedule: ScheduleDto| {
        change.run(api::schedules::resume_schedule(schedule.id), move |_| {
            use_toasts().done(tr!(schedules.resumed, name = schedule.name.clone()));
            on_changed.run(());
        });
    });
    (resume, change.busy)
}

#[component]
pub(super) fn Dialogs(
    dialogs: ScheduleDialogs,
    #[prop(into)] on_changed: Callback<()>,
    #[prop(into)] on_removed: Callback<()>,
) -> impl IntoView {
    view! {
        <RunNow dialogs on_changed/>
        <Pause dialogs on_changed/>
        <Backfill dialogs on_changed/>
        <Removal dialogs on_removed/>
    }
}
