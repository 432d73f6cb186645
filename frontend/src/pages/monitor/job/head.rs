//! The task, its status, and what can be done.

use esteira_shared::{
    dto::jobs::{JobDetailDto, JobDto},
    permission::Permission,
    status::JobStatus,
};
use leptos::prelude::*;

use super::super::words;
use crate::{
    api,
    components::{Button, ConfirmDialog, CopyText, ErrorCard, IconName, Kind, PageHead},
    hooks::{Query, use_mutation},
    i18n::tr,
    state::{session::use_session, toasts::use_toasts},
    text::tasks,
};

#[component]
pub(super) fn Head(data: Signal<JobDetailDto>, query: Query<JobDetailDto>) -> impl IntoView {
    let session = use_session();
    let job = Memo::new(move |_| data.with(|detail| detail.job.clone()));
    let status = Memo::new(move |_| job.with(|job| job.status));
    let may = Memo::new(move |_| session.may(Permission::ManageJobs));
    let can_retry = Memo::new(move |_| may.get() && matches!(status.get(), JobStatus::Dead | JobStatus::Cancelled));
    let can_cancel =
        Memo::new(move |_| may.get() && !status.get().is_over() && job.with(|job| job.cancel_requested_at.is_none()));
    let change = use_mutation();
    let asking = RwSignal::new(false);
    // Refused because it stands differently by now: what is on the screen is old.
    Effect::new(move |_| {
        if change
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
        {
            query.refetch();
        }
    });
    let retry = move |()| {
        let id = job.with_untracked(|job| job.id);
        change.run(api::jobs::retry_job(id), move |_| {
            query.refetch();
            use_toasts().done(tr!(monitor.retried));
        });
    };
    let cancel = move |()| {
        let id = job.with_untracked(|job| job.id);
        change.run_quietly(api::jobs::cancel_job(id), move |_| {
            let _ = asking.try_set(false);
            query.refetch();
            use_toasts().done(tr!(monitor.cancel_asked));
        });
    };
    view! {
        <PageHead title=Signal::derive(move || job.with(|job| tasks::title(&job.task)))>
            <Show when=move || can_retry.get()>
                <Button kind=Kind::Primary icon=IconName::Retry busy=change.busy on_click=retry>{tr!(monitor.retry)}</Button>
            </Show>
            <Show when=move || can_cancel.get()>
                <Button kind=Kind::Danger icon=IconName::Close on_click=move |()| { change.clear(); asking.set(true); }>{tr!(monitor.cancel)}</Button>
            </Show>
        </PageHead>
        <div class="process__line">{move || job.with(line)}</div>
        <ConfirmDialog
            open=asking
            title=tr!(monitor.cancel_title)
            confirm=tr!(monitor.cancel_do)
            danger=true
            busy=change.busy
            on_confirm=cancel
        >
            {move || change.error.get().map(|error| view! { <ErrorCard error/> })}
            <p>{move || if status.get() == JobStatus::Running { tr!(monitor.cancel_running_text) } else { tr!(monitor.cancel_text) }}</p>
        </ConfirmDialog>
    }
}

fn line(job: &JobDto) -> impl IntoView + use<> {
    view! {
        {words::mark(job, true)}
        {(job.attempt > 0).then(|| view! { <span class="num">{tr!(monitor.attempt, number = job.attempt, most = job.max_attempts)}</span> })}
        {tasks::word(&job.task).is_some().then(|| view! { <code class="muted">{job.task.clone()}</code> })}
        {job.subject_id.is_some().then(|| words::subject(&job.task, job.subject_id))}
        <CopyText text=job.id.to_string() mono=true/>
    }
}
