//! The lines of one log to everybody who watches it, ours beside sse-starlette: turn by turn, one warm-up and then the
//! measured rounds. Both are watched by the same tool, `backend/examples/watch_many.rs`.

mod table;

use std::path::Path;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{build_beside, peers, prepared};
use crate::postgres::Cluster;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Watchers at once; several loads between commas
    #[arg(long, value_delimiter = ',', default_values_t = [1_000_usize, 100])]
    watchers: Vec<usize>,
    /// Lines a second
    #[arg(long, default_value_t = 100)]
    rate: u64,
    /// Measured seconds of a round
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Measured rounds, after one to warm up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only these sides, between commas; ours are named esteira
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

const OURS: &str = "esteira";
const PEER: (&str, &str) = ("sse-starlette", "sse_starlette_bench.py");

/// Who serves a log, and to how many.
struct Side {
    name: &'static str,
    setting: String,
    watchers: usize,
}

/// What the tool says of one round.
#[derive(Deserialize, Serialize)]
struct Run {
    version: String,
    runtime: String,
    durability: String,
    lines_from: String,
    lines_per_second: u64,
    expected: u64,
    received: u64,
    missed: u64,
    repeated: u64,
    misnumbered: u64,
    behind: u64,
    trouble: Option<String>,
    latency_ms: Option<Latency>,
    source_lines_per_second: Option<f64>,
    deliveries_per_second: Option<f64>,
    last_line_seconds: f64,
    rss_before_bytes: f64,
    rss_idle_bytes: f64,
    rss_peak_bytes: f64,
    bytes_per_idle_watcher: f64,
    server_cpu_seconds: f64,
    database_cpu_seconds: Option<f64>,
    tool_cpu_seconds: f64,
    void: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Latency {
    p50: f64,
    p99: f64,
    max: f64,
}

/// One side over all measured rounds.
#[derive(Serialize)]
struct Row {
    side: &'static str,
    setting: String,
    watchers: usize,
    runs: Vec<Run>,
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    let server = build_beside(project, &["watch_many"])?;
    peers::install(project)?;
    let cluster = Cluster::start(project)?;
    let wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| name.starts_with(only));
    let mut sides = Vec::new();
    for watchers in &arguments.watchers {
        let ours = ["sqlite", "postgresql"].map(|setting| (OURS, setting.to_owned()));
        let theirs = peers::settings(project, PEER.1)?
            .into_iter()
            .map(|setting| (PEER.0, setting));
        let all = ours.into_iter().chain(theirs).filter(|(name, _)| wanted(name));
        sides.extend(all.map(|(name, setting)| Side {
            name,
            setting,
            watchers: *watchers,
        }));
    }
    let mut results: Vec<Vec<Run>> = sides.iter().map(|_| Vec::new()).collect();
    for round in 0..=arguments.rounds {
        for (side, results) in sides.iter().zip(&mut results) {
            let run = measure(project, arguments, &server, &cluster, side)?;
            println!("round {round}: {}", table::told(side, &run));
            if round > 0 {
                results.push(run);
            }
        }
    }
    let rows: Vec<Row> = sides.into_iter().zip(results).map(Row::new).collect();
    let report = json!({
        "what": "lines of one log to all who watch it; every line received once by each, in its order, or the round is void",
        "lines_per_second": arguments.rate, "seconds": arguments.seconds, "rounds": arguments.rounds, "sides": rows,
    });
    std::fs::write(
        project.path("docs/benchmarks/fanout.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    let text = table::page(&rows, arguments);
    println!("\n{text}");
    std::fs::write(project.path("docs/benchmarks/fanout.md"), text)?;
    let void = rows
        .iter()
        .filter(|row| row.side == OURS)
        .flat_map(|row| &row.runs)
        .find_map(|run| run.void.as_deref());
    ensure!(void.is_none(), "a round of ours is void: {}", void.unwrap_or_default());
    Ok(())
}

impl Row {
    fn new((side, runs): (Side, Vec<Run>)) -> Self {
        Self {
            side: side.name,
            setting: side.setting,
            watchers: side.watchers,
            runs,
        }
    }
}

fn measure(project: &Project, arguments: &Arguments, server: &Path, cluster: &Cluster, side: &Side) -> Result<Run> {
    let mut command = prepared(project, "watch_many");
    command
        .args(["--watchers", &side.watchers.to_string()])
        .args(["--rate", &arguments.rate.to_string()])
        .args(["--seconds", &arguments.seconds.to_string()]);
    if side.name == OURS {
        command.arg("esteira").arg(server);
        if side.setting == "postgresql" {
            command
                .args(["--database-url", cluster.url()])
                .args(["--database-id", &cluster.server_id().to_string()]);
        }
    } else {
        let (interpreter, program) = peers::program(project, PEER.1);
        command.arg("peer").arg(interpreter).arg(program).arg(&side.setting);
    }
    peers::last_line(&mut command, &format!("{} {}", side.name, side.setting))
}
