//! The robots that worked for this process: the newest with how far it is, the older ones as a list.

use std::time::Duration;

use chrono::{DateTime, Utc};
use esteira_shared::{
    dto::{
        executions::{ExecutionDto, ExecutionQuery},
        processes::ProcessDetailDto,
    },
    permission::Permission,
    status::ExecutionStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{super::words::actor, actions::ProcessActions};
use crate::{
    components::{Button, Card, IconName, Kind, ProgressBar, RelativeTime},
    hooks::{use_look, use_now, use_seconds},
    i18n::tr,
    pages::{
        executions::{CancelDialog, words},
        monitor::held_by,
    },
    routes::paths,
    state::session::use_session,
    text::{
        format,
        reasons::{self, quotes},
        status,
    },
};

/// Between two looks at one at work, should an event have been missed.
const LOOK: Duration = Duration::from_secs(5);

#[component]
pub(super) fn Executions(data: Signal<ProcessDetailDto>, actions: ProcessActions) -> impl IntoView {
    let session = use_session();
    let newest = Memo::new(move |_| data.with(|detail| detail.executions.first().cloned()));
    let older = Memo::new(move |_| data.with(|detail| detail.executions.iter().skip(1).cloned().collect::<Vec<_>>()));
    let active = Memo::new(move |_| newest.with(|one| one.as_ref().is_some_and(|one| !one.status.is_over())));
    let can_cancel = Memo::new(move |_| {
        let asked = newest.with(|one| one.as_ref().is_some_and(|one| one.cancel_requested_at.is_some()));
        active.get() && !asked && session.may(Permission::RunRobots)
    });
    use_look(LOOK, move || {
        if active.try_get_untracked() == Some(true) {
            actions.query.look();
        }
    });
    let cancelling = RwSignal::new(false);
    let now = use_now();
    let waits = Memo::new(move |_| data.with(|detail| waits(detail, now.get())));
    let cause = Memo::new(move |_| data.with(|detail| detail.run_waiting_cause_coded.as_ref().map(reasons::told)));
    let all = data.with_untracked(|detail| {
        paths::executions_where(&ExecutionQuery {
            process_id: Some(detail.process.id),
            ..ExecutionQuery::default()
        })
    });
    let address = move || newest.with(|one| one.as_ref().map(|one| paths::execution(one.id)).unwrap_or_default());
    let aside =
        move || view! { <A href=all.clone() attr:class="small muted home__more">{tr!(processes.all_executions)}</A> };
    view! {
        <Card title=tr!(processes.robots) aside flush=true>
            <div class="run-newest">
                {move || newest.with(|one| one.as_ref().map(summary))}
                {move || waits.get().map(|text| view! { <p class="small muted break">{text}</p> })}
                {move || cause.get().map(|cause| view! { <p class="small muted break">{quotes(&tr!(executions.failed_before_because, cause = cause))}</p> })}
                <div class="line line--between">
                    <A href=address attr:class="link small">{tr!(processes.see_execution)}</A>
                    <Show when=move || can_cancel.get()>
                        <Button small=true kind=Kind::Danger icon=IconName::Close on_click=move |()| cancelling.set(true)>{tr!(executions.cancel)}</Button>
                    </Show>
                </div>
            </div>
            <ol class="runs">{move || older.with(|all| all.iter().map(row).collect_view())}</ol>
        </Card>
        <CancelDialog open=cancelling execution=newest on_changed=move |()| actions.query.refetch()/>
    }
}

/// Where the newest waits, and for what.
fn waits(detail: &ProcessDetailDto, now: DateTime<Utc>) -> Option<String> {
    let newest = detail.executions.first()?;
    match &detail.run_waiting {
        Some(waiting) => held_by(waiting, words::QUEUE, newest.created_at, now),
        None => words::waits_there(newest).then(|| tr!(executions.waits_there).to_owned()),
    }
}

/// How the newest stands, how far it is and what it said last.
fn summary(one: &ExecutionDto) -> AnyView {
    let runs = one.status == ExecutionStatus::Executando;
    let bar = runs.then(|| {
        let share = words::share(one);
        view! { <ProgressBar share label=tr!(executions.progress)/> }
    });
    let class = match one.status {
        ExecutionStatus::Pendente | ExecutionStatus::Executando => "small break mono faint",
        ExecutionStatus::Falhou => "small break job__error",
        ExecutionStatus::Concluido | ExecutionStatus::Cancelado => "small break",
    };
    let until = one.cancel_deadline.filter(|_| words::is_ending(one)).map(|at| {
        let words = tr!(executions.cancelling_until, time = words::clock(*at));
        view! { <small class="muted num" role="status">{words}</small> }
    });
    let said = words::said(one).map(|text| view! { <p class=class>{quotes(&text)}</p> });
    view! {
        <div class="line line--between">
            {words::mark(one, true)}
            <small class="faint num">{status::execution_type(one.tipo)}" · "{words::attempt(one)}</small>
        </div>
        {until}
        {bar}
        {said}
        <small class="faint num">{actor(&one.requested_by)}" · "<RelativeTime at=one.created_at/>{took(one)}</small>
    }
    .into_any()
}

/// How long it took; of one at work, so far.
fn took(one: &ExecutionDto) -> AnyView {
    if one.status.is_over() || one.data_inicio.is_none() {
        let ms = words::elapsed_ms(one, format::now());
        return ms.map(|ms| format!(" · {}", format::duration(ms))).into_any();
    }
    let (now, one) = (use_seconds(), one.clone());
    (move || words::elapsed_ms(&one, now.get()).map(|ms| format!(" · {}", format::duration(ms)))).into_any()
}

fn row(one: &ExecutionDto) -> impl IntoView + use<> {
    let title = words::attempt(one);
    let why = words::said(one);
    view! {
        <li class="runs__item">
            <div class="line">
                <A href=paths::execution(one.id) attr:class="runs__name">{title}</A>
                {words::mark(one, false)}
                <small class="faint num">{status::execution_type(one.tipo)}" · "<RelativeTime at=one.created_at/></small>
            </div>
            {why.map(|text| view! { <small class="muted truncate" title=reasons::plain(&text)>{quotes(&text)}</small> })}
        </li>
    }
}
