//! How much was done, how long it took and how much waits, over the last hour, day or month.

use std::time::Duration;

use esteira_shared::{
    dto::jobs::{JobStatsDto, JobStatsPointDto, JobStatsQuery, StatsRange, TaskStatsDto},
    instant::Instant,
};
use leptos::prelude::*;

use crate::{
    api,
    components::{AsyncView, Card, KeyedRow, Skeleton, TrendChart, TrendLook, TrendSeries, TrendUnit, keyed_rows},
    hooks::{ListQuery, use_look, use_query},
    i18n::tr,
    text::{format, tasks},
};

/// Figures are sums over steps of a minute and more: to read them again with every job that moves would show nothing new.
const LOOK: Duration = Duration::from_secs(5);

#[component]
pub(super) fn Figures(range: RwSignal<String>, list: ListQuery, pointed: RwSignal<bool>) -> impl IntoView {
    let wanted = move || range.with(|range| range.parse().unwrap_or(StatsRange::Hour));
    let query = use_query(&[], move || {
        let stats = JobStatsQuery {
            range: Some(wanted()),
            task: None,
        };
        async move { api::jobs::get_stats(&stats).await }
    });
    use_look(LOOK, move || query.look());
    Effect::new(move |_| query.hold(pointed.get()));
    let loading = || {
        view! {
            <div class="figures-row">{(0..3).map(|_| view! { <div class="card"><Skeleton rows=5/></div> }).collect_view()}</div>
        }
    };
    view! {
        <section class="monitor__figures" aria-label=tr!(monitor.figures)>
            <AsyncView query loading let:data><Charts data/><ByTask data list/></AsyncView>
        </section>
    }
}

#[component]
fn Charts(data: Signal<JobStatsDto>) -> impl IntoView {
    let labels = Signal::derive(move || {
        data.with(|stats| {
            stats
                .points
                .iter()
                .map(|point| step(point.at, stats.step_seconds))
                .collect::<Vec<_>>()
        })
    });
    let points = move |pick: fn(&JobStatsPointDto) -> Option<i64>| {
        data.with(|stats| stats.points.iter().map(pick).collect::<Vec<_>>())
    };
    let series = move |name: &'static str, look, pick| TrendSeries {
        name,
        look,
        points: points(pick),
    };
    let done = Signal::derive(move || {
        vec![
            series(tr!(monitor.succeeded), TrendLook::Done, |point| Some(point.succeeded)),
            series(tr!(monitor.failed), TrendLook::Failed, |point| Some(point.failed)),
        ]
    });
    let took = Signal::derive(move || {
        vec![
            series("p50", TrendLook::Main, |point| point.p50_ms),
            series("p95", TrendLook::Dashed, |point| point.p95_ms),
            series("p99", TrendLook::Dotted, |point| point.p99_ms),
        ]
    });
    let waiting = Signal::derive(move || vec![series(tr!(monitor.waiting), TrendLook::Main, |point| point.waiting)]);
    view! {
        <div class="figures-row">
            <Card title=tr!(monitor.throughput) aside=move || note(move || data.with(throughput))>
                <TrendChart title=tr!(monitor.throughput) series=done labels unit=TrendUnit::Count bars=true/>
            </Card>
            <Card title=tr!(monitor.duration) aside=move || note(move || data.with(newest_duration))>
                <TrendChart title=tr!(monitor.duration) series=took labels unit=TrendUnit::Milliseconds/>
            </Card>
            <Card title=tr!(monitor.depth) aside=move || note(move || data.with(depth))>
                <TrendChart title=tr!(monitor.depth) series=waiting labels unit=TrendUnit::Count/>
            </Card>
        </div>
    }
}

fn note(words: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    view! { <small class="muted num">{words}</small> }
}

/// `1.204 concluídas · 3 falhas (0,2 %)`
fn throughput(stats: &JobStatsDto) -> String {
    let sum = |pick: fn(&JobStatsPointDto) -> i64| stats.points.iter().map(pick).sum::<i64>();
    let (succeeded, failed) = (sum(|point| point.succeeded), sum(|point| point.failed));
    #[expect(clippy::cast_precision_loss, reason = "counts of jobs")]
    let percent = failed as f64 * 100.0 / (succeeded + failed).max(1) as f64;
    tr!(
        monitor.throughput_note,
        succeeded = format::count(succeeded),
        failed = format::count(failed),
        percent = format::decimal(percent, 1)
    )
}

/// Of the newest step in which something ended well.
fn newest_duration(stats: &JobStatsDto) -> String {
    let newest = stats
        .points
        .iter()
        .rev()
        .find_map(|point| point.p50_ms.zip(point.p95_ms));
    match newest {
        Some((half, most)) => tr!(
            monitor.duration_note,
            half = format::duration(half),
            most = format::duration(most)
        ),
        None => tr!(monitor.nothing_ended).to_owned(),
    }
}

fn depth(stats: &JobStatsDto) -> String {
    let waiting = || stats.points.iter().filter_map(|point| point.waiting);
    match (waiting().next_back(), waiting().max()) {
        (Some(last), Some(most)) => {
            tr!(
                monitor.depth_note,
                last = format::count(last),
                most = format::count(most)
            )
        }
        _ => tr!(monitor.nothing_noted).to_owned(),
    }
}

/// `14:05`, and with longer steps the day too.
fn step(at: Instant, seconds: i64) -> String {
    if seconds < 3_600 {
        return format::time(*at);
    }
    let day = format::date(format::day_of(*at));
    format!("{} {}", day.get(..5).unwrap_or(&day), format::time(*at))
}

#[component]
fn ByTask(data: Signal<JobStatsDto>, list: ListQuery) -> impl IntoView {
    let rows = Memo::new(move |_| data.with(|stats| stats.tasks.clone()));
    view! {
        <Show when=move || !rows.with(Vec::is_empty)>
            <Card title=tr!(monitor.by_task) flush=true>
                <div class="card-table">
                    <div class="table-wrap">
                        <table class="table by-task">
                            <thead>
                                <tr>
                                    <th scope="col">{tr!(monitor.task)}</th>
                                    <th scope="col" class="num">{tr!(monitor.succeeded)}</th>
                                    <th scope="col" class="num">{tr!(monitor.failed)}</th>
                                    <th scope="col" class="num">"p50"</th>
                                    <th scope="col" class="num">"p95"</th>
                                    <th scope="col" class="num">"p99"</th>
                                </tr>
                            </thead>
                            <tbody>
                                {keyed_rows(move || rows.with(|all| {
                                    let names = all.iter().map(|one| one.task.clone());
                                    names.map(|task| KeyedRow::new(task.clone(), move || row(task, rows, list))).collect()
                                }))}
                            </tbody>
                        </table>
                    </div>
                </div>
            </Card>
        </Show>
    }
}

fn took(ms: Option<i64>) -> String {
    ms.map_or_else(|| "—".to_owned(), format::duration)
}

/// Kept while its numbers change, so that its button keeps the focus.
fn row(task: String, rows: Memo<Vec<TaskStatsDto>>, list: ListQuery) -> impl IntoView {
    let (name, filter) = (tasks::title(&task), task.clone());
    let task = StoredValue::new(task);
    let number = move |pick: fn(&TaskStatsDto) -> String| {
        move || {
            task.with_value(|task| {
                rows.with(|rows| rows.iter().find(|one| one.task == *task).map_or_else(String::new, pick))
            })
        }
    };
    let show = move |_| {
        list.change(&[("task", Some(filter.clone())), (super::TAB, None)]);
    };
    view! {
        <tr>
            <td class="table__main"><button type="button" class="row-open" title=tr!(monitor.show_task) on:click=show>{name}</button></td>
            <td class="num" data-label=tr!(monitor.succeeded)>{number(|one| format::count(one.succeeded))}</td>
            <td class="num" data-label=tr!(monitor.failed)>{number(|one| format::count(one.failed))}</td>
            <td class="num" data-label="p50">{number(|one| took(one.p50_ms))}</td>
            <td class="num" data-label="p95">{number(|one| took(one.p95_ms))}</td>
            <td class="num" data-label="p99">{number(|one| took(one.p99_ms))}</td>
        </tr>
    }
}
