//! The end of the log: time, level, text. The text is whatever the task wrote, so it is only ever shown as text.

use esteira_shared::dto::jobs::{JobDetailDto, JobLogLineDto};
use leptos::{html, prelude::*};

use crate::{
    components::{Card, KeyedRow, keyed_rows},
    i18n::tr,
    text::{
        format,
        reasons::{quotes, told},
    },
};

/// Still counts as the end, in CSS pixels.
const NEAR: i32 = 24;

#[component]
pub(super) fn Log(data: Signal<JobDetailDto>) -> impl IntoView {
    let lines = Memo::new(move |_| data.with(|detail| detail.log.clone()));
    // Follows a job that goes on, unless the person has scrolled up to read.
    let node = NodeRef::<html::Div>::new();
    let at_end = StoredValue::new(data.with_untracked(|detail| !detail.job.status.is_over()));
    let scrolled = move |_| {
        if let Some(area) = node.get_untracked() {
            at_end.set_value(area.scroll_top() + area.client_height() + NEAR >= area.scroll_height());
        }
    };
    Effect::new(move |_| {
        lines.track();
        let Some(area) = node.get() else { return };
        if at_end.get_value() {
            request_animation_frame(move || area.set_scroll_top(area.scroll_height()));
        }
    });
    let none = Memo::new(move |_| lines.with(Vec::is_empty));
    // The server sends the end; a number higher than the count tells that there was more.
    let cut = Memo::new(move |_| lines.with(|lines| lines.first().is_some_and(|first| first.seq > 1)));
    let aside = move || {
        view! { <small class="faint num">{move || cut.get().then(|| tr!(monitor.log_cut, count = lines.with(Vec::len)))}</small> }
    };
    view! {
        <Card title=tr!(monitor.log) aside flush=true>
            <Show when=move || !none.get() fallback=|| view! { <p class="small muted monitor__note">{tr!(monitor.log_empty)}</p> }>
                <div class="job-log" node_ref=node on:scroll=scrolled tabindex="0" role="region" aria-label=tr!(monitor.log)>
                    <ol>{keyed_rows(move || {
                        let all = lines.get().into_iter();
                        all.map(|line| KeyedRow::new(line.seq, move || one(&line))).collect()
                    })}</ol>
                </div>
            </Show>
        </Card>
    }
}

fn one(line: &JobLogLineDto) -> impl IntoView + use<> {
    let level = match line.level.as_str() {
        "warn" => tr!(monitor.level_warn),
        "error" => tr!(monitor.level_error),
        _ => tr!(monitor.level_info),
    };
    let at = line.at;
    let clock = format::date_time_seconds(*at);
    // The day stands in the title; the clock is what one reads.
    let short = clock.split_once(' ').map_or(clock.clone(), |(_, time)| time.to_owned());
    view! {
        <li class=format!("job-log__line is-{}", line.level)>
            <time datetime=at.to_rfc3339() title=clock>{short}</time>
            <b>{level}</b>
            <span class="break">{quotes(&told(&line.message_coded))}</span>
        </li>
    }
}
