//! The form of a schedule with its preview beside it; new ones and saved ones have it in common.

use esteira_shared::{
    dto::schedules::{ScheduleDto, ScheduleKindDto},
    ids::ScheduleId,
    schedule::Schedule,
    status::Tone,
};
use leptos::prelude::*;

use super::{
    exceptions::{ExceptionDialog, ExceptionList, Exceptions},
    fields::{LimitFields, Part, RuleFields, RunningFields, WhatFields},
    form::{ScheduleForm, Wrong},
    preview::{Pane, Sentence, use_live},
    problems::{Errors, as_fields},
};
use crate::{
    api,
    components::{Form, Notice},
    hooks::{Draft, Mutation, use_draft, use_mutation},
    i18n::tr,
    state::{drafts, toasts::use_toasts},
    text::format,
};

/// What the form is about.
#[derive(Clone)]
pub enum About {
    /// A new one, of one of these kinds.
    New {
        kinds: Vec<ScheduleKindDto>,
        timezone: String,
    },
    /// A saved one, as it is now.
    Saved(Signal<ScheduleDto>),
}

impl About {
    fn form(&self) -> ScheduleForm {
        match self {
            Self::New { kinds, timezone } => ScheduleForm::fresh(kinds, timezone, format::today()),
            Self::Saved(schedule) => schedule.with_untracked(|schedule| ScheduleForm::of(schedule, format::today())),
        }
    }

    fn id(&self) -> Option<ScheduleId> {
        match self {
            Self::New { .. } => None,
            Self::Saved(schedule) => Some(schedule.with_untracked(|schedule| schedule.id)),
        }
    }

    fn kinds(&self) -> Option<Vec<ScheduleKindDto>> {
        match self {
            Self::New { kinds, .. } => Some(kinds.clone()),
            Self::Saved(_) => None,
        }
    }

    /// What the preview is compared with.
    fn saved(&self) -> Signal<Option<Schedule>> {
        match self {
            Self::New { .. } => Signal::stored(None),
            Self::Saved(schedule) => {
                let schedule = *schedule;
                Signal::derive(move || Some(schedule.with(|schedule| schedule.schedule.clone())))
            }
        }
    }
}

#[component]
pub fn Editor(about: About, #[prop(into)] on_saved: Callback<ScheduleDto>) -> impl IntoView {
    let id = about.id();
    let draft = use_draft(key(id), about.form());
    let save = use_mutation();
    let errors = Errors::new(save);
    let drafted = Memo::new(move |_| draft.value.with(ScheduleForm::schedule));
    let live = use_live(drafted, about.saved(), errors);
    let exceptions = Exceptions::new(draft.part(|form| &mut form.exceptions));
    if let About::Saved(schedule) = &about {
        follow(draft, *schedule);
    }
    let done = move |saved: ScheduleDto| {
        use_toasts().done(match id {
            None => tr!(schedule_editor.created, name = saved.name.clone()),
            Some(_) => tr!(schedule_editor.saved, name = saved.name.clone()),
        });
        // Somebody may have gone elsewhere meanwhile; what is saved is no draft any more all the same.
        if save.busy.try_get_untracked().is_none() {
            return drafts::forget(&key(id));
        }
        draft.saved(ScheduleForm::of(&saved, format::today()));
        on_saved.run(saved);
    };
    let submit = move |()| {
        let form = draft.get_untracked();
        match id {
            None => match form.create() {
                Ok(create) if save.accepts(&create) => {
                    save.run_quietly(async move { api::schedules::create_schedule(&create).await }, done);
                }
                Ok(_) => {}
                Err(wrong) => refuse(save, errors, &wrong),
            },
            Some(id) => match form.update() {
                Ok(update) if save.accepts(&update) => {
                    save.run_quietly(async move { api::schedules::update_schedule(id, &update).await }, done);
                }
                Ok(_) => {}
                Err(wrong) => refuse(save, errors, &wrong),
            },
        }
    };
    let reread = move |()| {
        if let Some(id) = id {
            let read = async move { api::schedules::get_schedule(id).await };
            save.run_quietly(read, move |theirs| {
                draft.meet(&ScheduleForm::of(&theirs, format::today()))
            });
        }
    };
    let submit_word = match id {
        None => tr!(schedule_editor.create_do),
        Some(_) => tr!(schedule_editor.save),
    };
    let nothing_to_save = Signal::derive(move || id.is_some() && !draft.state.dirty.get());
    let task = Signal::derive(move || draft.value.with(|form| form.kind));
    let parameters = Signal::derive(move || draft.value.with(|form| form.parameters.clone()));
    view! {
        <div class="editor">
            <div class="editor__form">
                <Sentence live/>
                <Form save draft=draft.state submit=submit_word on_submit=submit on_conflict=reread disabled=nothing_to_save>
                    <WhatFields draft errors kinds=about.kinds()/>
                    <RuleFields draft errors live/>
                    <LimitFields draft errors/>
                    <Part title=tr!(schedule_editor.exceptions)>
                        <ExceptionList exceptions live errors/>
                    </Part>
                    <RunningFields draft errors/>
                    <Homeless errors/>
                </Form>
            </div>
            <aside class="editor__preview"><Pane live exceptions/></aside>
        </div>
        <ExceptionDialog exceptions task parameters/>
    }
    .into_any()
}

/// Under which a draft is kept.
fn key(id: Option<ScheduleId>) -> String {
    id.map_or_else(|| "schedule/new".to_owned(), |id| format!("schedule/{id}"))
}

fn refuse(save: Mutation, errors: Errors, wrong: &Wrong) {
    errors.unreadable(wrong);
    save.refuse(as_fields(wrong));
}

/// Somebody else saved: with nothing typed here the new values simply appear; otherwise the conflict is told on saving.
fn follow(draft: Draft<ScheduleForm>, schedule: Signal<ScheduleDto>) {
    Effect::new(move |_| {
        let now = schedule.with(|schedule| ScheduleForm::of(schedule, format::today()));
        // An answer from before one's own saving is not news.
        let newer = draft.value.with_untracked(|form| now.version > form.version);
        if newer && !draft.state.dirty.get_untracked() {
            draft.saved(now);
        }
    });
}

/// Refusals that no field shows.
#[component]
pub fn Homeless(errors: Errors) -> impl IntoView {
    view! {
        <div role="alert">
            {move || errors.homeless().into_iter().map(|text| view! { <Notice tone=Tone::Failed title=text/> }).collect_view()}
        </div>
    }
    .into_any()
}
