//! All that is known of one run.

use esteira_shared::{dto::schedules::ScheduleRunDto, instant::Instant, status::Tone};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    super::super::{results::Outcome, words},
    RunDialogs,
};
use crate::{
    components::{Button, Dialog, IconName, JobBadge, Notice, RelativeTime},
    i18n::tr,
    routes::paths,
    text::{
        format,
        reasons::{quotes, told},
    },
};

#[component]
pub(super) fn RunDetails(dialogs: RunDialogs, may_manage: bool) -> impl IntoView {
    let title = Signal::derive(move || {
        let at = dialogs
            .chosen
            .with(|run| run.as_ref().map(|run| format::date_time(*run.nominal_at)));
        tr!(schedules.run_of, at = at.unwrap_or_default())
    });
    let again = move || {
        dialogs
            .chosen
            .with(|run| may_manage && run.as_ref().is_some_and(|run| words::may_run_again(run.status)))
    };
    let actions = move || {
        view! {
            <Button on_click=move |()| dialogs.details.set(false)>{tr!(parts.close)}</Button>
            {again().then(|| view! {
                <Button icon=IconName::Retry on_click=move |()| { dialogs.details.set(false); dialogs.again.set(true); }>{tr!(schedules.run_again)}</Button>
            })}
        }
    };
    view! {
        <Dialog open=dialogs.details title wide=true actions>
            {move || dialogs.chosen.with(|run| run.as_ref().map(details))}
        </Dialog>
    }
}

fn details(run: &ScheduleRunDto) -> AnyView {
    let failure = run.failure.as_ref().map(told);
    let result = run.result.clone();
    let moved = (!run.moved.is_empty()).then(|| {
        let steps: Vec<String> = run.moved.iter().map(told).collect();
        quotes(&steps.join("; "))
    });
    let job = run.job_id.map(|id| (paths::job(id), run.job_status));
    let late = words::late(run);
    view! {
        <div class="process__line sched-line">
            {words::mark(run, true)}
            {words::cause(run).map(|cause| view! { <span class="muted">{cause}</span> })}
        </div>
        {failure.map(|why| view! { <Notice tone=Tone::Failed title=tr!(schedules.why_failed) text=why/> })}
        <dl class="facts">
            <dt>{tr!(schedules.asked)}</dt><dd>{words::asked(run)}</dd>
            {row(tr!(schedules.slot), Some(run.nominal_at))}
            {row(tr!(schedules.due), (run.due_at != run.nominal_at).then_some(run.due_at))}
            {moved.map(|moved| view! { <dt>{tr!(schedules.moved)}</dt><dd class="sched-wide">{moved}</dd> })}
            {row(tr!(schedules.fired), run.fired_at)}
            {late.map(|late| view! { <dt>{tr!(schedules.late)}</dt><dd>{late}</dd> })}
            {row(tr!(schedules.ended), run.ended_at)}
            {run.took_ms.map(|ms| view! { <dt>{tr!(schedules.took)}</dt><dd>{format::duration(ms)}</dd> })}
            {job.map(|(address, status)| view! {
                <dt>{tr!(schedules.job)}</dt>
                <dd>
                    {status.map(|status| view! { <JobBadge status/>" " })}
                    <A href=address attr:class="link">{tr!(schedules.see_job)}</A>
                </dd>
            })}
        </dl>
        {result.map(|result| view! {
            <section class="sched-outcome">
                <h3>{tr!(schedules.result)}</h3>
                <Outcome result/>
            </section>
        })}
    }
    .into_any()
}

fn row(name: &'static str, at: Option<Instant>) -> Option<impl IntoView> {
    at.map(|at| {
        view! { <dt>{name}</dt><dd>{format::date_time_seconds(*at)}<small class="sched-quiet"><RelativeTime at/></small></dd> }
    })
}
