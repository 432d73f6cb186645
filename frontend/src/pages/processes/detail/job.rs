//! The sending that runs, waits or ended last, with the end of its log.

use std::time::Duration;

use esteira_shared::{
    dto::{
        jobs::{JobDto, JobLogLineDto},
        processes::ProcessDetailDto,
    },
    event::Topic,
    permission::Permission,
    status::JobStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    api,
    components::{Button, Card, JobBadge, Kind, ProgressBar, RelativeTime},
    hooks::{use_mutation, use_query},
    i18n::tr,
    routes::paths,
    state::session::use_session,
    text::{
        format,
        reasons::{quotes, told},
    },
};

/// Between two looks at a running job, should the live stream be paused or cut.
const LOOK: Duration = Duration::from_secs(2);

#[component]
pub(super) fn JobCard(data: Signal<ProcessDetailDto>) -> impl IntoView {
    let id = Memo::new(move |_| data.with(|detail| detail.last_job.as_ref().map(|job| job.id)));
    view! {
        <Card title=tr!(processes.sending)>
            {move || id.get().map(|id| view! { <OneJob id/> })}
        </Card>
    }
}

#[component]
fn OneJob(id: esteira_shared::ids::JobId) -> impl IntoView {
    let session = use_session();
    let query = use_query(&[Topic::Jobs], move || async move { api::jobs::get_job(id).await });
    let job = Memo::new(move |_| query.data.with(|data| data.as_ref().map(|data| data.job.clone())));
    let active = Memo::new(move |_| job.with(|job| job.as_ref().is_some_and(|job| !job.status.is_over())));
    let timer = set_interval_with_handle(
        move || {
            if active.try_get_untracked() == Some(true) {
                query.refetch();
            }
        },
        LOOK,
    );
    if let Ok(timer) = timer {
        on_cleanup(move || timer.clear());
    }
    let stop = use_mutation();
    let lines = move || {
        query
            .data
            .with(|data| data.as_ref().map(|data| data.log.clone()).unwrap_or_default())
    };
    view! {
        <div class="stack stack--tight">
            {move || job.get().map(|job| summary(&job))}
            <div class="line line--between">
                <A href=paths::job(id) attr:class="link small">{tr!(processes.see_job)}</A>
                <Show when=move || active.get() && session.may(Permission::ManageJobs)><Button small=true kind=Kind::Ghost busy=stop.busy on_click=move |()| stop.run(api::jobs::cancel_job(id), move |_| query.refetch())>{tr!(processes.stop)}</Button></Show>
            </div>
            {move || {
                let lines = lines();
                (!lines.is_empty()).then(|| view! {
                    <details class="log" open=active.get_untracked()>
                        <summary>{tr!(processes.log, count = lines.len())}</summary>
                        <ol>{lines.iter().map(log_line).collect_view()}</ol>
                    </details>
                })
            }}
        </div>
    }
}

fn summary(job: &JobDto) -> AnyView {
    let share = (job.status == JobStatus::Running).then(|| f64::from(job.progress) / 100.0);
    let when = job.finished_at.or(job.started_at).unwrap_or(job.created_at);
    let next_try = (job.status == JobStatus::Queued && job.attempt > 0).then_some(job.run_at);
    let took = job
        .finished_at
        .zip(job.started_at)
        .map(|(end, start)| format::duration((end - start).num_milliseconds()));
    view! {
        <div class="line line--between">
            <JobBadge status=job.status pill=true/>
            <small class="faint num">
                {(job.attempt > 0).then(|| tr!(processes.attempt, number = job.attempt, most = job.max_attempts))}
                {took.map(|took| format!(" · {took}"))}" · "<RelativeTime at=when/>
            </small>
        </div>
        {(!job.status.is_over()).then(|| view! {
            <ProgressBar share label=tr!(processes.sending)/>
            {job.progress_message_coded.as_ref().map(|reason| view! { <span class="small muted">{quotes(&told(reason))}</span> })}
        })}
        {next_try.map(|at| view! { <p class="small muted">{tr!(processes.next_try)}" "<RelativeTime at/></p> })}
        {(job.status != JobStatus::Succeeded).then_some(job.last_error_coded.as_ref()).flatten().map(|reason| view! { <p class="small break job__error">{quotes(&told(reason))}</p> })}
    }
    .into_any()
}

fn log_line(line: &JobLogLineDto) -> impl IntoView + use<> {
    let class = format!("log__line is-{}", line.level);
    view! { <li class=class><time>{format::time(*line.at)}</time><span class="break">{quotes(&told(&line.message_coded))}</span></li> }
}
