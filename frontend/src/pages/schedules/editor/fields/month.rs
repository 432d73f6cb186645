//! Which day of a month.

use esteira_shared::schedule::{ShortMonth, Weekday};
use leptos::prelude::*;

use super::NumberField;
use crate::{
    components::{Choice, Field, Segments, Select},
    hooks::Draft,
    i18n::tr,
    pages::schedules::editor::{form::ScheduleForm, problems::Errors, times::weekday},
};

/// The first day that some month does not have.
const SHORT: u32 = 29;

#[component]
pub fn MonthDayFields(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let by = draft.part(|form| &mut form.rule.month_by);
    let options = Choice::list([
        ("day", tr!(schedule_editor.by_day)),
        ("last", tr!(schedule_editor.by_last)),
        ("nth", tr!(schedule_editor.by_nth)),
        ("business", tr!(schedule_editor.by_business)),
    ]);
    view! {
        <Segments label=tr!(schedule_editor.which_day) value=by options/>
        {move || match by.get().as_str() {
            "day" => view! { <Day draft errors/> }.into_any(),
            "nth" => view! { <Nth draft errors/> }.into_any(),
            "business" => view! { <Business draft errors/> }.into_any(),
            _ => ().into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Day(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let day = draft.part(|form| &mut form.rule.day);
    let is_rare = Memo::new(move |_| day.with(|day| day.trim().parse::<u32>().is_ok_and(|day| day >= SHORT)));
    let policies = ShortMonth::ALL
        .iter()
        .map(|policy| Choice::new(policy.as_str(), policy_in_words(*policy)))
        .collect::<Vec<_>>();
    let policies = StoredValue::new(policies);
    view! {
        <div class="form-grid">
            <NumberField label=tr!(schedule_editor.day) value=day error=errors.of("rule.day")/>
            <Show when=move || is_rare.get()>
                <Field label=tr!(schedule_editor.short_month)>
                    <Select value=draft.part(|form| &mut form.rule.short_month) options=policies.get_value()/>
                </Field>
            </Show>
        </div>
    }
    .into_any()
}

fn policy_in_words(policy: ShortMonth) -> &'static str {
    match policy {
        ShortMonth::Backward => tr!(schedule_editor.short_backward),
        ShortMonth::Omit => tr!(schedule_editor.short_omit),
        ShortMonth::Forward => tr!(schedule_editor.short_forward),
    }
}

#[component]
fn Nth(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let from_start = (1..=5).map(|n| Choice::new(n.to_string(), tr!(schedule_editor.nth_from_start, n = n)));
    let from_end = (1..=5).map(|n: i32| match n {
        1 => Choice::new("-1", tr!(schedule_editor.nth_last)),
        n => Choice::new((-n).to_string(), tr!(schedule_editor.nth_from_end, n = n)),
    });
    let places: Vec<Choice> = from_start.chain(from_end).collect();
    let days: Vec<Choice> = Weekday::ALL
        .iter()
        .map(|day| Choice::new(day.as_str(), weekday(*day)))
        .collect();
    view! {
        <div class="form-grid">
            <Field label=tr!(schedule_editor.nth) error=errors.within("rule.nth_weekday")>
                <Select value=draft.part(|form| &mut form.rule.nth) options=places/>
            </Field>
            <Field label=tr!(schedule_editor.nth_weekday)>
                <Select value=draft.part(|form| &mut form.rule.nth_weekday) options=days/>
            </Field>
        </div>
    }
    .into_any()
}

#[component]
fn Business(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let ends = Choice::list([
        ("start", tr!(schedule_editor.business_from_start)),
        ("end", tr!(schedule_editor.business_from_end)),
    ]);
    view! {
        <div class="form-grid">
            <NumberField
                label=tr!(schedule_editor.business_day)
                hint=tr!(schedule_editor.business_hint)
                value=draft.part(|form| &mut form.rule.business_day)
                error=errors.of("rule.business_day")
            />
            <Field label=tr!(schedule_editor.business_from)>
                <Select value=draft.part(|form| &mut form.rule.business_from) options=ends/>
            </Field>
        </div>
    }
    .into_any()
}
