//! The facts that one reads before the log: whose month, which robot, since when, how far.

use esteira_shared::{
    dto::executions::{ExecutionDetailDto, ExecutionDto},
    status::ExecutionStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::super::words;
use crate::{
    components::{CopyText, ProgressBar, RelativeTime},
    hooks::use_seconds,
    i18n::tr,
    pages::processes::words::actor,
    routes::paths,
    text::{format, tasks},
};

#[component]
pub(super) fn Meta(data: Signal<ExecutionDetailDto>) -> impl IntoView {
    let execution = Memo::new(move |_| data.with(|detail| detail.execution.clone()));
    // What does not change from line to line stands by itself, so that a link keeps the focus.
    let fixed = Memo::new(move |_| execution.with(Fixed::of));
    let runs = Memo::new(move |_| execution.with(|one| one.status == ExecutionStatus::Executando));
    view! {
        <dl class="run-meta card">
            {move || fixed.with(facts)}
            <div><dt>{tr!(executions.elapsed)}</dt><dd class="num"><Elapsed execution/></dd></div>
            <Show when=move || runs.get()><Progress execution/></Show>
        </dl>
    }
}

#[derive(Clone, PartialEq)]
struct Fixed(ExecutionDto);

impl Fixed {
    fn of(execution: &ExecutionDto) -> Self {
        Self(ExecutionDto {
            progress: 0,
            last_line: None,
            log_lines: 0,
            ..execution.clone()
        })
    }
}

fn facts(fixed: &Fixed) -> AnyView {
    let execution = &fixed.0;
    let month = format::month_digits(execution.mes_ano);
    let robot = words::robot(&execution.classe_rpa_utilizada);
    let external = execution.external_job_id.clone().map(|id| {
        let shown = tasks::short_id(&id);
        view! { <CopyText text=id shown mono=true/> }
    });
    let dot = external.is_some().then_some(" · ");
    let started = match execution.data_inicio {
        Some(at) => view! { <span title=format::date_time_seconds(*at)>{format::date_time(*at)}</span> }.into_any(),
        None => view! { <span class="faint">{tr!(executions.not_begun)}</span> }.into_any(),
    };
    view! {
        <div>
            <dt>{tr!(executions.process)}</dt>
            <dd><A href=paths::process(execution.process_id) attr:class="link num">{tr!(executions.process_of, month = month)}</A></dd>
        </div>
        <div><dt>{tr!(executions.robot)}</dt><dd>{robot}{dot}{external}</dd></div>
        <div><dt>{tr!(executions.requested)}</dt><dd>{actor(&execution.requested_by)}" · "<RelativeTime at=execution.created_at/></dd></div>
        <div><dt>{tr!(executions.started)}</dt><dd class="num">{started}</dd></div>
    }
    .into_any()
}

/// Ticks while the robot is at work.
#[component]
fn Elapsed(execution: Memo<ExecutionDto>) -> impl IntoView {
    let now = use_seconds();
    move || {
        let ms = execution.with(|one| words::elapsed_ms(one, now.get()));
        ms.map_or_else(|| "—".to_owned(), format::duration)
    }
}

#[component]
fn Progress(execution: Memo<ExecutionDto>) -> impl IntoView {
    let share = Signal::derive(move || execution.with(words::share));
    let line = move || execution.with(|one| one.last_line.clone().unwrap_or_default());
    view! {
        <div class="run-meta__progress">
            <dt>{tr!(executions.progress)}</dt>
            <dd>
                <ProgressBar share label=tr!(executions.progress)/>
                <code class="faint truncate" translate="no" title=line>{line}</code>
            </dd>
        </div>
    }
}
