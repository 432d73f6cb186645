//! A bulk action under way, and what came of each thing.

use std::{sync::Arc, time::Duration};

use esteira_shared::{
    dto::{
        bulk::{BulkFailure, BulkResult},
        jobs::{JobDetailDto, JobDto},
    },
    event::Topic,
    ids::JobId,
    permission::Permission,
    status::{JobStatus, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::BulkWords;
use crate::{
    api,
    components::{AsyncView, Button, Kind, Mark, Notice, ProgressBar},
    hooks::{use_mutation, use_query, use_watch},
    i18n::tr,
    routes::paths,
    state::session::use_session,
    text::{
        errors, format,
        reasons::{plain, told},
        tasks,
    },
};

/// Between two looks, should the live stream be paused or cut.
const LOOK: Duration = Duration::from_secs(1);

#[component]
pub(super) fn BulkProgress(job: JobId, words: Arc<dyn BulkWords>, on_over: Callback<()>) -> impl IntoView {
    let words = StoredValue::new(words);
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
    view! { <AsyncView query let:data>{move || data.with(|detail| words.with_value(|words| stage(detail, &**words)))}</AsyncView> }
}

fn stage(detail: &JobDetailDto, words: &dyn BulkWords) -> AnyView {
    let job = &detail.job;
    let is_over = job.status.is_over();
    let body = if is_over { ended(job, words) } else { under_way(job) };
    let foot = if words.shows_job() {
        let href = paths::job(job.id);
        let text = tr!(monitor.bulk_kept);
        Some(
            view! { <p class="small muted">{text}" "<A href attr:class="link">{tr!(monitor.bulk_open)}</A></p> }
                .into_any(),
        )
    } else {
        (!is_over).then(|| view! { <p class="small faint">{tr!(processes.bulk_background)}</p> }.into_any())
    };
    view! { <div class="stack">{body}{foot}</div> }.into_any()
}

fn ended(job: &JobDto, words: &dyn BulkWords) -> AnyView {
    let stopped = match job.status {
        JobStatus::Cancelled => {
            Some(view! { <Notice title=tr!(processes.bulk_cancelled) text=tr!(processes.bulk_cancelled_text)/> }.into_any())
        }
        JobStatus::Dead => Some(
            view! { <Notice tone=Tone::Failed title=tr!(processes.bulk_failed) text=job.last_error_coded.as_ref().map(told).unwrap_or_default()/> }
                .into_any(),
        ),
        _ => None,
    };
    view! { {stopped}{bulk_outcome(job, words)} }.into_any()
}

/// The numbers of an action that is over, and the things it failed for.
pub fn bulk_outcome(job: &JobDto, words: &dyn BulkWords) -> AnyView {
    let result = job
        .result
        .clone()
        .filter(|_| job.status == JobStatus::Succeeded)
        .and_then(|result| serde_json::from_value::<BulkResult>(result).ok());
    let Some(result) = result else { return ().into_any() };
    let afterwards = words.afterwards().filter(|_| result.done > 0);
    let failures = (!result.failed.is_empty()).then(|| {
        view! {
            <ul class="bulk-failures" aria-label=words.failures()>
                {result.failed.iter().map(failure).collect_view()}
            </ul>
        }
    });
    view! {
        <div class="stack stack--tight">
            <div class="line" role="status">
                <Mark tone=Tone::Done pill=true word=words.done(result.done)/>
                {(result.skipped > 0).then(|| view! { <Mark tone=Tone::Waiting pill=true word=words.skipped(result.skipped)/> })}
                {(result.failures > 0).then(|| view! { <Mark tone=Tone::Failed pill=true word=tr!(processes.bulk_failures, count = format::count(result.failures))/> })}
            </div>
            {afterwards.map(|note| view! { <p class="small muted">{note}</p> })}
            {failures}
        </div>
    }
    .into_any()
}

/// By the name that people know the thing by, which leads there.
fn failure(failure: &BulkFailure) -> AnyView {
    let link = match (failure.process_id, failure.id) {
        (Some(process), _) => {
            let name = failure.client_name.clone().unwrap_or_default();
            view! { <A href=paths::process(process) attr:class="link">{name}</A> }.into_any()
        }
        (None, Some(job)) => {
            let id = tasks::short_id(job);
            view! { <A href=paths::job(job) attr:class="link">{tr!(monitor.job)}" "<span class="mono">{id}</span></A> }
                .into_any()
        }
        (None, None) => ().into_any(),
    };
    view! { <li>{link}<span class="small muted break">{errors::plain(failure.code)}</span></li> }.into_any()
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
        </div>
    }
    .into_any()
}
