//! How its runs of the last 90 days went, in a few numbers, and the last of them one by one.

use esteira_shared::{
    dto::schedules::{ScheduleFiguresDto, ScheduleRunDto, ScheduleRunQuery},
    event::Topic,
    ids::ScheduleId,
    page::Page,
    status::Tone,
};
use leptos::prelude::*;

use super::strip::Strip;
use crate::{
    api,
    components::{AsyncView, Card, Part, StackBar},
    hooks::use_query,
    i18n::tr,
    text::format,
};

/// Runs in the strip.
const SHOWN: i64 = 40;

#[component]
pub(super) fn Figures(id: ScheduleId) -> impl IntoView {
    let figures = use_query(&[Topic::Schedules], move || async move {
        api::schedules::get_schedule_figures(id).await
    });
    let last = use_query(&[Topic::Schedules], move || async move {
        let wanted = ScheduleRunQuery {
            limit: Some(SHOWN),
            ..ScheduleRunQuery::default()
        };
        api::schedules::list_schedule_runs(id, &wanted).await
    });
    let runs = Signal::derive(move || {
        last.data.with(|page: &Option<Page<ScheduleRunDto>>| {
            page.as_ref().map(|page| page.items.clone()).unwrap_or_default()
        })
    });
    view! {
        <Card title=tr!(schedules.figures)>
            <div class="stack">
                <AsyncView query=figures let:data>{move || data.with(numbers)}</AsyncView>
                <Strip runs/>
            </div>
        </Card>
    }
}

fn numbers(figures: &ScheduleFiguresDto) -> impl IntoView + use<> {
    let ended = figures.succeeded + figures.failed + figures.cancelled;
    #[expect(clippy::cast_precision_loss, reason = "counts of runs are far below 2^52")]
    let share = (ended > 0).then(|| figures.succeeded as f64 * 100.0 / ended as f64);
    let success = share.map_or_else(
        || "—".to_owned(),
        |share| {
            tr!(
                schedules.percent,
                share = format::decimal(share, usize::from(share.fract() >= 0.05))
            )
        },
    );
    let time = |ms: Option<i64>| ms.map_or_else(|| "—".to_owned(), format::duration);
    let cells = [
        (tr!(schedules.success), success),
        (tr!(schedules.late_p50), time(figures.late_ms_p50)),
        (tr!(schedules.late_p99), time(figures.late_ms_p99)),
        (tr!(schedules.took_p50), time(figures.took_ms_p50)),
        (tr!(schedules.took_p95), time(figures.took_ms_p95)),
    ];
    let parts = vec![
        Part::new(Tone::Done, figures.succeeded, tr!(schedules.part_succeeded)),
        Part::new(Tone::Failed, figures.failed, tr!(schedules.part_failed)),
        Part::new(Tone::Waiting, figures.cancelled, tr!(schedules.part_cancelled)),
        Part::new(Tone::NeedsYou, figures.missed, tr!(schedules.part_missed)),
    ];
    let words: Vec<String> = parts
        .iter()
        .filter(|part| part.count > 0)
        .map(|part| format!("{} {}", format::count(part.count), part.word))
        .collect();
    let total = ended + figures.missed;
    let told = if total == 0 {
        tr!(schedules.figures_none).to_owned()
    } else {
        words.join(" · ")
    };
    view! {
        <dl class="figures">
            {cells.into_iter().map(|(label, value)| {
                let none = value == "—";
                view! { <div class:is-zero=none><dt>{label}</dt><dd>{value}</dd></div> }
            }).collect_view()}
        </dl>
        <div class="sched-sums">
            <StackBar parts=parts total=total/>
            <span class="small muted num">{told}</span>
        </div>
    }
}
