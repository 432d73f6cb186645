//! A bulk action under way, and what came of each of its jobs.

use std::time::Duration;

use esteira_shared::{
    dto::jobs::{JobBulkAction, JobBulkFailure, JobBulkResult, JobDetailDto, JobDto},
    event::Topic,
    ids::JobId,
    status::{JobStatus, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::super::words;
use crate::{
    api,
    components::{AsyncView, Button, Kind, Mark, Notice, ProgressBar},
    hooks::{use_mutation, use_query, use_watch},
    i18n::{counted, tr},
    routes::paths,
    text::{
        errors, format,
        reasons::{plain, told},
        tasks,
    },
};

/// Between two looks, should the live stream be paused or cut.
const LOOK: Duration = Duration::from_secs(1);

#[component]
pub(super) fn BulkProgress(job: JobId, action: JobBulkAction, on_over: Callback<()>) -> impl IntoView {
    let query = use_query(&[Topic::Jobs], move || async move { api::jobs::get_job(job).await });
    let over = Memo::new(move |_| {
        query
            .data
            .with(|data| data.as_ref().is_some_and(|data| data.job.status.is_over()))
    });
    use_watch(LOOK, move || {
        if over.try_get_untracked() == Some(false) {
            query.look();
        }
    });
    Effect::new(move |_| {
        if over.get() {
            on_over.run(());
        }
    });
    view! { <AsyncView query let:data>{move || data.with(|detail| stage(detail, action))}</AsyncView> }
}

fn stage(detail: &JobDetailDto, action: JobBulkAction) -> AnyView {
    let job = &detail.job;
    let body = if job.status.is_over() {
        ended(job, action)
    } else {
        under_way(job)
    };
    view! {
        <div class="stack">
            {body}
            <p class="small muted">{tr!(monitor.bulk_kept)}" "<A href=paths::job(job.id) attr:class="link">{tr!(monitor.bulk_open)}</A></p>
        </div>
    }
    .into_any()
}

fn ended(job: &JobDto, action: JobBulkAction) -> AnyView {
    let stopped = match job.status {
        JobStatus::Cancelled => {
            Some(view! { <Notice title=tr!(processes.bulk_cancelled) text=tr!(processes.bulk_cancelled_text)/> })
        }
        JobStatus::Dead => Some(view! {
            <Notice tone=Tone::Failed title=tr!(processes.bulk_failed) text=job.last_error_coded.as_ref().map(told).unwrap_or_default()/>
        }),
        _ => None,
    };
    view! { {stopped}{outcome(job, action)} }.into_any()
}

/// The numbers of an action that is over, and the jobs it could not change.
pub fn outcome(job: &JobDto, action: JobBulkAction) -> AnyView {
    let result = job
        .result
        .clone()
        .filter(|_| job.status == JobStatus::Succeeded)
        .and_then(|result| serde_json::from_value::<JobBulkResult>(result).ok());
    let Some(result) = result else { return ().into_any() };
    let failures = (!result.failed.is_empty()).then(|| {
        view! {
            <ul class="bulk-failures" aria-label=tr!(monitor.bulk_failures_label)>
                {result.failed.iter().map(failure).collect_view()}
            </ul>
        }
    });
    view! {
        <div class="stack stack--tight">
            <div class="line" role="status">
                <Mark tone=Tone::Done pill=true word=words::bulk_done(action, result.done)/>
                {(result.skipped > 0).then(|| view! { <Mark tone=Tone::Waiting pill=true word=counted!(monitor.bulk_skipped_single, monitor.bulk_skipped_many, result.skipped)/> })}
                {(result.failures > 0).then(|| view! { <Mark tone=Tone::Failed pill=true word=tr!(processes.bulk_failures, count = format::count(result.failures))/> })}
            </div>
            {failures}
        </div>
    }
    .into_any()
}

fn failure(failure: &JobBulkFailure) -> impl IntoView + use<> {
    let id = tasks::short_id(failure.id);
    view! {
        <li>
            <A href=paths::job(failure.id) attr:class="link">{tr!(monitor.job)}" "<span class="mono">{id}</span></A>
            <span class="small muted break">{errors::plain(failure.code)}</span>
        </li>
    }
}

fn under_way(job: &JobDto) -> AnyView {
    let id = job.id;
    let stop = use_mutation();
    let share = (job.status == JobStatus::Running).then(|| f64::from(job.progress) / 100.0);
    let words = match job.status {
        JobStatus::Queued => tr!(processes.bulk_queued).to_owned(),
        _ => job
            .progress_message_coded
            .as_ref()
            .map(|reason| plain(&told(reason)))
            .unwrap_or_else(|| tr!(processes.bulk_running).to_owned()),
    };
    view! {
        <div class="stack stack--tight">
            <ProgressBar share label=tr!(processes.bulk_running)/>
            <div class="line line--between">
                <span class="small muted num" role="status">{words}</span>
                <Button small=true kind=Kind::Ghost busy=stop.busy on_click=move |()| stop.run(api::jobs::cancel_job(id), |_| {})>{tr!(processes.stop)}</Button>
            </div>
        </div>
    }
    .into_any()
}
