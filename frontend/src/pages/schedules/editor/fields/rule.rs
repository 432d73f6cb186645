//! When it runs: the type of the rule, what each type asks for, the zone, and from when to when.

use esteira_shared::schedule::{CRON_CHARS, LocalMinute, Weekday};
use leptos::prelude::*;

use super::{
    NumberField, Part, Refused, TimeInput, Toggle, chips::Chips, month::MonthDayFields, parameters::remove_at, zones,
};
use crate::{
    components::{Choice, Combobox, DatePicker, Field, Segments, TextInput},
    hooks::Draft,
    i18n::tr,
    pages::schedules::editor::{
        form::ScheduleForm,
        preview::Live,
        problems::Errors,
        times::{moment, parse_time, weekday, weekday_short},
    },
    state::session::use_session,
    text::format,
};

#[component]
pub fn RuleFields(draft: Draft<ScheduleForm>, errors: Errors, live: Live) -> impl IntoView {
    let kind = draft.part(|form| &mut form.rule.kind);
    let options = Choice::list([
        ("once", tr!(schedule_editor.once)),
        ("daily", tr!(schedule_editor.daily)),
        ("weekly", tr!(schedule_editor.weekly)),
        ("monthly", tr!(schedule_editor.monthly)),
        ("cron", tr!(schedule_editor.cron)),
        ("custom", tr!(schedule_editor.custom)),
        ("interval", tr!(schedule_editor.interval)),
    ]);
    let counts = Memo::new(move |_| draft.value.with(|form| form.rule.counts()));
    view! {
        <Part title=tr!(schedule_editor.when)>
            <div class="stack stack--tight">
                <Segments label=tr!(schedule_editor.repeat) value=kind options/>
                <Refused error=errors.of("rule")/>
            </div>
            {move || match kind.get().as_str() {
                "once" => view! { <OnceFields draft errors/> }.into_any(),
                "daily" => view! {
                    <div class="form-grid">
                        <NumberField label=tr!(schedule_editor.every_days) value=draft.part(|form| &mut form.rule.every_days) error=errors.of("rule.every")/>
                        <Times draft errors/>
                    </div>
                }.into_any(),
                "weekly" => view! {
                    <Weekdays draft errors/>
                    <div class="form-grid">
                        <NumberField label=tr!(schedule_editor.every_weeks) value=draft.part(|form| &mut form.rule.every_weeks) error=errors.of("rule.every")/>
                        <Times draft errors/>
                    </div>
                }.into_any(),
                "monthly" => view! {
                    <MonthDayFields draft errors/>
                    <div class="form-grid">
                        <NumberField label=tr!(schedule_editor.every_months) value=draft.part(|form| &mut form.rule.every_months) error=errors.of("rule.every")/>
                        <Times draft errors/>
                    </div>
                }.into_any(),
                "cron" => view! { <CronField draft errors live/> }.into_any(),
                "custom" => view! { <Dates draft errors/> }.into_any(),
                _ => view! {
                    <NumberField
                        label=tr!(schedule_editor.minutes)
                        hint=tr!(schedule_editor.minutes_hint)
                        value=draft.part(|form| &mut form.rule.minutes)
                        error=errors.of("rule.minutes")
                    />
                }.into_any(),
            }}
            <Show when=move || counts.get()>
                <Field label=tr!(schedule_editor.counted_from) optional=true hint=tr!(schedule_editor.counted_from_hint) error=errors.of("rule.start")>
                    <DatePicker value=draft.part(|form| &mut form.rule.counted_from)/>
                </Field>
            </Show>
            <Zone draft errors/>
            <div class="form-grid">
                <Field label=tr!(schedule_editor.start) optional=true error=errors.of("start")>
                    <DatePicker value=draft.part(|form| &mut form.rule.start)/>
                </Field>
                <Field label=tr!(schedule_editor.end) optional=true error=errors.of("end")>
                    <DatePicker value=draft.part(|form| &mut form.rule.end)/>
                </Field>
            </div>
        </Part>
    }
    .into_any()
}

#[component]
fn OnceFields(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    view! {
        <div class="form-grid">
            <Field label=tr!(schedule_editor.once_day) error=errors.of("rule.at")>
                <DatePicker value=draft.part(|form| &mut form.rule.once_day)/>
            </Field>
            <Field label=tr!(schedule_editor.once_time) error=errors.of("rule.time")>
                <TimeInput value=draft.part(|form| &mut form.rule.once_time)/>
            </Field>
        </div>
    }
    .into_any()
}

#[component]
fn Weekdays(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let chosen = draft.part(|form| &mut form.rule.weekdays);
    let error = errors.of("rule.weekdays");
    let set = move |day: Weekday, on: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| *other != day);
            if on {
                // In the order of the week.
                let place = chosen.iter().position(|other| *other > day);
                chosen.insert(place.unwrap_or(chosen.len()), day);
            }
        });
    };
    view! {
        <div class="stack stack--tight" role="group" aria-label=tr!(schedule_editor.weekdays)>
            <span class="field__label">{tr!(schedule_editor.weekdays)}</span>
            <div class="toggles">
                {Weekday::ALL.iter().copied().map(|day| view! {
                    <Toggle
                        word=weekday_short(day)
                        name=weekday(day)
                        on=Signal::derive(move || chosen.with(|chosen| chosen.contains(&day)))
                        on_change=move |on| set(day, on)
                        refused=Signal::derive(move || error.get().is_some())
                    />
                }).collect_view()}
            </div>
            <Refused error/>
        </div>
    }
    .into_any()
}

/// The times of a day.
#[component]
fn Times(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let times = draft.part(|form| &mut form.rule.times);
    let add = Callback::new(move |typed: String| {
        let read: Option<Vec<_>> = typed
            .split([',', ';', ' '])
            .filter(|one| !one.is_empty())
            .map(parse_time)
            .collect();
        let Some(read) = read else { return false };
        times.update(|times| {
            for time in read {
                if !times.contains(&time) {
                    let place = times.iter().position(|other| *other > time);
                    times.insert(place.unwrap_or(times.len()), time);
                }
            }
        });
        true
    });
    let values = Signal::derive(move || times.with(|times| times.iter().map(ToString::to_string).collect::<Vec<_>>()));
    view! {
        <Chips
            label=tr!(schedule_editor.times)
            hint=tr!(schedule_editor.times_hint)
            error=errors.within("rule.times")
            not_taken=tr!(schedule_editor.not_a_time)
            values
            add
            remove=Callback::new(move |place: usize| remove_at(times, place))
            placeholder="09:00"
        />
    }
    .into_any()
}

/// Days with their times, one by one.
#[component]
fn Dates(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let dates = draft.part(|form| &mut form.rule.dates);
    let add = Callback::new(move |typed: String| {
        let Some(read) = parse_date_time(&typed) else {
            return false;
        };
        dates.update(|dates| {
            if !dates.contains(&read) {
                let place = dates.iter().position(|other| *other > read);
                dates.insert(place.unwrap_or(dates.len()), read);
            }
        });
        true
    });
    let values = Signal::derive(move || {
        dates.with(|dates| dates.iter().map(|date| moment(&date.to_string())).collect::<Vec<_>>())
    });
    view! {
        <Chips
            label=tr!(schedule_editor.dates)
            hint=tr!(schedule_editor.dates_hint)
            error=errors.within("rule.at")
            not_taken=tr!(schedule_editor.not_a_date_time)
            values
            add
            remove=Callback::new(move |place: usize| remove_at(dates, place))
            placeholder="20/10/2026 09:00"
        />
    }
    .into_any()
}

/// `20/10/2026 09:00`; a day alone is at nine.
fn parse_date_time(typed: &str) -> Option<LocalMinute> {
    let typed = typed.trim();
    let (day, time) = typed.split_once([' ', ',']).unwrap_or((typed, "9"));
    Some(LocalMinute::new(format::parse_date(day)?, parse_time(time)?))
}

#[component]
fn CronField(draft: Draft<ScheduleForm>, errors: Errors, live: Live) -> impl IntoView {
    let expression = draft.part(|form| &mut form.rule.expression);
    let error = errors.of("rule.expression");
    // Only while the server has answered about what stands in the field.
    let meaning = move || {
        let fine = error.get().is_none() && !live.loading.get();
        let words = live
            .shown
            .with(|shown| shown.as_ref().map(|shown| shown.told.next.description.clone()));
        words.filter(|_| fine)
    };
    view! {
        <div class="cron">
            <Field label=tr!(schedule_editor.expression) hint=tr!(schedule_editor.expression_hint, most = CRON_CHARS) error>
                <TextInput value=expression mono=true placeholder="0 9 * * 1-5"/>
            </Field>
            <p class="cron__meaning small muted">{meaning}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Zone(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let session = untrack(|| use_session().get());
    let organization = session.map(|session| session.organization.timezone).unwrap_or_default();
    let zone = draft.part(|form| &mut form.rule.timezone);
    let typed = RwSignal::new(String::new());
    let options = Memo::new(move |_| zones::choices(&typed.get(), &zone.get(), &organization));
    // What was searched for is over once something is chosen.
    Effect::new(move |_| {
        zone.track();
        typed.set(String::new());
    });
    view! {
        <Field label=tr!(schedule_editor.zone) hint=tr!(schedule_editor.zone_hint) error=errors.of("timezone")>
            <Combobox value=zone options on_search=move |text| typed.set(text)/>
        </Field>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::parse_date_time;

    #[test]
    fn a_date_is_typed_with_its_time_or_alone() {
        for (typed, read) in [
            ("20/10/2026 09:30", Some("2026-10-20T09:30")),
            ("20/10/26 9h", Some("2026-10-20T09:00")),
            (" 20/10/2026 ", Some("2026-10-20T09:00")),
            ("20/10/2026 25h", None),
            ("31/02/2026 09:00", None),
            ("amanhã", None),
            ("", None),
        ] {
            let found = parse_date_time(typed).map(|read| read.to_string());
            assert_eq!(found.as_deref(), read, "{typed}");
        }
    }
}
