//! What somebody should know before they need a backup: that there is none, or none that is new.

use chrono::TimeDelta;
use esteira_shared::{dto::backups::BackupFactsDto, status::Tone};
use leptos::prelude::*;

use crate::{
    components::Notice,
    hooks::{Query, use_now},
    i18n::tr,
    text::format,
};

/// A backup a night leaves room for one that was missed.
const OLD: TimeDelta = TimeDelta::hours(48);

#[derive(Clone, Copy, PartialEq)]
enum State {
    None,
    Old,
    Unscheduled,
}

#[component]
pub(super) fn Worry(facts: Query<BackupFactsDto>) -> impl IntoView {
    let now = use_now();
    let state = Memo::new(move |_| {
        facts.data.with(|facts| {
            let facts = facts.as_ref()?;
            match facts.newest_proven_at {
                None => Some(State::None),
                Some(at) if now.get() - *at > OLD => Some(State::Old),
                Some(_) => (!facts.scheduled).then_some(State::Unscheduled),
            }
        })
    });
    let age = move || {
        let newest = facts
            .data
            .with_untracked(|facts| facts.as_ref().and_then(|facts| facts.newest_proven_at));
        newest
            .map(|at| format::relative(*at, now.get_untracked()))
            .unwrap_or_default()
    };
    move || {
        state.get().map(|state| match state {
            State::None => view! {
                <Notice tone=Tone::NeedsYou title=tr!(backups.none_title) text=tr!(backups.none_text)/>
            }
            .into_any(),
            State::Old => view! {
                <Notice tone=Tone::NeedsYou title=tr!(backups.old_title, age = age()) text=tr!(backups.old_text)/>
            }
            .into_any(),
            State::Unscheduled => view! {
                <Notice title=tr!(backups.unscheduled_title) text=tr!(backups.unscheduled_text)/>
            }
            .into_any(),
        })
    }
}
