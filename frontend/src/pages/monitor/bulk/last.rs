//! The bulk action started last, above the list for as long as somebody wants to see it: also after the page was left.

use esteira_shared::{
    dto::{bulk::JobBulkAction, jobs::JobDetailDto},
    event::Topic,
    ids::JobId,
    status::JobStatus,
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    api,
    components::{BulkFlow, IconButton, IconName, ProgressBar, bulk_outcome},
    hooks::use_query,
    i18n::tr,
    pages::monitor::words,
    routes::paths,
    state::{session::BULK, storage},
};

/// The newest one started in this browser, also before this page was opened. Copies freely.
#[derive(Clone, Copy)]
pub(in crate::pages::monitor) struct LastStarted(RwSignal<Option<JobId>>);

impl LastStarted {
    pub(in crate::pages::monitor) fn new() -> Self {
        Self(RwSignal::new(storage::read(BULK).and_then(|id| id.parse().ok())))
    }

    pub(super) fn remember(self, job: JobId) {
        storage::write(BULK, &job.to_string());
        let _ = self.0.try_set(Some(job));
    }

    fn forget(self) {
        storage::remove(BULK);
        self.0.set(None);
    }
}

#[component]
pub(in crate::pages::monitor) fn LastBulk(bulk: BulkFlow, last: LastStarted) -> impl IntoView {
    // While the dialog is open it says the same.
    let shown = Memo::new(move |_| last.0.get().filter(|_| !bulk.is_open()));
    move || shown.get().map(|id| view! { <Strip last id/> })
}

#[component]
fn Strip(last: LastStarted, id: JobId) -> impl IntoView {
    let query = use_query(&[Topic::Jobs], move || async move { api::jobs::get_job(id).await });
    // Ended jobs are deleted after a while; then there is nothing more to tell.
    Effect::new(move |_| {
        if query
            .error
            .with(|error| error.as_ref().is_some_and(|error| error.status == 404))
        {
            last.forget();
        }
    });
    move || {
        query.data.get().map(|detail| {
            view! {
                <div class="card last-bulk">
                    <div class="last-bulk__what">
                        <b>{words::bulk_title(action(&detail))}</b>
                        {state(&detail)}
                    </div>
                    <A href=paths::job(id) attr:class="link small nowrap">{tr!(monitor.bulk_open)}</A>
                    <IconButton icon=IconName::Close label=tr!(parts.dismiss) on_click=move |()| last.forget()/>
                </div>
            }
        })
    }
}

pub(in crate::pages::monitor) fn action(detail: &JobDetailDto) -> JobBulkAction {
    let word = detail.payload.get("action").and_then(|action| action.as_str());
    word.and_then(|word| word.parse().ok()).unwrap_or(JobBulkAction::Retry)
}

fn state(detail: &JobDetailDto) -> AnyView {
    let job = &detail.job;
    match job.status {
        JobStatus::Running => {
            let share = Some(f64::from(job.progress) / 100.0);
            view! { <ProgressBar share label=tr!(processes.bulk_running)/> }.into_any()
        }
        JobStatus::Succeeded => bulk_outcome(job, &action(detail)),
        _ => words::mark(job, true),
    }
}
