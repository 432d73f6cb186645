//! What happens when a run is late, long or fails.

use esteira_shared::status::{CatchUp, Overlap};
use leptos::prelude::*;

use super::{NumberField, Part};
use crate::{
    components::{Choice, Field, Select, Switch},
    hooks::Draft,
    i18n::tr,
    pages::schedules::editor::{form::ScheduleForm, problems::Errors},
    text::schedules,
};

#[component]
pub fn RunningFields(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let catch_up = draft.part(|form| &mut form.running.catch_up);
    let catches_up = Memo::new(move |_| catch_up.with(|word| word != CatchUp::None.as_str()));
    let (active, set_active) = draft.flag(|form| &mut form.active);
    let overlap = draft.part(|form| &mut form.running.overlap);
    let catch_up_means = move || {
        catch_up
            .get()
            .parse()
            .map(schedules::catch_up_explained)
            .unwrap_or_default()
    };
    let overlap_means = move || {
        overlap
            .get()
            .parse()
            .map(schedules::overlap_explained)
            .unwrap_or_default()
    };
    let policies: Vec<Choice> = CatchUp::ALL
        .iter()
        .map(|one| Choice::new(one.as_str(), schedules::catch_up(*one)))
        .collect();
    let overlaps: Vec<Choice> = Overlap::ALL
        .iter()
        .map(|one| Choice::new(one.as_str(), schedules::overlap(*one)))
        .collect();
    view! {
        <Part title=tr!(schedule_editor.running)>
            <div class="form-grid">
                <Field label=tr!(schedules.catch_up)>
                    <Select value=catch_up options=policies/>
                    <span class="field__hint">{catch_up_means}</span>
                </Field>
                <Show when=move || catches_up.get()>
                    <NumberField
                        label=tr!(schedule_editor.catch_up_hours)
                        hint=tr!(schedule_editor.catch_up_hours_hint)
                        value=draft.part(|form| &mut form.running.catch_up_hours)
                        error=errors.of("catch_up_hours")
                    />
                </Show>
                <Field label=tr!(schedules.overlap)>
                    <Select value=overlap options=overlaps/>
                    <span class="field__hint">{overlap_means}</span>
                </Field>
                <NumberField
                    label=tr!(schedule_editor.pause_after)
                    hint=tr!(schedule_editor.pause_after_hint)
                    value=draft.part(|form| &mut form.running.pause_after_failures)
                    error=errors.of("pause_after_failures")
                />
            </div>
            <Switch on=active on_change=set_active label=tr!(schedule_editor.active)/>
        </Part>
    }
    .into_any()
}
