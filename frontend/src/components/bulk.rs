//! Actions on many rows: counted first, confirmed, then followed until the job is over, which goes on and keeps its result
//! when dialog and page are long closed.
//!
//! `let bulk = BulkFlow::new();`, `bulk.ask(target, |target| BulkAsk::new(action, target, send))` at a button beside the
//! selection, and once on the page `<BulkDialog bulk on_over=move |()| …/>`. What the person reads are the action's
//! [`BulkWords`].

mod ask;
mod progress;

use esteira_shared::{
    dto::bulk::{BULK_IDS, BulkDto, Target},
    ids::JobId,
};
use leptos::prelude::*;

use self::progress::BulkProgress;
pub use self::{
    ask::{BulkAsk, BulkDoubt, BulkWish, BulkWords},
    progress::bulk_outcome,
};
use crate::{
    api::ApiError,
    components::{Button, Checkbox, Dialog, ErrorCard, Kind, Notice, ReasonField, Skeleton},
    hooks::use_mutation,
    i18n::tr,
    state::toasts::use_toasts,
    text::format,
};

/// More rows than this are not named one by one.
const NAMED: usize = 5;

/// What was asked for, and how far it is. Copies freely.
#[derive(Clone, Copy)]
pub struct BulkFlow {
    open: RwSignal<bool>,
    asked: RwSignal<Option<BulkAsk>>,
    count: RwSignal<Option<Result<BulkDto, ApiError>>>,
    job: RwSignal<Option<JobId>>,
    /// The person wants it also for those that may have been done already.
    despite_doubt: RwSignal<bool>,
    /// Which question is the newest: answers to an older one do not belong into the dialog.
    turn: StoredValue<u32>,
}

impl BulkFlow {
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            asked: RwSignal::new(None),
            count: RwSignal::new(None),
            job: RwSignal::new(None),
            despite_doubt: RwSignal::new(false),
            turn: StoredValue::new(0),
        }
    }

    /// Opens the dialog and counts. A selection that stands for nothing, or is longer than one request may be, has no question.
    pub fn ask<T: Target>(self, target: Option<T>, ask: impl FnOnce(T) -> BulkAsk) {
        match target {
            Some(target) if target.is_too_long() => refuse_too_many(),
            Some(target) => self.begin(ask(target)),
            None => {}
        }
    }

    fn begin(self, ask: BulkAsk) {
        self.asked.set(Some(ask));
        self.job.set(None);
        self.despite_doubt.set(false);
        self.open.set(true);
        self.recount();
    }

    fn recount(self) {
        let Some(ask) = self.asked.get_untracked() else {
            return;
        };
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.count.set(None);
        leptos::task::spawn_local(async move {
            let wish = BulkWish {
                dry_run: true,
                ..BulkWish::default()
            };
            let counted = ask.send(wish).await;
            if self.turn.try_get_value() == Some(turn) {
                self.count.set(Some(counted));
            }
        });
    }

    /// Whether the dialog shows how it goes.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// How many it is for, as the person has chosen.
    fn eligible(self) -> i64 {
        let despite_doubt = self.despite_doubt.get();
        self.count.with(|count| {
            let Some(Ok(count)) = count else { return 0 };
            count.eligible + count.doubtful.filter(|_| despite_doubt).unwrap_or(0)
        })
    }
}

/// Says that a selection is longer than one request may be.
fn refuse_too_many() {
    let most = i64::try_from(BULK_IDS).unwrap_or(i64::MAX);
    use_toasts().fail_text(tr!(processes.bulk_too_many, count = format::count(most)));
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
        let Some(ask) = bulk.asked.get_untracked() else {
            return;
        };
        let text = reason.get_untracked().trim().to_owned();
        let needs_reason = ask.words.needs_reason();
        if needs_reason && text.is_empty() {
            missing.set(Some(tr!(processes.reject_needs_reason).to_owned()));
            return;
        }
        let answer = ask.send(BulkWish {
            reason: needs_reason.then_some(text),
            despite_doubt: bulk.despite_doubt.get_untracked(),
            dry_run: false,
        });
        let turn = bulk.turn.get_value();
        // By then the page may be gone, the dialog closed, or open for something else.
        let is_asked = move || bulk.open.try_get_untracked() == Some(true) && bulk.turn.try_get_value() == Some(turn);
        let answer = async move {
            match answer.await {
                Err(error) if !is_asked() => {
                    use_toasts().fail(&error);
                    Ok(None)
                }
                answer => answer.map(Some),
            }
        };
        start.run_quietly(answer, move |answer| {
            let Some(answer) = answer else { return };
            if let Some(job) = answer.job_id {
                ask.started(job);
            }
            if !is_asked() {
                return;
            }
            match answer.job_id {
                Some(job) => bulk.job.set(Some(job)),
                // Somebody was faster: nothing is left to do.
                None => bulk.count.set(Some(Ok(answer))),
            }
        });
    };
    let actions = move || {
        view! {
            {move || {
                if bulk.job.get().is_some() {
                    return view! { <Button on_click=move |()| bulk.open.set(false)>{tr!(parts.close)}</Button> }.into_any();
                }
                let Some(BulkAsk { words, .. }) = bulk.asked.get() else { return ().into_any() };
                let kind = if words.is_danger() { Kind::DangerSolid } else { Kind::Primary };
                let leave = words.leave();
                let eligible = Memo::new(move |_| bulk.eligible());
                view! {
                    <Button on_click=move |()| bulk.open.set(false)>{leave}</Button>
                    <Button kind busy=start.busy disabled=Signal::derive(move || eligible.get() == 0) on_click=move |()| confirm()>
                        {move || words.verb(eligible.get())}
                    </Button>
                }
                .into_any()
            }}
        }
    };
    let title = Signal::derive(move || {
        bulk.asked
            .with(|ask| ask.as_ref().map(|ask| ask.words.title()).unwrap_or_default())
            .to_owned()
    });
    view! {
        <Dialog open=bulk.open title actions>
            {move || match (bulk.job.get(), bulk.asked.get()) {
                (Some(job), Some(ask)) => view! { <BulkProgress job words=ask.words on_over/> }.into_any(),
                (None, Some(ask)) => {
                    let needs_reason = ask.words.needs_reason();
                    view! {
                        <Count bulk ask/>
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
fn Count(bulk: BulkFlow, ask: BulkAsk) -> impl IntoView {
    move || {
        let words = &ask.words;
        match bulk.count.get() {
        None => view! { <Skeleton rows=2/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=move |()| bulk.recount()/> }.into_any(),
        Some(Ok(count)) if count.eligible == 0 && doubtful(&count) == 0 => view! {
            <Notice title=tr!(processes.bulk_none) text=words.none(format::count(count.matching))/>
        }
        .into_any(),
        Some(Ok(count)) => view! {
            <div class="stack stack--tight">
                <p role="status"><b>{words.eligible(count.eligible, count.matching)}</b></p>
                {named(&ask.names, count.eligible)}
                {words.doubt(doubtful(&count)).map(|doubt| choice(bulk, doubt))}
                {(count.matching > count.eligible + doubtful(&count)).then(|| {
                    view! { <p class="small muted">{words.others(format::count(count.matching - count.eligible - doubtful(&count)))}</p> }
                })}
                {words.note().map(|note| view! { <p class="small muted">{note}</p> })}
            </div>
        }
        .into_any(),
    }
    }
}

fn doubtful(count: &BulkDto) -> i64 {
    count.doubtful.unwrap_or(0)
}

/// Whether it is done also to those that may have been done already.
fn choice(bulk: BulkFlow, doubt: BulkDoubt) -> AnyView {
    let despite_doubt = bulk.despite_doubt;
    view! { <Checkbox checked=despite_doubt on_change=move |on| despite_doubt.set(on) label=doubt.label hint=doubt.hint/> }
        .into_any()
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
