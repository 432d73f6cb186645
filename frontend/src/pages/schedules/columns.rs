//! The columns of the list of schedules.

use esteira_shared::dto::schedules::{MissedQuery, ScheduleDto, ScheduleState};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{dialogs::ScheduleDialogs, words};
use crate::{
    components::{Column, Icon, IconName, Menu, MenuItem, RelativeTime},
    i18n::{counted, tr},
    routes::paths,
    text::{format, schedules},
};

/// What a row's menu does, for those who may.
#[derive(Clone, Copy)]
pub(super) struct RowActions {
    pub(super) dialogs: ScheduleDialogs,
    pub(super) resume: Callback<ScheduleDto>,
    /// Goes to the schedule's page.
    pub(super) open: Callback<ScheduleDto>,
}

pub(super) fn columns(acts: Option<RowActions>) -> Vec<Column<ScheduleDto>> {
    let mut columns = vec![
        Column::new("name", tr!(schedules.name), name).main(),
        Column::new("kind", tr!(schedules.kind), |one: &ScheduleDto| {
            schedules::kind(one.kind)
        }),
        Column::new("state", tr!(schedules.state), state),
        Column::new("next", tr!(schedules.next), |one: &ScheduleDto| {
            words::next(one.next.as_ref(), one.state)
        }),
        Column::new("last", tr!(schedules.last), last),
        Column::new("missed", tr!(schedules.missed), missed).numeric(),
        Column::new("zone", tr!(schedules.zone), |one: &ScheduleDto| {
            one.schedule.timezone.clone()
        })
        .hidden(),
        Column::new("catch_up", tr!(schedules.catch_up), |one: &ScheduleDto| {
            schedules::catch_up(one.catch_up)
        })
        .hidden(),
        Column::new("overlap", tr!(schedules.overlap), |one: &ScheduleDto| {
            schedules::overlap(one.overlap)
        })
        .hidden(),
    ];
    if let Some(acts) = acts {
        columns.push(Column::actions(move |one: &ScheduleDto| actions(one, acts)));
    }
    columns
}

/// The name, and the rule in words below it.
fn name(one: &ScheduleDto) -> AnyView {
    let (name, whole) = (one.name.clone(), one.name.clone());
    let (rule, rule_whole) = (one.description.clone(), one.description.clone());
    view! {
        <span class="sched-name">
            <A href=paths::schedule(one.id) attr:title=whole>{name}</A>
            <small title=rule_whole>{rule}</small>
        </span>
    }
    .into_any()
}

fn state(one: &ScheduleDto) -> AnyView {
    let mark = words::state(one, false);
    let note = one.pause.as_ref().and_then(|pause| pause.note.clone());
    view! {
        <span class="sched-state">
            {mark}
            {note.map(|note| { let whole = note.clone(); view! { <small class="faint truncate" translate="no" title=whole>{note}</small> } })}
        </span>
    }
    .into_any()
}

/// How the last run went, when, and how late it began.
fn last(one: &ScheduleDto) -> AnyView {
    let Some(run) = &one.last else { return words::nothing() };
    let mark = words::mark(run, false);
    let at = run.fired_at.unwrap_or(run.due_at);
    let late = words::late(run).map(|late| format!(" · {late}"));
    let failures = (one.failures_in_row > 1).then(|| {
        let count = format::count(one.failures_in_row.into());
        format!(" · {}", tr!(schedules.failures_in_row, count = count))
    });
    view! {
        <span class="sched-last">
            {mark}
            <small class="faint"><RelativeTime at/>{late}{failures}</small>
        </span>
    }
    .into_any()
}

/// How many slots wait for somebody's word, with the way to them.
fn missed(one: &ScheduleDto) -> AnyView {
    if one.missed == 0 {
        return view! { <span class="faint">"0"</span> }.into_any();
    }
    let query = MissedQuery {
        schedule_id: Some(one.id),
        ..MissedQuery::default()
    };
    let title = counted!(schedules.see_missed_single, schedules.see_missed_many, one.missed);
    let count = format::count(one.missed);
    view! {
        <A href=paths::missed_where(&query) attr:class="st st--need" attr:title=title><Icon name=IconName::Needs/>{count}</A>
    }
    .into_any()
}

fn actions(one: &ScheduleDto, acts: RowActions) -> AnyView {
    let row = StoredValue::new(one.clone());
    let dialogs = acts.dialogs;
    let on = move |dialog| dialogs.on(row.get_value(), dialog);
    let paused = one.state == ScheduleState::Paused;
    let active = one.state == ScheduleState::Active;
    view! {
        <Menu label=tr!(forms.actions_of, name = one.name.clone())>
            <MenuItem icon=IconName::Play on_click=move |()| on(dialogs.run)>{tr!(schedules.run_now)}</MenuItem>
            {active.then(|| view! { <MenuItem icon=IconName::Pause on_click=move |()| on(dialogs.pause)>{tr!(schedules.pause)}</MenuItem> })}
            {paused.then(|| view! { <MenuItem icon=IconName::Retry on_click=move |()| acts.resume.run(row.get_value())>{tr!(schedules.resume)}</MenuItem> })}
            <MenuItem icon=IconName::Right on_click=move |()| acts.open.run(row.get_value())>{tr!(schedules.open)}</MenuItem>
        </Menu>
    }
    .into_any()
}
