//! What runs: name, kind, and what the kind is told.

use esteira_shared::{dto::schedules::ScheduleKindDto, status::ScheduleKind};
use leptos::prelude::*;

use super::{ParameterFields, Part, Refused};
use crate::{
    components::{Field, TextInput},
    hooks::Draft,
    i18n::tr,
    pages::schedules::editor::{form::ScheduleForm, problems::Errors},
    text::{format, schedules},
};

#[component]
pub fn WhatFields(
    draft: Draft<ScheduleForm>,
    errors: Errors,
    /// To choose from; a saved schedule stays what it is.
    kinds: Option<Vec<ScheduleKindDto>>,
) -> impl IntoView {
    let kind = draft.part(|form| &mut form.kind);
    let is_new = kinds.is_some();
    view! {
        <Part title=tr!(schedule_editor.what)>
            <Field label=tr!(schedules.name) error=errors.of("name")>
                <TextInput value=draft.part(|form| &mut form.name) autofocus=is_new/>
            </Field>
            {kinds.map(|kinds| view! { <Kinds draft kinds/> })}
            {(!is_new).then(|| view! { <p class="small muted">{move || schedules::kind_explained(kind.get())}</p> })}
            {move || view! { <ParameterFields task=kind.get() value=draft.part(|form| &mut form.parameters) errors/> }}
            <Refused error=errors.of("parameters")/>
        </Part>
    }
    .into_any()
}

#[component]
fn Kinds(draft: Draft<ScheduleForm>, kinds: Vec<ScheduleKindDto>) -> impl IntoView {
    let chosen = draft.part(|form| &mut form.kind);
    let all: Vec<ScheduleKind> = kinds.iter().map(|one| one.kind).collect();
    let kinds = StoredValue::new(kinds);
    let choose = move |kind: ScheduleKind| {
        let today = format::today();
        kinds.with_value(|kinds| draft.value.update(|form| form.choose(kind, kinds, today)));
    };
    view! {
        <fieldset class="kinds">
            <legend class="field__label">{tr!(schedules.kind)}</legend>
            {all.into_iter().map(|kind| view! {
                <label class="kinds__one">
                    <input
                        type="radio"
                        name="schedule-kind"
                        value=kind.as_str()
                        prop:checked=move || chosen.get() == kind
                        on:change=move |_| choose(kind)
                    />
                    <span><b>{schedules::kind(kind)}</b><small>{schedules::kind_explained(kind)}</small></span>
                </label>
            }).collect_view()}
        </fieldset>
    }
    .into_any()
}
