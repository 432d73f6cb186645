//! A new exception, or a change to one.

use esteira_shared::status::ScheduleKind;
use leptos::prelude::*;

use super::{Asked, Exceptions, MODIFY, RESCHEDULE, SKIP, form::ExceptionForm};
use crate::{
    components::{Choice, DatePicker, Dialog, Field, Form, Segments, TextInput},
    hooks::use_mutation,
    i18n::tr,
    pages::schedules::editor::{
        fields::{ParameterFields, Refused, TimeInput, part_of},
        form::Parameters,
        problems::{Errors, as_fields},
    },
};

#[component]
pub fn ExceptionDialog(
    exceptions: Exceptions,
    task: Signal<ScheduleKind>,
    /// What the task is told on other days.
    parameters: Signal<Parameters>,
) -> impl IntoView {
    let title = Signal::derive(move || match exceptions.asked.get() {
        Asked::New(..) => tr!(schedule_editor.exception_new).to_owned(),
        Asked::Edit(_) => tr!(schedule_editor.exception_edit).to_owned(),
    });
    view! {
        <Dialog open=exceptions.open title wide=true>
            <Fields exceptions task=task.get_untracked() own=parameters.get_untracked()/>
        </Dialog>
    }
}

#[component]
fn Fields(exceptions: Exceptions, task: ScheduleKind, own: Parameters) -> impl IntoView {
    let asked = exceptions.asked.get_untracked();
    let edited = match asked {
        Asked::Edit(place) => exceptions.value.with_untracked(|all| all.get(place).cloned()),
        Asked::New(..) => None,
    };
    let form = RwSignal::new(match (asked, edited) {
        (Asked::New(kind, date), _) => ExceptionForm::new(kind, date, own.clone()),
        (Asked::Edit(_), Some(exception)) => ExceptionForm::of(&exception, task, own.clone()),
        // It went away meanwhile.
        (Asked::Edit(_), None) => ExceptionForm::new(SKIP, None, own.clone()),
    });
    let check = use_mutation();
    let errors = Errors::new(check);
    let own = StoredValue::new(own);
    let submit = move |()| {
        let made = own.with_value(|own| form.with_untracked(|form| form.exception(task, own)));
        match made {
            Ok(exception) => {
                let instead = match asked {
                    Asked::Edit(place) => Some(place),
                    Asked::New(..) => None,
                };
                exceptions.put(instead, exception);
                exceptions.open.set(false);
            }
            Err(wrong) => {
                errors.unreadable(&wrong);
                check.refuse(as_fields(&wrong));
            }
        }
    };
    let kind = part_of(form, |form| &mut form.kind);
    let is = move |word: &'static str| kind.with(|kind| kind == word);
    let parameters = part_of(form, |form| &mut form.parameters);
    let word = match asked {
        Asked::New(..) => tr!(schedule_editor.exception_add),
        Asked::Edit(_) => tr!(schedule_editor.exception_change),
    };
    view! {
        <Form save=check submit=word on_submit=submit on_cancel=move |()| exceptions.open.set(false)>
            <Segments label=tr!(schedule_editor.exception_type) value=kind options=Choice::list([
                (SKIP, tr!(schedule_editor.skip)),
                (RESCHEDULE, tr!(schedule_editor.reschedule)),
                (MODIFY, tr!(schedule_editor.modify)),
            ])/>
            <p class="small muted">
                {move || if is(SKIP) {
                    tr!(schedule_editor.skip_hint)
                } else if is(RESCHEDULE) {
                    tr!(schedule_editor.reschedule_hint)
                } else {
                    tr!(schedule_editor.modify_hint)
                }}
            </p>
            <div class="form-grid">
                <Field label=tr!(schedule_editor.first_day) hint=tr!(schedule_editor.rule_day_hint) error=errors.of("start")>
                    <DatePicker value=part_of(form, |form| &mut form.start)/>
                </Field>
                <Show when=move || !is(RESCHEDULE)>
                    <Field label=tr!(schedule_editor.last_day) optional=true error=errors.of("end")>
                        <DatePicker value=part_of(form, |form| &mut form.end)/>
                    </Field>
                </Show>
                <Show when=move || is(RESCHEDULE)>
                    <Field label=tr!(schedule_editor.to_day) error=errors.of("to")>
                        <DatePicker value=part_of(form, |form| &mut form.to_day)/>
                    </Field>
                    <Field label=tr!(schedule_editor.to_time) error=errors.of("to_time")>
                        <TimeInput value=part_of(form, |form| &mut form.to_time)/>
                    </Field>
                </Show>
            </div>
            <Show when=move || is(MODIFY)>
                <div class="stack" role="group" aria-label=tr!(schedule_editor.parameters)>
                    <span class="field__label">{tr!(schedule_editor.in_period)}</span>
                    <Refused error=errors.of("changes")/>
                    <ParameterFields task value=parameters errors/>
                </div>
            </Show>
            <Field label=tr!(schedule_editor.reason) optional=true hint=tr!(schedule_editor.reason_hint) error=errors.of("reason")>
                <TextInput value=part_of(form, |form| &mut form.reason)/>
            </Field>
        </Form>
    }
}
