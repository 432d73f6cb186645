//! A bulk action under way, and what came of it.

use std::time::Duration;

use esteira_shared::{
    dto::{
        jobs::{JobDetailDto, JobDto},
        processes::BulkResult,
    },
    event::Topic,
    ids::JobId,
    permission::Permission,
    status::{JobStatus, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{BulkWork, Work};
use crate::{
    api,
    components::{AsyncView, Button, Kind, Mark, Notice, ProgressBar},
    hooks::{use_mutation, use_query},
    i18n::{counted, tr},
    routes::paths,
    state::session::use_session,
    text::{
        errors,
        reasons::{plain, told},
    },
};

/// Between two looks, should the live stream be paused or cut.
const LOOK: Duration = Duration::from_secs(1);

#[component]
pub(super) fn BulkProgress(job: JobId, work: Work, on_over: Callback<()>) -> impl IntoView {
    let work = StoredValue::new(work);
    let query = use_query(&[Topic::Jobs], move || async move { api::jobs::get_job(job).await });
    let over = Memo::new(move |_| {
        query
            .data
            .with(|data| data.as_ref().is_some_and(|data| data.job.status.is_over()))
    });
    let timer = set_interval_with_handle(
        move || {
            if over.try_get_untracked() == Some(false) {
                query.refetch();
            }
        },
        LOOK,
    );
    if let Ok(timer) = timer {
        on_cleanup(move || timer.clear());
    }
    Effect::new(move |_| {
        if over.get() {
            on_over.run(());
        }
    });
    view! { <AsyncView query let:data>{move || data.with(|detail| work.with_value(|work| stage(detail, &**work)))}</AsyncView> }
}

fn stage(detail: &JobDetailDto, work: &dyn BulkWork) -> AnyView {
    let job = &detail.job;
    if !job.status.is_over() {
        return under_way(job);
    }
    let result: BulkResult = job
        .result
        .clone()
        .and_then(|result| serde_json::from_value(result).ok())
        .unwrap_or_default();
    let stopped = match job.status {
        JobStatus::Cancelled => {
            Some(view! { <Notice title=tr!(processes.bulk_cancelled) text=tr!(processes.bulk_cancelled_text)/> })
        }
        JobStatus::Dead => Some(view! {
            <Notice tone=Tone::Failed title=tr!(processes.bulk_failed) text=job.last_error_coded.as_ref().map(told).unwrap_or_default()/>
        }),
        _ => None,
    };
    let numbers = (job.status == JobStatus::Succeeded).then(|| {
        view! {
            <div class="line" role="status">
                <Mark tone=Tone::Done pill=true word=work.done(result.done)/>
                {(result.skipped > 0).then(|| view! { <Mark tone=Tone::Waiting pill=true word=counted!(processes.bulk_skipped_single, processes.bulk_skipped_many, result.skipped)/> })}
                {(result.failures > 0).then(|| view! { <Mark tone=Tone::Failed pill=true word=tr!(processes.bulk_failures, count = result.failures)/> })}
            </div>
            {work.afterwards().filter(|_| result.done > 0).map(|note| view! { <p class="small muted">{note}</p> })}
        }
    });
    let failures = (!result.failed.is_empty()).then(|| {
        view! {
            <ul class="bulk-failures" aria-label=work.failures()>
                {result.failed.into_iter().map(|failure| view! {
                    <li><A href=paths::process(failure.process_id) attr:class="link">{failure.client_name}</A><span class="small muted">{errors::plain(failure.code)}</span></li>
                }).collect_view()}
            </ul>
        }
    });
    view! { <div class="stack">{stopped}{numbers}{failures}</div> }.into_any()
}

fn under_way(job: &JobDto) -> AnyView {
    let id = job.id;
    let stop = use_mutation();
    let may_stop = use_session().may(Permission::ManageJobs);
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
                {may_stop.then(|| view! {
                    <Button small=true kind=Kind::Ghost busy=stop.busy on_click=move |()| stop.run(api::jobs::cancel_job(id), |_| {})>{tr!(processes.stop)}</Button>
                })}
            </div>
            <p class="small faint">{tr!(processes.bulk_background)}</p>
        </div>
    }
    .into_any()
}
