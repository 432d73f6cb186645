//! Where it stands in the engine, who wanted it, and when what happened.

use esteira_shared::{
    dto::jobs::{JobDetailDto, JobDto, JobGroupDto, JobQuery},
    instant::Instant,
    status::JobStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::super::words;
use crate::{
    components::{Card, RelativeTime},
    hooks::use_now,
    i18n::tr,
    pages::processes::words::actor,
    routes::paths,
    text::{format, tasks},
};

#[component]
pub(super) fn Facts(data: Signal<JobDetailDto>) -> impl IntoView {
    let facts = Memo::new(move |_| data.with(|detail| (detail.job.clone(), detail.group.clone())));
    view! {
        <Card title=tr!(monitor.facts)>
            <dl class="facts">{move || facts.with(|(job, group)| rows(job, group.as_ref()))}</dl>
        </Card>
    }
}

fn rows(job: &JobDto, group: Option<&JobGroupDto>) -> AnyView {
    let lane = if job.lane.is_empty() {
        tr!(monitor.no_lane).to_owned()
    } else {
        job.lane.clone()
    };
    let later =
        (job.status == JobStatus::Queued && job.run_at > job.created_at).then(|| row(tr!(monitor.run_at), job.run_at));
    let queue = words::queue(&job.queue);
    let same = job.subject_id.map(|id| {
        paths::jobs_where(&JobQuery {
            subject_id: Some(id),
            ..JobQuery::default()
        })
    });
    let group = group.map(|group| {
        tr!(
            monitor.group_words,
            pending = format::count(group.pending.into()),
            total = format::count(group.total.into()),
            failed = format::count(group.failed.into())
        )
    });
    view! {
        <dt>{tr!(monitor.requested_by)}</dt><dd>{actor(&job.requested_by)}</dd>
        {row(tr!(monitor.created), job.created_at)}
        {later}
        {job.started_at.map(|at| row(tr!(monitor.started), at))}
        {job.finished_at.map(|at| row(tr!(monitor.finished), at))}
        <dt>{tr!(monitor.duration)}</dt><dd>{duration(job)}</dd>
        <dt>{tr!(monitor.queue)}</dt><dd><A href=paths::MONITOR_QUEUES attr:class="link">{queue}</A></dd>
        <dt>{tr!(monitor.lane)}</dt><dd class="break">{lane}</dd>
        <dt>{tr!(monitor.priority)}</dt><dd>{tr!(monitor.priority_words, number = job.priority)}</dd>
        {job.worker_id.map(|id| view! {
            <dt>{tr!(monitor.worker)}</dt>
            <dd><A href=paths::MONITOR_WORKERS attr:class="link mono">{tasks::short_id(id)}</A></dd>
        })}
        {same.map(|address| view! { <dt>{tr!(monitor.subject)}</dt><dd><A href=address attr:class="link">{tr!(monitor.same_subject)}</A></dd> })}
        {group.map(|words| view! { <dt>{tr!(monitor.group)}</dt><dd>{words}</dd> })}
    }
    .into_any()
}

fn row(name: &'static str, at: Instant) -> impl IntoView {
    view! { <dt>{name}</dt><dd>{format::date_time_seconds(*at)}<small class="faint job__ago"><RelativeTime at/></small></dd> }
}

/// Of the last attempt; of a running one, up to now.
fn duration(job: &JobDto) -> AnyView {
    match (job.status, job.started_at, job.duration_ms) {
        (JobStatus::Running, Some(start), _) => {
            let now = use_now();
            (move || {
                // The page's clock moves in steps; what began after the last of them has not taken less than nothing.
                let ms = (now.get().max(*start) - *start).num_milliseconds();
                tr!(monitor.so_far, time = format::duration(ms))
            })
            .into_any()
        }
        (_, _, Some(ms)) => format::duration(ms).into_any(),
        _ => "—".into_any(),
    }
}
