//! Actions on many rows: counted first, confirmed, then followed until the job is over. What is done to which rows is a
//! [`BulkWork`]; here are those on processes.
//!
//! `let bulk = BulkFlow::new();`, `<BulkButtons bulk target=move || …/>` where the selection is, and once on the page
//! `<BulkDialog bulk on_over=move |()| …/>`.

mod buttons;
mod progress;
mod work;

use std::sync::Arc;

use esteira_shared::{dto::processes::BulkDto, ids::JobId};
use leptos::prelude::*;

use super::reject::ReasonField;
use crate::{
    api::ApiError,
    components::{Button, Dialog, ErrorCard, Kind, Notice, Skeleton},
    hooks::use_mutation,
    i18n::tr,
    text::format,
};
pub use buttons::BulkButtons;
use progress::BulkProgress;
pub use work::{BulkAnswer, BulkWork};

/// More rows than this are not named one by one.
const NAMED: usize = 5;

type Work = Arc<dyn BulkWork>;

/// What was asked for, and how far it is. Copies freely.
#[derive(Clone, Copy)]
pub struct BulkFlow {
    open: RwSignal<bool>,
    asked: RwSignal<Option<Work>>,
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
    pub fn ask(self, work: impl BulkWork + 'static) {
        let work: Work = Arc::new(work);
        self.asked.set(Some(work));
        self.job.set(None);
        self.open.set(true);
        self.recount();
    }

    fn recount(self) {
        let Some(work) = self.asked.get_untracked() else {
            return;
        };
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.count.set(None);
        leptos::task::spawn_local(async move {
            let counted = work.send(None, true).await;
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
    let confirm = move || {
        let Some(work) = bulk.asked.get_untracked() else {
            return;
        };
        let text = reason.get_untracked().trim().to_owned();
        if work.needs_reason() && text.is_empty() {
            missing.set(Some(tr!(processes.reject_needs_reason).to_owned()));
            return;
        }
        let answer = work.send(work.needs_reason().then_some(text), false);
        start.run_quietly(answer, move |started| match started.job_id {
            Some(job) => bulk.job.set(Some(job)),
            // Somebody was faster: nothing is left to do.
            None => bulk.count.set(Some(Ok(started))),
        });
    };
    let actions = move || {
        view! {
            {move || {
                if bulk.job.get().is_some() {
                    return view! { <Button on_click=move |()| bulk.open.set(false)>{tr!(parts.close)}</Button> }.into_any();
                }
                let Some(work) = bulk.asked.get() else { return ().into_any() };
                let kind = if work.is_danger() { Kind::DangerSolid } else { Kind::Primary };
                let leave = work.leave();
                let eligible = Memo::new(move |_| bulk.eligible());
                view! {
                    <Button on_click=move |()| bulk.open.set(false)>{leave}</Button>
                    <Button kind busy=start.busy disabled=Signal::derive(move || eligible.get() == 0) on_click=move |()| confirm()>
                        {move || work.verb(eligible.get())}
                    </Button>
                }
                .into_any()
            }}
        }
    };
    let title = Signal::derive(move || {
        bulk.asked
            .with(|work| work.as_ref().map(|work| work.title()).unwrap_or_default())
            .to_owned()
    });
    view! {
        <Dialog open=bulk.open title actions>
            {move || match (bulk.job.get(), bulk.asked.get()) {
                (Some(job), Some(work)) => view! { <BulkProgress job work on_over/> }.into_any(),
                (None, Some(work)) => {
                    let needs_reason = work.needs_reason();
                    view! {
                        <Count bulk work/>
                        {move || start.error.get().filter(|error| error.fields.is_empty()).map(|error| view! { <ErrorCard error/> })}
                        <Show when=move || needs_reason && (bulk.eligible() > 0)>
                            <ReasonField reason refused=missing send=Callback::new(move |()| confirm())/>
                        </Show>
                    }
                    .into_any()
                }
                _ => ().into_any(),
            }}
        </Dialog>
    }
    .into_any()
}

/// What the dry run says.
#[component]
fn Count(bulk: BulkFlow, work: Work) -> impl IntoView {
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
                <p role="status"><b>{work.eligible(count.eligible, count.matching)}</b></p>
                {named(work.names(), count.eligible)}
                {(count.matching > count.eligible).then(|| {
                    view! { <p class="small muted">{tr!(processes.bulk_others, count = format::count(count.matching - count.eligible))}</p> }
                })}
                {work.note().map(|note| view! { <p class="small muted">{note}</p> })}
            </div>
        }
        .into_any(),
    }
    }
}

/// The first of them by name, and how many more there are.
fn named(names: &[String], eligible: i64) -> Option<AnyView> {
    let shown = names.len().min(NAMED);
    let more = eligible - i64::try_from(shown).unwrap_or(0);
    // Fewer than were named: the page is behind the server, and the number says enough.
    if shown == 0 || more < 0 {
        return None;
    }
    let lines = names.iter().take(NAMED).cloned();
    Some(
        view! {
            <ul class="bullets small">
                {lines.map(|name| view! { <li>{name}</li> }).collect_view()}
                {(more > 0).then(|| view! { <li>{tr!(processes.bulk_and_more, count = format::count(more))}</li> })}
            </ul>
        }
        .into_any(),
    )
}
