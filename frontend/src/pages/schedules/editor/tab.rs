//! A saved schedule's rule and its exceptions, as tabs of its page.

use esteira_shared::{
    dto::schedules::{ScheduleDto, ScheduleExceptionDto, ScheduleExceptionsDto, ScheduleExceptionsUpdate},
    event::Topic,
    ids::ScheduleId,
    permission::Permission,
    schedule::{Exception, Schedule},
};
use leptos::prelude::*;

use super::{
    exceptions::{ExceptionDialog, ExceptionList, Exceptions},
    fields::Part,
    form::{Parameters, Wrong},
    page::{About, Editor, Homeless},
    preview::{Pane, Sentence, use_live},
    problems::Errors,
};
use crate::{
    api,
    components::{AsyncView, Form},
    hooks::{self, Query, merge_fields, use_draft, use_mutation, use_query},
    i18n::tr,
    state::{drafts, session::use_session, toasts::use_toasts},
};

#[component]
pub fn ScheduleTab(schedule: Signal<ScheduleDto>) -> impl IntoView {
    if !untrack(|| use_session().may(Permission::ManageSchedules)) {
        return view! { <Seen schedule/> }.into_any();
    }
    // One's own saving counts at once, before the live stream tells of it.
    let own = RwSignal::new(None::<ScheduleDto>);
    let now = Signal::derive(move || {
        let told = schedule.get();
        own.get().filter(|own| own.version > told.version).unwrap_or(told)
    });
    view! { <Editor about=About::Saved(now) on_saved=move |saved| own.set(Some(saved))/> }.into_any()
}

/// For whoever may look at it and not change it.
#[component]
fn Seen(schedule: Signal<ScheduleDto>) -> impl IntoView {
    let drafted = Memo::new(move |_| Ok(schedule.with(|schedule| schedule.schedule.clone())));
    let errors = Errors::new(use_mutation());
    let live = use_live(drafted, Signal::stored(None), errors);
    view! {
        <div class="stack">
            <Sentence live/>
            <Homeless errors/>
            <Pane live/>
        </div>
    }
    .into_any()
}

#[derive(Clone, PartialEq)]
struct ExceptionsForm {
    exceptions: Vec<Exception>,
    version: i32,
}

impl ExceptionsForm {
    fn of(saved: &ScheduleExceptionsDto) -> Self {
        Self {
            exceptions: saved.exceptions.iter().map(|one| one.exception.clone()).collect(),
            version: saved.version,
        }
    }
}

impl hooks::Form for ExceptionsForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs; exceptions => tr!(schedule_editor.exceptions))
    }
}

#[component]
pub fn ExceptionsTab(schedule: Signal<ScheduleDto>) -> impl IntoView {
    let id = schedule.with_untracked(|schedule| schedule.id);
    let query = use_query(&[Topic::Schedules, Topic::Calendars], move || async move {
        api::schedules::get_schedule_exceptions(id).await
    });
    let may_manage = untrack(|| use_session().may(Permission::ManageSchedules));
    view! {
        <AsyncView query let:data>
            {if may_manage {
                view! { <Manager id schedule query first=data.get_untracked()/> }.into_any()
            } else {
                view! { <Seen schedule/> }.into_any()
            }}
        </AsyncView>
    }
    .into_any()
}

/// Under which a draft is kept.
fn key(id: ScheduleId) -> String {
    format!("schedule/{id}/exceptions")
}

#[component]
fn Manager(
    id: ScheduleId,
    schedule: Signal<ScheduleDto>,
    query: Query<ScheduleExceptionsDto>,
    first: ScheduleExceptionsDto,
) -> impl IntoView {
    let draft = use_draft(key(id), ExceptionsForm::of(&first));
    let save = use_mutation();
    let errors = Errors::new(save);
    // The rule is the schedule's; what is compared differs in its exceptions alone.
    let with = move |exceptions: Vec<Exception>| -> Schedule {
        let rule = schedule.with(|schedule| schedule.schedule.clone());
        Schedule { exceptions, ..rule }
    };
    let drafted =
        Memo::new(move |_| -> Result<Schedule, Wrong> { Ok(with(draft.value.with(|form| form.exceptions.clone()))) });
    let kept = Memo::new(move |_| {
        query.data.with(|now| {
            let now = now.as_ref().unwrap_or(&first);
            (ExceptionsForm::of(now), now.exceptions.clone())
        })
    });
    let live = use_live(
        drafted,
        Signal::derive(move || Some(with(kept.with(|(kept, _)| kept.exceptions.clone())))),
        errors,
    );
    // Somebody else saved: with nothing typed here the new ones simply appear; otherwise the conflict is told on saving.
    Effect::new(move |_| {
        let (now, _) = kept.get();
        if !draft.state.dirty.get_untracked() {
            draft.saved(now);
        }
    });
    let exceptions = Exceptions::new(draft.part(|form| &mut form.exceptions));
    let submit = move |()| {
        let form = draft.get_untracked();
        let update = ScheduleExceptionsUpdate {
            exceptions: form.exceptions,
            version: form.version,
        };
        let send = async move { api::schedules::update_schedule_exceptions(id, &update).await };
        save.run_quietly(send, move |now| {
            use_toasts().done(tr!(schedule_editor.exceptions_saved));
            // Somebody may have gone elsewhere meanwhile; what is saved is no draft any more all the same.
            if save.busy.try_get_untracked().is_none() {
                return drafts::forget(&key(id));
            }
            draft.saved(ExceptionsForm::of(&now));
            query.set(now);
        });
    };
    let reread = move |()| {
        save.run_quietly(
            async move { api::schedules::get_schedule_exceptions(id).await },
            move |theirs| {
                draft.meet(&ExceptionsForm::of(&theirs));
                query.set(theirs);
            },
        );
    };
    let saved = Signal::derive(move || -> Vec<ScheduleExceptionDto> { kept.with(|(_, saved)| saved.clone()) });
    let nothing_to_save = Signal::derive(move || !draft.state.dirty.get());
    let task = Signal::derive(move || schedule.with(|schedule| schedule.kind));
    let parameters = Signal::derive(move || {
        schedule.with(|schedule| {
            let mut own = Parameters::default();
            own.read(schedule.kind, &schedule.parameters);
            own
        })
    });
    view! {
        <div class="editor">
            <div class="editor__form">
                <Sentence live/>
                <Form save draft=draft.state submit=tr!(schedule_editor.exceptions_save) on_submit=submit on_conflict=reread disabled=nothing_to_save>
                    <Part title=tr!(schedule_editor.exceptions)>
                        <p class="small muted">{tr!(schedule_editor.exceptions_text)}</p>
                        <ExceptionList exceptions live errors saved/>
                    </Part>
                    <Homeless errors/>
                </Form>
            </div>
            <aside class="editor__preview"><Pane live exceptions/></aside>
        </div>
        <ExceptionDialog exceptions task parameters/>
    }
    .into_any()
}
