//! A new maintenance.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use esteira_shared::{dto::schedules::MaintenanceCreate, status::MaintenanceArea};
use leptos::prelude::*;

use super::when;
use crate::{
    api,
    components::{Choice, DatePicker, Dialog, Field, Form, Segments, Select, TextInput},
    hooks::{Mutation, use_mutation, use_now},
    i18n::tr,
    state::toasts::use_toasts,
    text::{format, schedules},
};

const LATER: &str = "later";
const HOUR: &str = "hour";
const FOUR: &str = "four";
const TOMORROW: &str = "tomorrow";

#[component]
pub(super) fn MaintenanceDialog(open: RwSignal<bool>, #[prop(into)] on_made: Callback<()>) -> impl IntoView {
    view! { <Dialog open title=tr!(maintenance.create)><Fields open on_made/></Dialog> }
}

/// A day and a time, as they are typed.
#[derive(Clone, Copy)]
struct Moment {
    day: RwSignal<Option<NaiveDate>>,
    time: RwSignal<String>,
}

impl Moment {
    fn new(time: &str) -> Self {
        Self {
            day: RwSignal::new(Some(format::today())),
            time: RwSignal::new(time.to_owned()),
        }
    }

    fn get(self) -> Option<DateTime<Utc>> {
        let time = self.time.with(|text| when::time(text));
        Some(when::instant(self.day.get()?, time?))
    }
}

/// From when until when.
#[derive(Clone, Copy)]
struct Times {
    begins: RwSignal<String>,
    start: Moment,
    ends: RwSignal<String>,
    end: Moment,
}

impl Times {
    fn is_planned(self) -> bool {
        self.begins.with(|begins| begins == LATER)
    }

    fn starting(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_planned() { self.start.get() } else { Some(now) }
    }

    fn ending(self, from: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        match self.ends.get().as_str() {
            HOUR => Some(from? + TimeDelta::hours(1)),
            FOUR => Some(from? + TimeDelta::hours(4)),
            TOMORROW => Some(when::next_morning(from?)),
            _ => self.end.get(),
        }
    }
}

#[component]
fn Fields(open: RwSignal<bool>, on_made: Callback<()>) -> impl IntoView {
    let (area, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let times = Times {
        begins: RwSignal::new("now".to_owned()),
        start: Moment::new("20:00"),
        ends: RwSignal::new(HOUR.to_owned()),
        end: Moment::new("22:00"),
    };
    let save = use_mutation();
    let submit = move |()| {
        save.clear();
        let now = format::now();
        let Some((area, starts, ends)) = untrack(|| given(save, area, times, now)) else {
            return;
        };
        let create = MaintenanceCreate {
            area,
            reason: reason.get_untracked(),
            starts_at: starts.map(Into::into),
            ends_at: ends.into(),
        };
        if save.accepts(&create) {
            let said = match starts {
                Some(_) => tr!(maintenance.planned_done),
                None => tr!(maintenance.started),
            };
            save.run_quietly(
                async move { api::maintenance::create_maintenance(&create).await },
                move |_| {
                    let _ = open.try_set(false);
                    on_made.run(());
                    use_toasts().done(said);
                },
            );
        }
    };
    let areas = Choice::list(
        MaintenanceArea::ALL
            .iter()
            .map(|area| (area.as_str(), schedules::area(*area))),
    );
    let explained = move || {
        let chosen = area.with(|area| area.parse::<MaintenanceArea>().ok());
        chosen.map(|area| view! { <p class="small faint">{schedules::area_explained(area)}</p> })
    };
    let begins = Choice::list([
        ("now", tr!(maintenance.begins_now)),
        (LATER, tr!(maintenance.begins_later)),
    ]);
    let ends = Choice::list([
        (HOUR, tr!(maintenance.in_hour)),
        (FOUR, tr!(maintenance.in_four)),
        (TOMORROW, tr!(maintenance.tomorrow)),
        (LATER, tr!(maintenance.ends_later)),
    ]);
    let submit_word = Signal::derive(move || {
        if times.is_planned() {
            tr!(maintenance.plan_do)
        } else {
            tr!(maintenance.create_do)
        }
        .to_owned()
    });
    let planned = Memo::new(move |_| times.is_planned());
    let chosen_end = Memo::new(move |_| times.ends.with(|ends| ends == LATER));
    view! {
        <Form save submit=submit_word on_submit=submit on_cancel=move |()| open.set(false)>
            <Field label=tr!(maintenance.area) error=save.field("area")>
                <Select value=area options=areas placeholder=tr!(maintenance.area_choose)/>
            </Field>
            {explained}
            <Field label=tr!(maintenance.reason) hint=tr!(maintenance.reason_hint) error=save.field("reason")>
                <TextInput value=reason/>
            </Field>
            <div class="stack stack--tight">
                <span class="field__label" aria-hidden="true">{tr!(maintenance.begins)}</span>
                <Segments label=tr!(maintenance.begins) value=times.begins options=begins/>
            </div>
            <Show when=move || planned.get()>
                <div class="form-grid">
                    <Field label=tr!(maintenance.start_day) error=save.field("starts_at")><DatePicker value=times.start.day/></Field>
                    <Field label=tr!(maintenance.start_time)><TextInput value=times.start.time kind="time"/></Field>
                </div>
            </Show>
            <div class="stack stack--tight">
                <span class="field__label" aria-hidden="true">{tr!(maintenance.ends)}</span>
                <Segments label=tr!(maintenance.ends) value=times.ends options=ends/>
            </div>
            <Show when=move || chosen_end.get()>
                <div class="form-grid">
                    <Field label=tr!(maintenance.end_day) error=save.field("ends_at")><DatePicker value=times.end.day/></Field>
                    <Field label=tr!(maintenance.end_time)><TextInput value=times.end.time kind="time"/></Field>
                </div>
            </Show>
            <Summary times/>
        </Form>
    }
}

/// What was chosen; nothing when something is missing, which its field then says.
fn given(
    save: Mutation,
    area: RwSignal<String>,
    times: Times,
    now: DateTime<Utc>,
) -> Option<(MaintenanceArea, Option<DateTime<Utc>>, DateTime<Utc>)> {
    let area = area.with(|area| area.parse::<MaintenanceArea>().ok());
    if area.is_none() {
        save.refuse_field("area", tr!(maintenance.area_missing));
    }
    let from = times.starting(now);
    if from.is_none() {
        save.refuse_field("starts_at", tr!(maintenance.when_missing));
    }
    let to = times.ending(from);
    if to.is_none() {
        save.refuse_field("ends_at", tr!(maintenance.when_missing));
    }
    let (area, from, to) = (area?, from?, to?);
    if to <= from.max(now) {
        save.refuse_field("ends_at", tr!(maintenance.end_first));
        return None;
    }
    Some((area, times.is_planned().then_some(from), to))
}

/// The choice in one sentence, kept up with the clock.
#[component]
fn Summary(times: Times) -> impl IntoView {
    let now = use_now();
    let said = move || {
        let from = times.starting(now.get());
        let (from, to) = (from?, times.ending(from)?);
        (to > from).then(|| {
            let length = format::duration((to - from).num_milliseconds());
            let (from, to) = (format::date_time(from), format::date_time(to));
            tr!(maintenance.summary, from = from, to = to, length = length)
        })
    };
    view! { <p class="small" role="status">{said}</p> }.into_any()
}
