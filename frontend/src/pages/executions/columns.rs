//! The columns of the list of runs.

use esteira_shared::{dto::executions::ExecutionDto, status::ExecutionStatus};
use leptos::prelude::*;
use leptos_router::components::A;

use super::words;
use crate::{
    components::{Column, CopyText, ProgressBar, RelativeTime},
    hooks::use_now,
    i18n::tr,
    pages::processes::words::actor,
    routes::paths,
    text::{format, reasons, status, tasks},
};

pub(super) fn columns() -> Vec<Column<ExecutionDto>> {
    vec![
        Column::new("process", tr!(executions.process), |one: &ExecutionDto| {
            let (name, whole) = (one.client_name.clone(), one.client_name.clone());
            let place = words::place(one);
            view! {
                <span class="run-name">
                    <A href=paths::execution(one.id) attr:title=whole>{name}</A>
                    <small class="run-place">{place}</small>
                </span>
            }
        })
        .main(),
        Column::new("status", tr!(executions.status), |one: &ExecutionDto| {
            words::mark(one, false)
        }),
        Column::new("kind", tr!(executions.kind), |one: &ExecutionDto| {
            status::execution_type(one.tipo)
        }),
        Column::new("attempt", tr!(executions.attempt), |one: &ExecutionDto| {
            format::count(one.attempt.into())
        })
        .numeric(),
        Column::new("progress", tr!(executions.progress), progress),
        Column::new("started", tr!(executions.started), |one: &ExecutionDto| {
            match one.data_inicio {
                Some(at) => view! { <span class="muted"><RelativeTime at/></span> }.into_any(),
                None => nothing(),
            }
        }),
        Column::new("duration", tr!(executions.duration), duration).numeric(),
        Column::new("created", tr!(executions.requested), |one: &ExecutionDto| {
            let by = actor(&one.requested_by);
            view! {
                <span class="run-asked">
                    <span class="muted"><RelativeTime at=one.created_at/></span>
                    <small class="faint truncate" title=by.clone()>{by.clone()}</small>
                </span>
            }
        })
        .sort("created"),
        Column::new("robot", tr!(executions.robot), |one: &ExecutionDto| {
            words::robot(&one.classe_rpa_utilizada)
        })
        .hidden(),
        Column::new(
            "external",
            tr!(executions.external_id),
            |one: &ExecutionDto| match one.external_job_id.clone() {
                Some(text) => view! { <CopyText text mono=true/> }.into_any(),
                None => nothing(),
            },
        )
        .hidden(),
        Column::new("id", tr!(executions.id), |one: &ExecutionDto| {
            view! { <CopyText text=one.id.to_string() shown=tasks::short_id(one.id) mono=true/> }
        })
        .hidden(),
    ]
}

fn nothing() -> AnyView {
    view! { <span class="faint">"—"</span> }.into_any()
}

/// The bar of one at work, and what was said last.
fn progress(one: &ExecutionDto) -> AnyView {
    let runs = one.status == ExecutionStatus::Executando;
    let bar = runs.then(|| {
        let share = words::share(one);
        view! { <ProgressBar share label=tr!(executions.progress)/> }
    });
    // What has not begun at the API has nothing of its own to say.
    let there = words::waits_there(one).then(|| tr!(executions.waits_there).to_owned());
    let live = there.is_none() && !one.status.is_over();
    let said = there.or_else(|| words::said(one));
    if bar.is_none() && said.is_none() {
        return nothing();
    }
    view! {
        <span class="run-said">
            {bar}
            {said.map(|text| view! { <small class="truncate faint" class:mono=live title=reasons::plain(&text)>{reasons::quotes(&text)}</small> })}
        </span>
    }
    .into_any()
}

/// Of one at work, up to now.
fn duration(one: &ExecutionDto) -> AnyView {
    if one.data_inicio.is_none() {
        return nothing();
    }
    let (now, one) = (use_now(), one.clone());
    (move || words::elapsed_ms(&one, now.get()).map(format::duration)).into_any()
}
