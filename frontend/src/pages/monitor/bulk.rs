//! Repeating and cancelling many jobs: counted first, confirmed, then followed. A job of its own does it, which goes on
//! and keeps its result when dialog and page are long closed.

mod last;
mod progress;

use esteira_shared::{
    dto::jobs::{JOB_IDS, JobBulkAction, JobBulkCreate, JobBulkDto, JobTarget},
    ids::JobId,
};
use leptos::prelude::*;

use super::words;
use crate::{
    api::{self, ApiError},
    components::{Button, Dialog, ErrorCard, IconName, Kind, Notice, Skeleton},
    hooks::use_mutation,
    i18n::tr,
    state::{session::BULK, storage, toasts::use_toasts},
    text::format,
};
pub(super) use last::{LastBulk, action};
use progress::BulkProgress;
pub(super) use progress::outcome;

/// What was asked for, and the job that does it. Copies freely.
#[derive(Clone, Copy)]
pub(super) struct BulkFlow {
    open: RwSignal<bool>,
    asked: RwSignal<Option<(JobBulkAction, JobTarget)>>,
    count: RwSignal<Option<Result<JobBulkDto, ApiError>>>,
    job: RwSignal<Option<JobId>>,
    /// The newest one started in this browser, also before this page was opened.
    last: RwSignal<Option<JobId>>,
    /// Which count is the newest: an older answer is of no interest.
    turn: StoredValue<u32>,
}

impl BulkFlow {
    pub(super) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            asked: RwSignal::new(None),
            count: RwSignal::new(None),
            job: RwSignal::new(None),
            last: RwSignal::new(storage::read(BULK).and_then(|id| id.parse().ok())),
            turn: StoredValue::new(0),
        }
    }

    /// Opens the dialog and counts.
    fn ask(self, action: JobBulkAction, target: JobTarget) {
        self.asked.set(Some((action, target)));
        self.job.set(None);
        self.open.set(true);
        self.recount();
    }

    fn recount(self) {
        let Some((action, target)) = self.asked.get_untracked() else {
            return;
        };
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.count.set(None);
        leptos::task::spawn_local(async move {
            let create = JobBulkCreate {
                action,
                target,
                dry_run: true,
            };
            let counted = api::jobs::bulk_jobs(&create).await;
            if self.turn.try_get_value() == Some(turn) {
                self.count.set(Some(counted));
            }
        });
    }

    fn started(self, job: JobId) {
        storage::write(BULK, &job.to_string());
        let _ = self.last.try_set(Some(job));
        let _ = self.job.try_set(Some(job));
    }

    fn forget(self) {
        storage::remove(BULK);
        self.last.set(None);
    }

    fn eligible(self) -> i64 {
        self.count.with(|count| {
            count
                .as_ref()
                .and_then(|count| count.as_ref().ok())
                .map_or(0, |count| count.eligible)
        })
    }
}

#[component]
pub(super) fn BulkButtons(
    bulk: BulkFlow,
    /// What the selection stands for at the moment of the click.
    #[prop(into)]
    target: Callback<(), Option<JobTarget>>,
) -> impl IntoView {
    let ask = move |action| match target.run(()) {
        Some(JobTarget::Ids(ids)) if ids.len() > JOB_IDS => {
            let most = i64::try_from(JOB_IDS).unwrap_or(i64::MAX);
            use_toasts().fail_text(tr!(monitor.bulk_too_many, count = format::count(most)));
        }
        Some(target) => bulk.ask(action, target),
        None => {}
    };
    view! {
        <Button small=true icon=IconName::Retry on_click=move |()| ask(JobBulkAction::Retry)>{tr!(monitor.retry)}</Button>
        <Button small=true kind=Kind::Danger icon=IconName::Close on_click=move |()| ask(JobBulkAction::Cancel)>{tr!(monitor.cancel)}</Button>
    }
    .into_any()
}

#[component]
pub(super) fn BulkDialog(
    bulk: BulkFlow,
    /// The job is over; the page reads its list again.
    #[prop(into)]
    on_over: Callback<()>,
) -> impl IntoView {
    let start = use_mutation();
    Effect::new(move |_| {
        if bulk.open.get() {
            start.clear();
        }
    });
    let action = Memo::new(move |_| bulk.asked.with(|asked| asked.as_ref().map(|(action, _)| *action)));
    let confirm = move || {
        let Some((action, target)) = bulk.asked.get_untracked() else {
            return;
        };
        let create = JobBulkCreate {
            action,
            target,
            dry_run: false,
        };
        start.run_quietly(
            async move { api::jobs::bulk_jobs(&create).await },
            move |started| match started.job_id {
                Some(job) => bulk.started(job),
                // Somebody was faster: nothing is left to do.
                None => bulk.count.set(Some(Ok(started))),
            },
        );
    };
    let actions = move || {
        view! {
            {move || {
                if bulk.job.get().is_some() {
                    return view! { <Button on_click=move |()| bulk.open.set(false)>{tr!(parts.close)}</Button> }.into_any();
                }
                let Some(action) = action.get() else { return ().into_any() };
                let kind = if action == JobBulkAction::Cancel { Kind::DangerSolid } else { Kind::Primary };
                let eligible = Memo::new(move |_| bulk.eligible());
                view! {
                    <Button on_click=move |()| bulk.open.set(false)>{tr!(parts.close)}</Button>
                    <Button kind busy=start.busy disabled=Signal::derive(move || eligible.get() == 0) on_click=move |()| confirm()>
                        {move || words::bulk_verb(action, eligible.get())}
                    </Button>
                }
                .into_any()
            }}
        }
    };
    let title = Signal::derive(move || action.get().map(words::bulk_title).unwrap_or_default().to_owned());
    view! {
        <Dialog open=bulk.open title actions>
            {move || match (bulk.job.get(), action.get()) {
                (Some(job), Some(action)) => view! { <BulkProgress job action on_over/> }.into_any(),
                (None, Some(action)) => view! {
                    <Count bulk action/>
                    {move || start.error.get().map(|error| view! { <ErrorCard error/> })}
                }
                .into_any(),
                _ => ().into_any(),
            }}
        </Dialog>
    }
    .into_any()
}

/// What the dry run says.
#[component]
fn Count(bulk: BulkFlow, action: JobBulkAction) -> impl IntoView {
    move || {
        match bulk.count.get() {
        None => view! { <Skeleton rows=2/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=move |()| bulk.recount()/> }.into_any(),
        Some(Ok(count)) if count.eligible == 0 => view! {
            <Notice title=tr!(processes.bulk_none) text=tr!(monitor.bulk_none_text, matching = format::count(count.matching))/>
        }
        .into_any(),
        Some(Ok(count)) => view! {
            <div class="stack stack--tight">
                <p role="status"><b>{words::bulk_eligible(action, count.eligible, count.matching)}</b></p>
                {(count.matching > count.eligible).then(|| {
                    view! { <p class="small muted">{tr!(monitor.bulk_others, count = format::count(count.matching - count.eligible))}</p> }
                })}
                <p class="small muted">{match action {
                    JobBulkAction::Retry => tr!(monitor.bulk_retry_note),
                    JobBulkAction::Cancel => tr!(monitor.bulk_cancel_note),
                }}</p>
            </div>
        }
        .into_any(),
    }
    }
}
