//! What came of it, for people.

use std::fmt::Write as _;

use super::super::numbers::{median, sorted};
use super::{Arguments, OURS, Row, Run, load};

/// Each side beside ours for the same route on the same database.
pub(super) fn page(rows: &[Row], arguments: &Arguments) -> String {
    let mut text = format!(
        "# Reads over HTTP\n\n\
         wrk with {} connections and {} threads, {} s each; {} rounds after one to warm up, turn by turn. Medians, ranges in \
         brackets. All on one machine of two cores, wrk and PostgreSQL included. CPU is that of the server's processes for one \
         request, in brackets that of PostgreSQL; memory is the highest of a round, summed over the processes.\n\n\
         | route | database | side | requests/s (range) | ours is | p50 / p99 ms | CPU ms (database) | peak MiB | kB | statements |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
        load::CONNECTIONS,
        load::THREADS,
        arguments.seconds,
        arguments.rounds,
    );
    for row in rows {
        let ours = rows
            .iter()
            .find(|other| other.side == OURS && (other.route, other.database) == (row.route, row.database));
        let rates = row.of(|run| run.requests_per_second);
        let ratio = match ours.filter(|_| row.side != OURS) {
            Some(ours) => format!(
                "{:.2}×",
                median(&ours.of(|run| run.requests_per_second)) / median(&rates)
            ),
            None => String::new(),
        };
        let database = sorted(row.runs.iter().filter_map(|run| run.database_cpu_ms).collect());
        let database = match database.is_empty() {
            true => String::new(),
            false => format!(" ({:.2})", median(&database)),
        };
        let statements = row.runs.last().and_then(|run| run.statements);
        let statements = statements.map_or(String::new(), |count| format!("{count:.1}"));
        let end = |rate: Option<&f64>| rate.copied().unwrap_or(f64::NAN);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.0} ({:.0}–{:.0}) | {ratio} | {:.1} / {:.1} | {:.2}{database} | {:.0} | {:.1} | {statements} |",
            row.route,
            row.database,
            row.side,
            median(&rates),
            end(rates.first()),
            end(rates.last()),
            median(&row.of(|run| run.p50_ms)),
            median(&row.of(|run| run.p99_ms)),
            median(&row.of(|run| run.cpu_ms)),
            median(&row.of(|run| run.peak_rss_bytes)) / 1_048_576.0,
            median(&row.of(Run::kilobytes)),
        );
    }
    text.push('\n');
    let mut told: Vec<String> = Vec::new();
    for row in rows {
        let line = format!("- {} {}: {}", row.side, row.facts.version, row.facts.runtime);
        if !told.contains(&line) {
            told.push(line);
        }
    }
    text.push_str(&told.join("\n"));
    text.push('\n');
    text
}

impl Row {
    fn of(&self, value: impl Fn(&Run) -> f64) -> Vec<f64> {
        sorted(self.runs.iter().map(value).collect())
    }
}

impl Run {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand at most")]
    fn kilobytes(&self) -> f64 {
        self.body_bytes as f64 / 1_000.0
    }
}
