//! What came of it, for people.

use std::fmt::Write as _;

use super::super::numbers::{median, sorted};
use super::{Arguments, OURS, Row, Run, Side};

/// One round in one line.
pub(super) fn told(side: &Side, run: &Run) -> String {
    format!(
        "{} {}: {} fired within {:.0} ms (p99 {:.1}), begun within {:.0} ms (p99 {:.1}); {} early, {} missed, {} repeated",
        side.name,
        side.setting,
        run.schedules,
        run.fired_ms.max,
        run.fired_ms.p99,
        run.started_ms.max,
        run.started_ms.p99,
        run.early,
        run.missed,
        run.repeated,
    )
}

/// Each side beside ours on SQLite.
pub(super) fn page(rows: &[Row], arguments: &Arguments) -> String {
    let mut text = format!(
        "# Schedules due at the same second\n\n\
         {} schedules, one instant; {} measured rounds after one with a tenth of the schedules to warm up, turn by turn (three, \
         because one round of all sides takes about nine minutes). Medians in milliseconds from that instant, ranges in brackets: until \
         each was handed on (*fired*) and until its work began (*begun*). The peer's p99 is so many times ours on SQLite.\n\n\
         | side | fired p50 | p99 (range) | max | is | begun p50 | p99 (range) | max | is | CPU s per 1,000 (server) | peak MiB \
         | early | missed | repeated |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
        arguments.schedules, arguments.rounds,
    );
    let ours = rows.iter().find(|row| row.side == OURS && row.server == "sqlite");
    for row in rows {
        let times = |value: fn(&Run) -> f64| match ours.filter(|_| row.side != OURS) {
            Some(ours) => format!("{:.1}×", median(&row.of(value)) / median(&ours.of(value))),
            None => String::new(),
        };
        let range = |value: fn(&Run) -> f64| {
            let all = row.of(value);
            let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
            format!("{:.1} ({:.1}–{:.1})", median(&all), end(all.first()), end(all.last()))
        };
        let server = sorted(
            row.runs
                .iter()
                .filter_map(|run| run.server_cpu_seconds_per_1000)
                .collect(),
        );
        let server = match server.is_empty() {
            true => String::new(),
            false => format!(" ({:.3})", median(&server)),
        };
        let sum = |value: fn(&Run) -> usize| row.runs.iter().map(value).sum::<usize>();
        let _ = writeln!(
            text,
            "| {} {}, {} | {:.1} | {} | {:.0} | {} | {:.1} | {} | {:.0} | {} | {:.3}{server} | {:.0} | {} | {} | {} |",
            row.side,
            row.version,
            row.setting,
            median(&row.of(|run| run.fired_ms.p50)),
            range(|run| run.fired_ms.p99),
            median(&row.of(|run| run.fired_ms.max)),
            times(|run| run.fired_ms.p99),
            median(&row.of(|run| run.started_ms.p50)),
            range(|run| run.started_ms.p99),
            median(&row.of(|run| run.started_ms.max)),
            times(|run| run.started_ms.p99),
            median(&row.of(|run| run.cpu_seconds_per_1000)),
            median(&row.of(|run| run.peak_rss_bytes)) / 1_048_576.0,
            sum(|run| run.early),
            sum(|run| run.missed),
            sum(|run| run.repeated),
        );
    }
    text.push('\n');
    for row in rows {
        let _ = writeln!(
            text,
            "- {}, {}: {}; {}; {}.",
            row.side, row.setting, row.runtime, row.server, row.durability
        );
    }
    text + "\nThe sides do not do the same. Esteira writes a row for each slot and a job in one transaction for some hundred schedules, \
            and its times of firing are those at which these transactions began; a job runs a moment's real work and ends in another \
            one, with its row in the history. APScheduler calls a function in a thread: in memory it keeps nothing, in SQLite the next \
            time of each schedule, and a schedule that fired before a crash leaves no trace. Celery beat sends a message each, to \
            workers in other processes; its time of firing is just before.\n"
}
