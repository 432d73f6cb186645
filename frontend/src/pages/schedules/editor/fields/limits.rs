//! What keeps a date from running, and where its run goes then.

use chrono::NaiveDate;
use esteira_shared::schedule::{Blackout, Roll};
use leptos::prelude::*;

use super::{NumberField, Part, Refused, TimeInput, Toggle, parameters::remove_at};
use crate::{
    api,
    components::{
        Button, Choice, DatePicker, ErrorCard, Field, Icon, IconButton, IconName, Segments, Switch, TextInput,
    },
    hooks::{Draft, use_query},
    i18n::tr,
    pages::schedules::editor::{form::ScheduleForm, problems::Errors},
    text::format,
};

/// The built-in calendar that most need.
const NATIONAL: &str = "br-national";

#[component]
pub fn LimitFields(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let (weekends, set_weekends) = draft.flag(|form| &mut form.limits.skip_weekends);
    let holidays = draft.flag(|form| &mut form.limits.skip_holidays).0;
    let set_holidays = move |on: bool| {
        draft.value.update(|form| {
            form.limits.skip_holidays = on;
            // Without a calendar there is nothing to skip.
            if on && form.limits.calendars.is_empty() {
                form.limits.calendars.push(NATIONAL.to_owned());
            }
        });
    };
    let (windowed, set_windowed) = draft.flag(|form| &mut form.limits.windowed);
    let rolls = Choice::list([
        (Roll::Skip.as_str(), tr!(schedule_editor.roll_skip)),
        (Roll::NextBusinessDay.as_str(), tr!(schedule_editor.roll_next)),
        (Roll::PreviousBusinessDay.as_str(), tr!(schedule_editor.roll_previous)),
    ]);
    let roll = draft.part(|form| &mut form.limits.roll);
    let roll_means = move || match roll.get().parse() {
        Ok(Roll::NextBusinessDay) => tr!(schedule_editor.roll_next_text),
        Ok(Roll::PreviousBusinessDay) => tr!(schedule_editor.roll_previous_text),
        Ok(Roll::Skip) | Err(_) => tr!(schedule_editor.roll_skip_text),
    };
    view! {
        <Part title=tr!(schedule_editor.limits)>
            <div class="opts">
                <div class="opt"><Switch on=weekends on_change=set_weekends label=tr!(schedule_editor.skip_weekends)/></div>
                <div class="opt">
                    <Switch on=holidays on_change=set_holidays label=tr!(schedule_editor.skip_holidays)/>
                    <Calendars draft errors/>
                </div>
                <div class="opt">
                    <span class="field__label">{tr!(schedule_editor.roll)}</span>
                    <Segments label=tr!(schedule_editor.roll) value=roll options=rolls/>
                    <span class="field__hint">{roll_means}</span>
                </div>
                <div class="opt">
                    <Switch on=windowed on_change=set_windowed label=tr!(schedule_editor.window)/>
                    <span class="field__hint">{tr!(schedule_editor.window_hint)}</span>
                    <Show when=move || windowed.get()>
                        <div class="form-grid">
                            <Field label=tr!(schedule_editor.window_start) error=errors.of("window.start")>
                                <TimeInput value=draft.part(|form| &mut form.limits.window_start)/>
                            </Field>
                            <Field label=tr!(schedule_editor.window_end) error=errors.of("window.end")>
                                <TimeInput value=draft.part(|form| &mut form.limits.window_end)/>
                            </Field>
                        </div>
                    </Show>
                </div>
                <div class="opt"><Blackouts draft errors/></div>
                <div class="opt">
                    <NumberField
                        label=tr!(schedule_editor.jitter)
                        hint=tr!(schedule_editor.jitter_hint)
                        value=draft.part(|form| &mut form.limits.jitter_seconds)
                        error=errors.of("jitter_seconds")
                    />
                </div>
            </div>
        </Part>
    }
    .into_any()
}

/// Built-in ones and the organisation's own. They say what a business day is, also while holidays are not skipped.
#[component]
fn Calendars(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let chosen = draft.part(|form| &mut form.limits.calendars);
    let known = use_query(&[esteira_shared::event::Topic::Calendars], || async {
        api::calendars::all_calendars().await
    });
    let all = Memo::new(move |_| {
        let mut all: Vec<(String, String)> = known.data.with(|known| {
            let known = known.iter().flatten();
            known.map(|one| (one.name.clone(), one.title.clone())).collect()
        });
        // One that is gone can still be taken off.
        for name in chosen.get() {
            if !all.iter().any(|(known, _)| *known == name) {
                all.push((name.clone(), name));
            }
        }
        all
    });
    let set = move |name: &str, on: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| other != name);
            if on {
                chosen.push(name.to_owned());
            }
        });
    };
    let error = errors.within("calendars");
    view! {
        <div class="stack stack--tight" role="group" aria-label=tr!(schedule_editor.calendars)>
            <span class="field__label">{tr!(schedule_editor.calendars)}</span>
            {move || known.error.get().map(|error| view! { <ErrorCard error on_retry=move |()| known.refetch()/> })}
            <div class="toggles">
                {move || all.get().into_iter().map(|(name, title)| {
                    let (mine, asked) = (name.clone(), name);
                    view! {
                        <Toggle
                            word=title.clone()
                            name=title
                            on=Signal::derive(move || chosen.with(|chosen| chosen.contains(&mine)))
                            on_change=move |on| set(&asked, on)
                            refused=Signal::derive(move || error.get().is_some())
                        />
                    }
                }).collect_view()}
            </div>
            <Refused error/>
            <span class="field__hint">{tr!(schedule_editor.calendars_hint)}</span>
        </div>
    }
    .into_any()
}

/// Periods in which nothing runs. A period is typed below the list and then taken into it.
#[component]
fn Blackouts(draft: Draft<ScheduleForm>, errors: Errors) -> impl IntoView {
    let all = draft.part(|form| &mut form.limits.blackouts);
    let start = RwSignal::new(None::<NaiveDate>);
    let end = RwSignal::new(None::<NaiveDate>);
    let reason = RwSignal::new(String::new());
    let missing = RwSignal::new(None::<String>);
    let wrong_end = RwSignal::new(None::<String>);
    let add = move |()| {
        let Some(first) = start.get_untracked() else {
            return missing.set(Some(tr!(schedule_editor.no_date).to_owned()));
        };
        let last = end.get_untracked().unwrap_or(first);
        missing.set(None);
        if last < first {
            return wrong_end.set(Some(tr!(schedule_editor.end_before_start).to_owned()));
        }
        wrong_end.set(None);
        let why = reason.get_untracked().trim().to_owned();
        all.update(|all| {
            let made = Blackout {
                start: first,
                end: last,
                reason: (!why.is_empty()).then_some(why),
            };
            let place = all.iter().position(|other| other.start > first);
            all.insert(place.unwrap_or(all.len()), made);
        });
        start.set(None);
        end.set(None);
        reason.set(String::new());
    };
    // Back into the fields, to be taken again.
    let edit = move |place: usize| {
        if let Some(one) = all.with_untracked(|all| all.get(place).cloned()) {
            start.set(Some(one.start));
            end.set(Some(one.end));
            reason.set(one.reason.unwrap_or_default());
            remove_at(all, place);
        }
    };
    view! {
        <div class="stack stack--tight" role="group" aria-label=tr!(schedule_editor.blackouts)>
            <span class="field__label">{tr!(schedule_editor.blackouts)}</span>
            <ul class="periods">
                {move || all.get().into_iter().enumerate().map(|(place, one)| {
                    let words = period_in_words(&one);
                    let error = errors.entry("blackouts", place);
                    view! {
                        <li class="periods__one">
                            <span class="periods__what">
                                <span>{words.clone()}</span>
                                {move || error.get().map(|text| view! { <span class="field__error"><Icon name=IconName::Needs/>{text}</span> })}
                            </span>
                            <IconButton icon=IconName::Edit label=tr!(schedule_editor.edit_named, name = words.clone()) on_click=move |()| edit(place)/>
                            <IconButton icon=IconName::Trash label=tr!(schedule_editor.remove_named, name = words) on_click=move |()| remove_at(all, place)/>
                        </li>
                    }
                }).collect_view()}
            </ul>
            <Refused error=errors.of("blackouts")/>
            <div class="periods__new">
                <Field label=tr!(schedule_editor.first_blocked) optional=true error=missing>
                    <DatePicker value=start/>
                </Field>
                <Field label=tr!(schedule_editor.last_blocked) optional=true error=wrong_end>
                    <DatePicker value=end/>
                </Field>
                <Field label=tr!(schedule_editor.reason) optional=true>
                    <TextInput value=reason on_enter=add/>
                </Field>
                <Button icon=IconName::Plus on_click=add>{tr!(schedule_editor.block)}</Button>
            </div>
        </div>
    }
    .into_any()
}

/// `24/12/2026 a 02/01/2027 · fechamento`
fn period_in_words(one: &Blackout) -> String {
    let dates = if one.start == one.end {
        format::date(one.start)
    } else {
        tr!(
            schedule_editor.period,
            start = format::date(one.start),
            end = format::date(one.end)
        )
    };
    match &one.reason {
        Some(reason) => format!("{dates} · {reason}"),
        None => dates,
    }
}
