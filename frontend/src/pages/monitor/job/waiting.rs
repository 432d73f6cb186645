//! "Por que não rodou?": everything that has to be true before the job runs, in order, with the first thing that is not.
//! Also for what a job stands behind, such as the run of a robot.

use chrono::{DateTime, Utc};
use esteira_shared::{
    dto::jobs::{WaitingCheckDto, WaitingDto},
    instant::Instant,
};
use leptos::prelude::*;

use super::super::words;
use crate::{
    components::{Card, Mark},
    hooks::use_now,
    i18n::tr,
};

#[component]
pub fn Waiting(
    #[prop(into)] waiting: Signal<Option<WaitingDto>>,
    /// Its queue by its technical name.
    #[prop(into)]
    queue: Signal<String>,
    /// When it may start at the earliest.
    #[prop(into)]
    run_at: Signal<Instant>,
) -> impl IntoView {
    let now = use_now();
    let lines = move || {
        let checks = waiting.with(|waiting| waiting.as_ref().map(|one| one.checks.clone()).unwrap_or_default());
        let holding = checks.iter().position(|check| !check.passed);
        queue.with(|queue| {
            let say = |check| words::check(check, queue, run_at.get(), now.get());
            let all = checks.iter().enumerate();
            all.map(|(place, check)| line(check, say(check), holding == Some(place)))
                .collect_view()
        })
    };
    let free = Memo::new(move |_| {
        waiting.with(|waiting| {
            waiting
                .as_ref()
                .is_some_and(|one| one.checks.iter().all(|check| check.passed))
        })
    });
    view! {
        <Card title=tr!(monitor.why_waiting)>
            <Show when=move || free.get()><p class="small checks__free">{tr!(monitor.why_free)}</p></Show>
            <ol class="checks">{lines}</ol>
        </Card>
    }
}

/// The first thing that holds it, in one sentence; nothing when it may start any moment.
pub fn held_by(waiting: &WaitingDto, queue: &str, run_at: Instant, now: DateTime<Utc>) -> Option<String> {
    let holding = waiting.checks.iter().find(|check| !check.passed)?;
    Some(words::check(holding, queue, run_at, now))
}

fn line(check: &WaitingCheckDto, sentence: String, holds: bool) -> impl IntoView + use<> {
    let (tone, word) = words::check_look(check);
    view! {
        <li class="checks__line" class:is-holding=holds aria-current=holds.then_some("step")>
            <Mark tone word/>
            <span class="break">{sentence}</span>
        </li>
    }
}
