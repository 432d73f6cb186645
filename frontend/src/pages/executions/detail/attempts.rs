//! Every run of the same kind for the same process, the newest first.

use esteira_shared::{
    dto::executions::{ExecutionDetailDto, ExecutionDto},
    ids::ExecutionId,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::super::words;
use crate::{
    components::{Badge, Card, RelativeTime},
    i18n::tr,
    pages::processes::words::actor,
    routes::paths,
    text::{format, reasons::quotes},
};

#[component]
pub(super) fn Attempts(data: Signal<ExecutionDetailDto>) -> impl IntoView {
    let here = data.with_untracked(|detail| detail.execution.id);
    let chain = Memo::new(move |_| data.with(|detail| detail.chain.clone()));
    view! {
        <Card title=tr!(executions.tab_attempts) flush=true>
            <ol class="runs">{move || chain.with(|chain| chain.iter().map(|one| row(one, here)).collect_view())}</ol>
        </Card>
    }
}

fn row(one: &ExecutionDto, here: ExecutionId) -> impl IntoView + use<> {
    let is_here = one.id == here;
    let title = tr!(executions.attempt_title, number = one.attempt);
    let took = one
        .tempo_execucao_segundos
        .map(|seconds| format!(" · {}", format::duration(seconds.saturating_mul(1_000))));
    view! {
        <li class="runs__item" class:is-here=is_here>
            <div class="line">
                <A href=paths::execution(one.id) attr:class="runs__name">{title}</A>
                {words::mark(one, false)}
                {is_here.then(|| view! { <Badge accent=true>{tr!(executions.this_attempt)}</Badge> })}
            </div>
            <small class="faint num">
                {actor(&one.requested_by)}" · "<RelativeTime at=one.created_at/>{took}
            </small>
            {words::said(one).map(|text| view! { <p class="small muted break">{quotes(&text)}</p> })}
        </li>
    }
}
