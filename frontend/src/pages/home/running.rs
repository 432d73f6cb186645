//! What is being sent to SAT this moment.

use esteira_shared::{
    dto::home::{HomeDto, RunningJob},
    status::Tone,
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{Card, EmptyState, IconName, Mark, ProgressBar},
    i18n::tr,
    routes::paths,
    text::{format, reasons, tasks},
};

#[component]
pub(super) fn SatNow(data: Signal<HomeDto>) -> impl IntoView {
    let running = Memo::new(move |_| data.with(|home| home.running.clone()));
    let aside = move || {
        view! {
            <small class="faint num">
                {move || data.with(|home| home.send_success_percent.map(|share| tr!(home.success, percent = format::decimal(share, 1))))}
                {move || data.with(|home| home.send_median_ms.filter(|ms| *ms > 0).map(|ms| tr!(home.median, time = format::duration(ms))))}
            </small>
        }
    };
    view! {
        <Card title=tr!(home.sat_now) aside flush=true>
            <Show
                when=move || !running.with(Vec::is_empty)
                fallback=|| view! { <EmptyState icon=IconName::Send title=tr!(home.idle) text=tr!(home.idle_text)/> }
            >
                <ul>{move || running.get().into_iter().map(row).collect_view()}</ul>
            </Show>
        </Card>
    }
}

fn row(one: RunningJob) -> impl IntoView {
    let share = f64::from(one.job.progress) / 100.0;
    let title = match one.job.subject_id.filter(|_| tasks::is_about_process(&one.job.task)) {
        Some(id) => {
            let title = one.title.clone();
            view! { <A href=paths::process(id) attr:class="truncate">{title}</A> }.into_any()
        }
        None => view! { <span class="truncate">{tr!(home.by_person, name = one.title.clone())}</span> }.into_any(),
    };
    let said = one.last_line_coded.or(one.job.progress_message_coded);
    let line = said.as_ref().map(reasons::told).unwrap_or_default();
    view! {
        <li class="now">
            <div class="now__head">
                <Mark tone=Tone::Running word=""/>
                {title}
                <div class="now__bar"><ProgressBar share=Some(share) label=one.title/></div>
            </div>
            <code class="faint truncate">{reasons::quotes(&line)}</code>
        </li>
    }
}
