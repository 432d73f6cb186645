//! The columns of the list of slots that did not run.

use esteira_shared::dto::schedules::ScheduleRunDto;
use leptos::prelude::*;
use leptos_router::components::A;

use super::{super::words, act::Act};
use crate::{
    components::{Column, IconName, Menu, MenuItem, RelativeTime},
    i18n::tr,
    routes::paths,
    text::{format, schedules},
};

pub(super) fn columns(ask: Option<Callback<(Act, ScheduleRunDto)>>) -> Vec<Column<ScheduleRunDto>> {
    let mut columns = vec![
        Column::new("schedule", tr!(schedules.schedule), |run: &ScheduleRunDto| {
            let (name, whole) = (run.schedule_name.clone(), run.schedule_name.clone());
            view! {
                <span class="sched-name">
                    <A href=paths::schedule_history(run.schedule_id) attr:title=whole>{name}</A>
                    <small>{schedules::kind(run.kind)}</small>
                </span>
            }
        })
        .main(),
        Column::new("nominal", tr!(schedules.slot), |run: &ScheduleRunDto| {
            view! { <span class="num nowrap">{format::date_time(*run.nominal_at)}</span> }
        }),
        Column::new("ago", tr!(schedules.ago), |run: &ScheduleRunDto| {
            view! { <span class="muted"><RelativeTime at=run.due_at/></span> }
        }),
        Column::new("cause", tr!(schedules.cause), |run: &ScheduleRunDto| {
            words::cause(run).unwrap_or_default()
        }),
        Column::new("moved", tr!(schedules.moved), words::moved).hidden(),
    ];
    if let Some(ask) = ask {
        columns.push(Column::actions(move |run: &ScheduleRunDto| actions(run, ask)));
    }
    columns
}

fn actions(run: &ScheduleRunDto, ask: Callback<(Act, ScheduleRunDto)>) -> AnyView {
    let row = StoredValue::new(run.clone());
    let on = move |act| ask.run((act, row.get_value()));
    view! {
        <Menu label=tr!(forms.actions_of, name = words::run_label(run))>
            <MenuItem icon=IconName::Play on_click=move |()| on(Act::Run)>{tr!(schedules.missed_run)}</MenuItem>
            <MenuItem icon=IconName::Close on_click=move |()| on(Act::Dismiss)>{tr!(schedules.missed_dismiss)}</MenuItem>
        </Menu>
    }
    .into_any()
}
