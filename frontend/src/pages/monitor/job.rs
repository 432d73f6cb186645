//! One job: how it stands, why it waits, every attempt, its log, what went in and what came out.

mod attempts;
mod facts;
mod head;
mod log;
mod waiting;

use std::time::Duration;

use esteira_shared::{
    dto::jobs::{JobDetailDto, JobDto},
    event::Topic,
    ids::JobId,
    status::JobStatus,
    task::TaskName,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde_json::Value;

use super::bulk;
use crate::{
    api,
    components::{AsyncView, Card, CodeBlock, Notice, ProgressBar, bulk_outcome},
    hooks::{use_look, use_now, use_query},
    i18n::tr,
    pages::frame::{Crumb, NotFound, use_crumbs},
    routes::paths,
    text::{
        format,
        reasons::{quotes, told},
        tasks,
    },
};
use attempts::Attempts;
use facts::Facts;
use head::Head;
use log::Log;
pub use waiting::{Waiting, held_by};

/// What holds a job back changes without the live stream telling: time passes, others move up.
const LOOK: Duration = Duration::from_secs(2);

/// The task whose result tells of other jobs.
const BULK: &str = TaskName::JobsBulk.as_str();

#[component]
pub fn JobPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|text| text.parse::<JobId>().ok()));
    move || match id.get() {
        Some(id) => view! { <OneJob id/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn OneJob(id: JobId) -> impl IntoView {
    let query = use_query(&[Topic::Jobs], move || async move { api::jobs::get_job(id).await });
    let over = Memo::new(move |_| {
        query
            .data
            .with(|data| data.as_ref().is_none_or(|data| data.job.status.is_over()))
    });
    use_look(LOOK, move || {
        if over.try_get_untracked() == Some(false) {
            query.look();
        }
    });
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.monitor), paths::MONITOR)];
        way.extend(query.data.with(|detail| {
            detail
                .as_ref()
                .map(|detail| Crumb::here(tasks::title(&detail.job.task)))
        }));
        way
    });
    view! {
        <AsyncView query let:data>
            <Head data query/>
            <Body data/>
        </AsyncView>
    }
}

#[component]
fn Body(data: Signal<JobDetailDto>) -> impl IntoView {
    // Each part by itself, so that a new line of the log does not draw the rest again.
    let job = Memo::new(move |_| data.with(|detail| detail.job.clone()));
    let waiting = Memo::new(move |_| data.with(|detail| detail.waiting.clone()));
    let error = Memo::new(move |_| job.with(failure));
    let payload = Signal::derive(move || data.with(|detail| pretty(&detail.payload)));
    let result = Memo::new(move |_| job.with(|job| job.result.as_ref().map(pretty)));
    let is_waiting = Memo::new(move |_| waiting.with(Option::is_some));
    let has_error = Memo::new(move |_| error.with(Option::is_some));
    let has_result = Memo::new(move |_| result.with(Option::is_some));
    view! {
        <div class="job">
            <div class="stack">
                {move || job.with(under_way)}
                <Show when=move || is_waiting.get()>
                    <Waiting
                        waiting
                        queue=Signal::derive(move || job.with(|job| job.queue.clone()))
                        run_at=Signal::derive(move || job.with(|job| job.run_at))
                    />
                </Show>
                {move || data.with(outcome)}
                <Show when=move || has_error.get()>
                    <CodeBlock title=tr!(monitor.error) text=Signal::derive(move || error.get().unwrap_or_default()) failed=true/>
                </Show>
                <Log data/>
                <Show when=move || has_result.get()>
                    <CodeBlock title=tr!(monitor.result) text=Signal::derive(move || result.get().unwrap_or_default())/>
                </Show>
                <CodeBlock title=tr!(monitor.payload) text=payload/>
            </div>
            <div class="stack">
                <Facts data/>
                <Attempts data/>
            </div>
        </div>
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

/// The error that still counts: success makes those before it history.
fn failure(job: &JobDto) -> Option<String> {
    let error = job
        .last_error_coded
        .as_ref()
        .filter(|_| job.status != JobStatus::Succeeded);
    error.map(told)
}

/// How far it is, and that its end was asked for.
fn under_way(job: &JobDto) -> Option<AnyView> {
    if job.status != JobStatus::Running {
        return None;
    }
    let now = use_now();
    let share = Some(f64::from(job.progress) / 100.0);
    let cancelling = job.cancel_requested_at.map(|at| {
        let ago = format::relative(*at, now.get());
        view! { <Notice title=tr!(monitor.cancelling) text=tr!(monitor.cancelling_text, ago = ago)/> }
    });
    Some(
        view! {
            <div class="card card__body stack stack--tight">
                <ProgressBar share label=tasks::title(&job.task)/>
                {job.progress_message_coded.as_ref().map(|reason| view! { <span class="small muted break">{quotes(&told(reason))}</span> })}
                {cancelling}
            </div>
        }
        .into_any(),
    )
}

fn outcome(detail: &JobDetailDto) -> Option<AnyView> {
    let shown = detail.job.task == BULK && detail.job.status == JobStatus::Succeeded;
    shown.then(|| {
        let outcome = bulk_outcome(&detail.job, &bulk::action(detail));
        view! { <Card title=tr!(monitor.outcome)>{outcome}</Card> }.into_any()
    })
}
