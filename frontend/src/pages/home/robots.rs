//! The robots at work this moment, each with its last line, and how they did lately.

use esteira_shared::{
    dto::{
        executions::{ExecutionDto, ExecutionQuery, ExecutionStatusList},
        home::{HomeDto, RobotsNow},
    },
    status::{ExecutionStatus, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{Card, EmptyState, IconName, Mark, ProgressBar},
    i18n::{counted, tr},
    pages::executions::words,
    routes::paths,
    text::{format, reasons::quotes},
};

#[component]
pub(super) fn Robots(data: Signal<HomeDto>) -> impl IntoView {
    let robots = Memo::new(move |_| data.with(|home| home.robots.clone()));
    let counts = Memo::new(move |_| robots.with(|now| (now.running, now.waiting)));
    let unknown = Memo::new(move |_| robots.with(|now| now.unknown));
    let idle = Memo::new(move |_| robots.with(|now| now.executions.is_empty()));
    let aside = move || view! { <small class="faint num">{move || robots.with(lately)}</small> };
    view! {
        <Card title=tr!(home.robots_now) aside flush=true>
            {move || unknown_line(unknown.get())}
            {move || {
                let (running, waiting) = counts.get();
                sums(running, waiting)
            }}
            <Show
                when=move || !idle.get()
                fallback=|| view! { <EmptyState icon=IconName::Robot title=tr!(home.robots_idle) text=tr!(home.robots_idle_text)/> }
            >
                <ul>{move || robots.with(|now| now.executions.iter().map(row).collect_view())}</ul>
            </Show>
        </Card>
    }
}

/// How the downloads of the last 30 days went.
fn lately(now: &RobotsNow) -> String {
    let success = now
        .success_percent
        .map(|share| tr!(home.success, percent = format::decimal(share, 1)));
    let median = now
        .median_seconds
        .filter(|seconds| *seconds > 0)
        .map(|seconds| tr!(home.median, time = format::duration(seconds.saturating_mul(1_000))));
    success.into_iter().chain(median).collect()
}

/// Each number leads to the list it counts.
fn sums(running: i64, waiting: i64) -> Option<AnyView> {
    if running + waiting == 0 {
        return None;
    }
    let link = |status, words: String| {
        let query = ExecutionQuery {
            status: ExecutionStatusList(vec![status]),
            ..ExecutionQuery::default()
        };
        view! { <A href=paths::executions_where(&query) attr:class="home__number">{words}</A> }
    };
    let running = link(
        ExecutionStatus::Executando,
        tr!(home.robots_running, count = format::count(running)),
    );
    let waiting = link(
        ExecutionStatus::Pendente,
        tr!(home.robots_waiting, count = format::count(waiting)),
    );
    Some(view! { <p class="now-sums small muted num">{running}" · "{waiting}</p> }.into_any())
}

fn unknown_line(count: i64) -> Option<AnyView> {
    if count == 0 {
        return None;
    }
    let query = ExecutionQuery {
        unknown: true,
        ..ExecutionQuery::default()
    };
    let word = counted!(home.robots_unknown_single, home.robots_unknown_many, count);
    Some(
        view! {
            <A href=paths::executions_where(&query) attr:class="now-unknown">
                <Mark tone=Tone::NeedsYou word/>
                <span class="small muted">{tr!(home.robots_unknown_text)}</span>
            </A>
        }
        .into_any(),
    )
}

fn row(one: &ExecutionDto) -> impl IntoView + use<> {
    let title = format!("{} · {}", one.operator_name, one.client_name);
    let (tone, word) = words::look(one);
    let bar = (one.status == ExecutionStatus::Executando).then(|| {
        let (share, label) = (words::share(one), title.clone());
        view! { <div class="now__bar"><ProgressBar share label/></div> }
    });
    let line = words::said(one).unwrap_or_default();
    let name = title.clone();
    view! {
        <li class="now">
            <div class="now__head">
                <span title=word><Mark tone word=""/><span class="sr-only">{word}</span></span>
                <A href=paths::execution(one.id) attr:class="truncate" attr:title=title>{name}</A>
                {bar}
            </div>
            <code class="faint truncate">{quotes(&line)}</code>
        </li>
    }
}
