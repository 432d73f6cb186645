//! What a backfill would run, slot by slot.

use esteira_shared::{
    dto::schedules::{BackfillDto, BackfillSlotDto},
    status::Tone,
};
use leptos::prelude::*;

use super::super::words;
use crate::{
    components::{Mark, Notice},
    i18n::{counted, tr},
    text::schedules,
};

#[component]
pub(super) fn Slots(tried: BackfillDto) -> impl IntoView {
    if tried.slots.is_empty() {
        return view! {
            <div role="status"><Notice title=tr!(schedules.backfill_none) text=tr!(schedules.backfill_none_text)/></div>
        }
        .into_any();
    }
    let runs = tried.slots.iter().filter(|slot| slot.runs).count();
    let words = match i64::try_from(runs).unwrap_or(i64::MAX) {
        0 => tr!(schedules.backfill_all_done).to_owned(),
        count => counted!(schedules.backfill_runs_single, schedules.backfill_runs_many, count),
    };
    view! {
        <div class="stack stack--tight">
            <p role="status"><b>{words}</b></p>
            {tried.more.then(|| view! { <Notice tone=Tone::NeedsYou title=tr!(schedules.backfill_more) text=tr!(schedules.backfill_more_text)/> })}
            <ul class="sched-slots" tabindex="0" aria-label=tr!(schedules.backfill_slots)>{tried.slots.iter().map(slot).collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn slot(slot: &BackfillSlotDto) -> impl IntoView + use<> {
    let (tone, word) = match slot.status {
        Some(status) => (schedules::run_tone(status), schedules::run(status)),
        None => (Tone::Waiting, tr!(schedules.backfill_unknown)),
    };
    let (local, runs) = (words::local(&slot.local), slot.runs);
    view! {
        <li class:is-left=!runs>
            <span class="num">{local}</span>
            <span class="small muted">{tr!(schedules.backfill_so_far)}" "<Mark tone word/></span>
            <b class="small">{if runs { tr!(schedules.backfill_runs) } else { tr!(schedules.backfill_leaves) }}</b>
        </li>
    }
}
