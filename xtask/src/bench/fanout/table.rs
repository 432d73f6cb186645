//! What came of it, for people.

use std::fmt::Write as _;

use super::super::numbers::{median, sorted};
use super::{Arguments, OURS, Row, Run, Side};

/// One round in one line.
pub(super) fn told(side: &Side, run: &Run) -> String {
    let name = format!("{} {} to {}", side.name, side.setting, side.watchers);
    match (&run.void, &run.latency_ms) {
        (Some(void), _) => format!("{name}: void, {void} {}", run.trouble.as_deref().unwrap_or_default()),
        (None, Some(latency)) => format!(
            "{name}: {:.1} ms, p99 {:.1} ms, {:.1} CPU s",
            latency.p50, latency.p99, run.server_cpu_seconds
        ),
        (None, None) => format!("{name}: nothing was measured"),
    }
}

/// Each side beside ours on SQLite under the same load. Figures of void rounds are left out.
pub(super) fn page(rows: &[Row], arguments: &Arguments) -> String {
    let mut text = format!(
        "# Fan-out\n\n\
         One log, {} lines/s for {} s, every line to every watcher over a connection of its own; {} rounds after one to warm up, \
         turn by turn. Medians, ranges in brackets. A round in which a watcher misses or repeats a line, or gets it out of its \
         order, is void.\n\n\
         | watchers | side | p50 ms | p99 ms (range) | max ms | our p99 is | delivered/s | CPU s per million (database) \
         | KiB per idle watcher | peak MiB | void |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
        arguments.rate, arguments.seconds, arguments.rounds,
    );
    for row in rows {
        let ours = rows
            .iter()
            .find(|other| (other.side, other.setting.as_str()) == (OURS, "sqlite") && other.watchers == row.watchers);
        let (all, first, last) = (row.of(p99), row.least(p99), row.most(p99));
        let ratio = ours.map_or(f64::NAN, |ours| ours.of(p99) / all);
        let version = row.runs.first().map_or("", |run| run.version.as_str());
        let _ = writeln!(
            text,
            "| {} | {} {version} {} | {:.1} | {all:.1} ({first:.1}–{last:.1}) | {:.0} | {ratio:.3}× | {:.0} | {:.2}{} | {:.1} \
             | {:.0} | {} of {} |",
            row.watchers,
            row.side,
            row.setting,
            row.of(|run| run.latency_ms.as_ref().map(|latency| latency.p50)),
            row.of(|run| run.latency_ms.as_ref().map(|latency| latency.max)),
            row.of(|run| run.deliveries_per_second),
            row.of(|run| per_million(run, run.server_cpu_seconds)),
            row.database(),
            row.of(|run| Some(run.bytes_per_idle_watcher / 1_024.0)),
            row.of(|run| Some(run.rss_peak_bytes / 1_048_576.0)),
            row.runs.iter().filter(|run| run.void.is_some()).count(),
            row.runs.len(),
        );
    }
    text + "\nThe sides do not do the same. Esteira reads the lines from a robot's API in another process and sends none before it \
            is committed (a loss of power loses nothing); its times run from the robot's line to the watcher. sse-starlette makes \
            the lines itself, keeps them in memory and stores nothing. `queues` has a queue for each watcher, as its documentation \
            shows; `shared` one list from which a watcher that is behind takes everything in one event. It runs in one process, \
            since memory is not shared, and so on one core; CPU seconds tell the rest. They run from the first line to the last \
            arrival, and leave out the tool that watches, whose own are in the JSON file.\n"
}

fn p99(run: &Run) -> Option<f64> {
    run.latency_ms.as_ref().map(|latency| latency.p99)
}

/// Lines received.
fn per_million(run: &Run, value: f64) -> Option<f64> {
    let received = u32::try_from(run.received).ok().filter(|received| *received > 0)?;
    Some(value * 1e6 / f64::from(received))
}

impl Row {
    /// Of rounds that count.
    fn values(&self, value: impl Fn(&Run) -> Option<f64>) -> Vec<f64> {
        let valid = self.runs.iter().filter(|run| run.void.is_none());
        sorted(valid.filter_map(value).collect())
    }

    fn of(&self, value: impl Fn(&Run) -> Option<f64>) -> f64 {
        median(&self.values(value))
    }

    fn least(&self, value: impl Fn(&Run) -> Option<f64>) -> f64 {
        self.values(value).first().copied().unwrap_or(f64::NAN)
    }

    fn most(&self, value: impl Fn(&Run) -> Option<f64>) -> f64 {
        self.values(value).last().copied().unwrap_or(f64::NAN)
    }

    /// In brackets, when there is a server to it.
    fn database(&self) -> String {
        let cpu = self.values(|run| per_million(run, run.database_cpu_seconds?));
        match cpu.is_empty() {
            true => String::new(),
            false => format!(" ({:.2})", median(&cpu)),
        }
    }
}
