//! "Por que não rodou?": everything that has to be true before the job runs, in order, with the first thing that is not.

use esteira_shared::dto::jobs::{JobDto, WaitingCheckDto, WaitingDto};
use leptos::prelude::*;

use super::super::words;
use crate::{
    components::{Card, Mark},
    hooks::use_now,
    i18n::tr,
};

#[component]
pub(super) fn Waiting(waiting: Memo<Option<WaitingDto>>, job: Memo<JobDto>) -> impl IntoView {
    let now = use_now();
    let lines = move || {
        let checks = waiting.with(|waiting| waiting.as_ref().map(|one| one.checks.clone()).unwrap_or_default());
        let holding = checks.iter().position(|check| !check.passed);
        job.with(|job| {
            let all = checks.iter().enumerate();
            all.map(|(place, check)| line(check, words::check(check, job, now.get()), holding == Some(place)))
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

fn line(check: &WaitingCheckDto, sentence: String, holds: bool) -> impl IntoView + use<> {
    let (tone, word) = words::check_look(check);
    view! {
        <li class="checks__line" class:is-holding=holds aria-current=holds.then_some("step")>
            <Mark tone word/>
            <span class="break">{sentence}</span>
        </li>
    }
}
