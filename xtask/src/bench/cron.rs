//! When a cron rule is due next, ours beside croniter: turn by turn, one warm-up and then the measured rounds. And how long
//! the real server needs for the preview that people see while they type.

use std::fmt::Write as _;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::numbers::{median, sorted};
use super::{KEY, build_beside, peers, prepared};
use crate::postgres::Cluster;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measured rounds, after one to warm up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long one figure is measured for, at least
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
}

const ZONE: &str = "America/Sao_Paulo";
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
/// Single occurrences are asked for from so many instants, some eighteen days and a bit apart.
const STARTS: i64 = 200;
const APART: i64 = 1_577_923;

/// Rules, and how many of their occurrences make a row. The year 2100 is beyond all of them.
const RULES: [(&str, usize); 6] = [
    ("*/5 * * * *", 5_000),
    ("30 9 * * 1-5", 5_000),
    ("0 8 L * *", 240),
    ("0 9 29 2 *", 10),
    ("0,20,40 8-18 * * 1,3,5", 5_000),
    ("15 6,12,18 1,15 1-6,12 *", 800),
];

/// What a side says of one round.
#[derive(Deserialize)]
struct Measured {
    version: String,
    runtime: String,
    peak_rss_bytes: f64,
    rules: Vec<Times>,
}

/// Nanoseconds for each occurrence, and the occurrences.
#[derive(Deserialize)]
struct Times {
    row_ns: f64,
    asked_ns: f64,
    first_ns: f64,
    row: Vec<i64>,
    asked: Vec<i64>,
    firsts: Vec<i64>,
}

/// One rule over all rounds, nanoseconds; ours and the peer's.
#[derive(Serialize)]
struct Row {
    expression: &'static str,
    in_a_row: Pair,
    single_of_a_rule_that_is_ready: Pair,
    single_from_the_text: Pair,
}

#[derive(Serialize)]
struct Pair {
    esteira_ns: f64,
    esteira_range_ns: [f64; 2],
    croniter_ns: f64,
    croniter_range_ns: [f64; 2],
    /// How often ours fits into the peer's.
    ratio: f64,
}

/// What is said of the preview; milliseconds.
#[derive(Deserialize, Serialize)]
struct Preview {
    requests_each: u64,
    all: Draft,
    drafts: Vec<Draft>,
}

#[derive(Deserialize, Serialize)]
struct Draft {
    draft: String,
    p50_ms: f64,
    p95_ms: f64,
    max_ms: f64,
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    let server = build_beside(project, &["bench_cron"])?;
    peers::install(project)?;
    let request = request(arguments);
    let mut rounds = Vec::new();
    for round in 0..=arguments.rounds {
        let mut ours = prepared(project, "bench_cron");
        let ours: Measured = peers::last_line(ours.args(["measure", &request]), "esteira")?;
        let mut theirs = peers::command(project, "croniter_bench.py");
        let theirs: Measured = peers::last_line(theirs.args(["measure", &request]), "croniter")?;
        compare(&ours, &theirs)?;
        println!("round {round}: {}", told(&ours, &theirs));
        if round > 0 {
            rounds.push((ours, theirs));
        }
    }
    let rows: Vec<Row> = RULES
        .iter()
        .enumerate()
        .map(|(at, &(rule, _))| Row::of(rule, at, &rounds))
        .collect();
    let cluster = Cluster::start(project)?;
    let mut previews = Vec::new();
    for (database, url) in [("sqlite", None), ("postgresql", Some(cluster.url()))] {
        let folder = tempfile::tempdir()?;
        let mut command = prepared(project, "bench_cron");
        command
            .arg("preview")
            .arg(&server)
            .env("ESTEIRA_DATA_DIR", folder.path())
            .env("ESTEIRA_SECRET_KEY", KEY);
        if let Some(url) = url {
            command.env("ESTEIRA_DATABASE_URL", url);
        }
        let preview: Preview = peers::last_line(&mut command, &format!("preview on {database}"))?;
        previews.push((database, preview));
    }
    let sides = rounds.last().map(|(ours, theirs)| {
        let facts = |name: &str, side: &Measured| {
            json!({
                "side": name, "version": side.version, "runtime": side.runtime, "peak_rss_bytes": side.peak_rss_bytes,
            })
        };
        [facts("esteira", ours), facts("croniter", theirs)]
    });
    let report = json!({
        "what": "the next occurrences of cron rules; both sides gave the same ones", "zone": ZONE, "rounds": arguments.rounds,
        "sides": sides, "rules": rows,
        "preview": previews.iter().map(|(database, preview)| json!({ "database": database, "times": preview })).collect::<Vec<_>>(),
    });
    std::fs::write(
        project.path("docs/benchmarks/cron.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    let text = page(&rows, &rounds, &previews, arguments);
    println!("\n{text}");
    std::fs::write(project.path("docs/benchmarks/cron.md"), text)?;
    Ok(())
}

fn request(arguments: &Arguments) -> String {
    let starts: Vec<i64> = (0..STARTS).map(|at| START + at * APART).collect();
    let rules: Vec<Value> = RULES
        .iter()
        .map(|(expression, count)| json!({ "expression": expression, "count": count }))
        .collect();
    json!({ "zone": ZONE, "start": START, "seconds": arguments.seconds, "starts": starts, "rules": rules }).to_string()
}

/// Both sides found the same, or nothing of it counts.
fn compare(ours: &Measured, theirs: &Measured) -> Result<()> {
    ensure!(
        ours.rules.len() == RULES.len() && theirs.rules.len() == RULES.len(),
        "a side left out a rule"
    );
    for ((expression, count), (ours, theirs)) in RULES.iter().zip(ours.rules.iter().zip(&theirs.rules)) {
        ensure!(
            ours.row.len() == *count,
            "{expression}: {} of {count} occurrences",
            ours.row.len()
        );
        for (what, ours, theirs) in [
            ("in a row", &ours.row, &theirs.row),
            ("of a rule that is ready", &ours.asked, &theirs.asked),
            ("from the text", &ours.firsts, &theirs.firsts),
        ] {
            let differs = ours.iter().zip(theirs).find(|(ours, theirs)| ours != theirs);
            ensure!(
                differs.is_none() && ours.len() == theirs.len(),
                "{expression}: what is due differs {what}: {differs:?}"
            );
        }
    }
    Ok(())
}

impl Row {
    fn of(expression: &'static str, at: usize, rounds: &[(Measured, Measured)]) -> Self {
        let pair = |value: fn(&Times) -> f64| {
            let of = |side: &Measured| side.rules.get(at).map_or(f64::NAN, value);
            let ours = sorted(rounds.iter().map(|(ours, _)| of(ours)).collect());
            let theirs = sorted(rounds.iter().map(|(_, theirs)| of(theirs)).collect());
            Pair {
                esteira_ns: median(&ours),
                esteira_range_ns: ends(&ours),
                croniter_ns: median(&theirs),
                croniter_range_ns: ends(&theirs),
                ratio: median(&theirs) / median(&ours),
            }
        };
        Self {
            expression,
            in_a_row: pair(|times| times.row_ns),
            single_of_a_rule_that_is_ready: pair(|times| times.asked_ns),
            single_from_the_text: pair(|times| times.first_ns),
        }
    }
}

fn ends(sorted: &[f64]) -> [f64; 2] {
    let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
    [end(sorted.first()), end(sorted.last())]
}

fn told(ours: &Measured, theirs: &Measured) -> String {
    let rules = RULES.iter().zip(ours.rules.iter().zip(&theirs.rules));
    let said: Vec<String> = rules
        .map(|((expression, _), (ours, theirs))| format!("`{expression}` {:.0}×", theirs.row_ns / ours.row_ns))
        .collect();
    said.join(", ")
}

/// Microseconds.
fn page(rows: &[Row], rounds: &[(Measured, Measured)], previews: &[(&str, Preview)], arguments: &Arguments) -> String {
    let mut text = format!(
        "# Cron rules\n\n\
         When a rule is due next, in {ZONE} from 2026 on: {} rounds after one to warm up, turn by turn. Medians in microseconds for \
         each occurrence, ranges in brackets, and how many times as long croniter takes. Both sides gave the same occurrences, each \
         of them compared.\n\n\
         | rule | | esteira | croniter | ratio |\n\
         |---|---|---|---|---|\n",
        arguments.rounds,
    );
    for row in rows {
        for (what, pair) in [
            ("in a row", &row.in_a_row),
            ("single, rule ready", &row.single_of_a_rule_that_is_ready),
            ("single, from the text", &row.single_from_the_text),
        ] {
            let _ = writeln!(
                text,
                "| `{}` | {what} | {} | {} | {:.0}× |",
                row.expression,
                micros(pair.esteira_ns, pair.esteira_range_ns),
                micros(pair.croniter_ns, pair.croniter_range_ns),
                pair.ratio,
            );
        }
    }
    if let Some((ours, theirs)) = rounds.last() {
        let mib = |side: &Measured| side.peak_rss_bytes / 1_048_576.0;
        let _ = writeln!(
            text,
            "\nEsteira {} ({}, {:.0} MiB at its highest), croniter {} ({}, {:.0} MiB).",
            ours.version,
            ours.runtime,
            mib(ours),
            theirs.version,
            theirs.runtime,
            mib(theirs),
        );
    }
    text += "\n## The preview\n\n\
             Ten occurrences of a draft over the real server, until the whole answer is there, on loopback: weekends and holidays of \
             three calendars excluded, one of them the organisation's own, with a window, a blackout, a roll and an exception. \
             Milliseconds.\n\n\
             | database | draft | p50 | p95 | max |\n\
             |---|---|---|---|---|\n";
    for (database, preview) in previews {
        for draft in preview.drafts.iter().chain([&preview.all]) {
            let _ = writeln!(
                text,
                "| {database} | {} | {:.2} | {:.2} | {:.1} |",
                draft.draft, draft.p50_ms, draft.p95_ms, draft.max_ms,
            );
        }
    }
    text
}

fn micros(median: f64, [least, most]: [f64; 2]) -> String {
    format!("{:.2} ({:.2}–{:.2})", median / 1e3, least / 1e3, most / 1e3)
}
