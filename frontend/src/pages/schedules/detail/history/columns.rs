//! The columns of a schedule's history.

use esteira_shared::{
    dto::schedules::ScheduleRunDto,
    status::{RunOrigin, ScheduleRunStatus},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    super::super::{results, words},
    RunDialogs,
};
use crate::{
    components::{Column, IconName, Menu, MenuItem, RelativeTime},
    i18n::tr,
    routes::paths,
    text::{
        format,
        reasons::{plain, quotes, told},
        tasks,
    },
};

pub(super) fn columns(dialogs: RunDialogs, may_manage: bool) -> Vec<Column<ScheduleRunDto>> {
    let mut columns = vec![
        Column::new("nominal", tr!(schedules.slot), move |run: &ScheduleRunDto| {
            name(run, dialogs)
        })
        .main(),
        Column::new("status", tr!(schedules.status), status),
        Column::new("result", tr!(schedules.result), result),
        Column::new("late", tr!(schedules.late), |run: &ScheduleRunDto| {
            run.late_ms.map_or_else(|| "—".to_owned(), format::duration)
        })
        .numeric(),
        Column::new("took", tr!(schedules.took), |run: &ScheduleRunDto| {
            run.took_ms.map_or_else(|| "—".to_owned(), format::duration)
        })
        .numeric(),
        Column::new("fired", tr!(schedules.fired), |run: &ScheduleRunDto| {
            match run.fired_at {
                Some(at) => view! { <span class="muted"><RelativeTime at/></span> }.into_any(),
                None => words::nothing(),
            }
        }),
        Column::new("job", tr!(schedules.job), |run: &ScheduleRunDto| match run.job_id {
            Some(id) => {
                let title = tr!(schedules.see_job);
                view! { <A href=paths::job(id) attr:class="link mono" attr:title=title>{tasks::short_id(id)}</A> }
                    .into_any()
            }
            None => words::nothing(),
        }),
        Column::new("moved", tr!(schedules.moved), words::moved).hidden(),
    ];
    if may_manage {
        columns.push(Column::actions(move |run: &ScheduleRunDto| actions(run, dialogs)));
    }
    columns
}

/// The slot, which opens to all that is known; below it who or what asked for it.
fn name(run: &ScheduleRunDto, dialogs: RunDialogs) -> AnyView {
    let row = StoredValue::new(run.clone());
    let at = format::date_time(*run.nominal_at);
    let origin = (run.origin != RunOrigin::Schedule).then(|| words::asked(run));
    view! {
        <span class="sched-name">
            <button type="button" class="row-open num" on:click=move |_| dialogs.on(row.get_value(), dialogs.details)>{at}</button>
            {origin.map(|words| view! { <small>{words}</small> })}
        </span>
    }
    .into_any()
}

fn status(run: &ScheduleRunDto) -> AnyView {
    let mark = words::mark(run, false);
    let cause = words::cause(run);
    view! {
        <span class="sched-state">{mark}{cause.map(|cause| view! { <small class="faint">{cause}</small> })}</span>
    }
    .into_any()
}

/// Why it failed, or what it did.
fn result(run: &ScheduleRunDto) -> AnyView {
    if let Some(failure) = run.failure.as_ref().map(told) {
        let whole = plain(&failure);
        return view! { <small class="sched-result" title=whole>{quotes(&failure)}</small> }.into_any();
    }
    match results::summary(run) {
        Some(summary) => view! { <span class="sched-result num">{summary}</span> }.into_any(),
        None => words::nothing(),
    }
}

fn actions(run: &ScheduleRunDto, dialogs: RunDialogs) -> AnyView {
    if !words::may_run_again(run.status) {
        return ().into_any();
    }
    let row = StoredValue::new(run.clone());
    let word = if run.status == ScheduleRunStatus::Missed {
        tr!(schedules.missed_run)
    } else {
        tr!(schedules.run_again)
    };
    view! {
        <Menu label=tr!(forms.actions_of, name = format::date_time(*run.nominal_at))>
            <MenuItem icon=IconName::Retry on_click=move |()| dialogs.on(row.get_value(), dialogs.again)>{word}</MenuItem>
        </Menu>
    }
    .into_any()
}
