//! Actions on many processes: counted first, confirmed, then followed until the job is over.
//!
//! `let bulk = BulkFlow::new();`, `<BulkButtons bulk target=move || …/>` where the selection is, and once on the page
//! `<BulkDialog bulk on_over=move |()| …/>`.

mod buttons;
mod progress;

use esteira_shared::{
    dto::processes::{BulkAction, BulkCreate, BulkDto, BulkTarget},
    ids::JobId,
};
use leptos::prelude::*;

use super::{reject::ReasonField, words};
use crate::{
    api::{self, ApiError},
    components::{Button, Dialog, ErrorCard, Kind, Notice, Skeleton},
    hooks::use_mutation,
    i18n::tr,
    text::format,
};
pub use buttons::BulkButtons;
use progress::BulkProgress;

/// What was asked for, and how far it is. Copies freely.
#[derive(Clone, Copy)]
pub struct BulkFlow {
    open: RwSignal<bool>,
    asked: RwSignal<Option<(BulkAction, BulkTarget)>>,
    count: RwSignal<Option<Result<BulkDto, ApiError>>>,
    job: RwSignal<Option<JobId>>,
    /// Which count is the newest: an older answer is of no interest.
    turn: StoredValue<u32>,
}

impl BulkFlow {
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            asked: RwSignal::new(None),
            count: RwSignal::new(None),
            job: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    /// Opens the dialog and counts.
    pub fn ask(self, action: BulkAction, target: BulkTarget) {
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
            let create = BulkCreate {
                target,
                reason: None,
                dry_run: true,
            };
            let counted = api::processes::bulk(action, &create).await;
            if self.turn.try_get_value() == Some(turn) {
                self.count.set(Some(counted));
            }
        });
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
pub fn BulkDialog(
    bulk: BulkFlow,
    /// The job is over; the page reads its list again.
    #[prop(into)]
    on_over: Callback<()>,
) -> impl IntoView {
    let start = use_mutation();
    let reason = RwSignal::new(String::new());
    let missing = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if bulk.open.get() {
            reason.set(String::new());
            missing.set(None);
            start.clear();
        }
    });
    let action = Memo::new(move |_| bulk.asked.with(|asked| asked.as_ref().map(|(action, _)| *action)));
    let confirm = move || {
        let Some((action, target)) = bulk.asked.get_untracked() else {
            return;
        };
        let text = reason.get_untracked().trim().to_owned();
        if action == BulkAction::Reject && text.is_empty() {
            missing.set(Some(tr!(processes.reject_needs_reason).to_owned()));
            return;
        }
        let create = BulkCreate {
            target,
            reason: (action == BulkAction::Reject).then_some(text),
            dry_run: false,
        };
        start.run_quietly(
            async move { api::processes::bulk(action, &create).await },
            move |started| match started.job_id {
                Some(job) => bulk.job.set(Some(job)),
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
                let kind = if action == BulkAction::Reject { Kind::DangerSolid } else { Kind::Primary };
                let eligible = Memo::new(move |_| bulk.eligible());
                view! {
                    <Button on_click=move |()| bulk.open.set(false)>{tr!(parts.cancel)}</Button>
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
                    {move || start.error.get().filter(|error| error.fields.is_empty()).map(|error| view! { <ErrorCard error/> })}
                    <Show when=move || action == BulkAction::Reject && (bulk.eligible() > 0)>
                        <ReasonField reason refused=missing send=Callback::new(move |()| confirm())/>
                    </Show>
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
fn Count(bulk: BulkFlow, action: BulkAction) -> impl IntoView {
    move || {
        match bulk.count.get() {
        None => view! { <Skeleton rows=2/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=move |()| bulk.recount()/> }.into_any(),
        Some(Ok(count)) if count.eligible == 0 => view! {
            <Notice title=tr!(processes.bulk_none) text=tr!(processes.bulk_none_text, matching = format::count(count.matching))/>
        }
        .into_any(),
        Some(Ok(count)) => view! {
            <div class="stack stack--tight">
                <p role="status"><b>{words::bulk_eligible(action, count.eligible, count.matching)}</b></p>
                {(count.matching > count.eligible).then(|| {
                    view! { <p class="small muted">{tr!(processes.bulk_others, count = format::count(count.matching - count.eligible))}</p> }
                })}
                {(action == BulkAction::Approve).then(|| view! { <p class="small muted">{tr!(processes.bulk_approve_note)}</p> })}
            </div>
        }
        .into_any(),
    }
    }
}
