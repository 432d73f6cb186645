//! Very many schedules that are due at the same second, ours beside APScheduler and Celery beat: turn by turn, a small
//! warm-up and then the measured rounds. With `--idle`, what they cost while none is due.

mod idle;
mod table;

use std::path::Path;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::numbers::{median, percentile, sorted};
use super::redis::Redis;
use super::{build_beside, peers, prepared};
use crate::postgres::Cluster;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Schedules, all due at the same second
    #[arg(long, default_value_t = 10_000)]
    schedules: usize,
    /// Measured rounds, after one with a tenth of the schedules to warm up
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only these sides, between commas: esteira, apscheduler, celery beat
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Instead, what the program and Celery cost while nothing is due
    #[arg(long)]
    idle: bool,
    /// Seconds before an idle program is looked at
    #[arg(long, default_value_t = 60, requires = "idle")]
    settle: u64,
    /// Seconds for which an idle program is looked at
    #[arg(long, default_value_t = 60, requires = "idle")]
    seconds: u64,
}

const OURS: &str = "esteira";
/// Program of each peer, in `xtask/peers`.
const APSCHEDULER: &str = "apscheduler_bench.py";
const CELERY_BEAT: &str = "celery_beat_bench.py";
/// Of the schedules, in the round that warms up: Celery beat needs minutes for all of them.
const WARM_UP: usize = 10;

/// A scheduler with a setting.
struct Side {
    name: &'static str,
    /// Nothing for ours.
    program: Option<&'static str>,
    setting: String,
}

/// The servers that sides stand on.
struct Servers {
    cluster: Cluster,
    redis: Redis,
}

/// What a side says of one round.
#[derive(Deserialize)]
struct Told {
    version: String,
    runtime: String,
    server: String,
    setting: String,
    durability: String,
    /// From the instant until each was handed on, and until its work began.
    fired_us: Vec<f64>,
    started_us: Vec<f64>,
    executed: usize,
    distinct: usize,
    cpu_seconds: f64,
    /// Absent when the server is in the process.
    server_cpu_seconds: Option<f64>,
    peak_rss_bytes: f64,
}

/// The same, summed up.
#[derive(Serialize)]
struct Run {
    schedules: usize,
    fired_ms: Late,
    started_ms: Late,
    /// Before the instant.
    early: usize,
    missed: usize,
    repeated: usize,
    cpu_seconds_per_1000: f64,
    server_cpu_seconds_per_1000: Option<f64>,
    peak_rss_bytes: f64,
}

#[derive(Serialize)]
struct Late {
    p50: f64,
    p99: f64,
    max: f64,
}

/// One side over all measured rounds.
#[derive(Serialize)]
struct Row {
    side: &'static str,
    version: String,
    runtime: String,
    server: String,
    setting: String,
    durability: String,
    runs: Vec<Run>,
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    let server = build_beside(project, &["bench_schedules"])?;
    peers::install(project)?;
    let servers = Servers {
        cluster: Cluster::start(project)?,
        // What a crash of the process leaves is enough here; syncing each message would only slow the peer down.
        redis: Redis::start(project, "everysec")?,
    };
    if arguments.idle {
        return idle::bench(project, arguments, &server, &servers);
    }
    let sides = sides(project, arguments)?;
    let mut rows: Vec<Option<Row>> = sides.iter().map(|_| None).collect();
    for round in 0..=arguments.rounds {
        let schedules = match round {
            0 => arguments.schedules.div_ceil(WARM_UP),
            _ => arguments.schedules,
        };
        for (side, row) in sides.iter().zip(&mut rows) {
            let told = fire(project, &server, &servers, side, schedules)?;
            let run = Run::of(&told, schedules);
            println!("round {round}: {}", table::told(side, &run));
            if round > 0 {
                row.get_or_insert_with(|| Row::new(side.name, told)).runs.push(run);
            }
        }
    }
    let rows: Vec<Row> = rows.into_iter().flatten().collect();
    let report = json!({
        "what": "schedules that are all due at the same second: from that instant until each was handed on and until its work began",
        "schedules": arguments.schedules, "rounds": arguments.rounds, "sides": rows,
    });
    std::fs::write(
        project.path("docs/benchmarks/schedules.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    let text = table::page(&rows, arguments);
    println!("\n{text}");
    std::fs::write(project.path("docs/benchmarks/schedules.md"), text)?;
    let ours = rows.iter().filter(|row| row.side == OURS).flat_map(|row| &row.runs);
    for run in ours {
        ensure!(
            (run.early, run.missed, run.repeated) == (0, 0, 0),
            "of ours {} fired early, {} were missed and {} repeated",
            run.early,
            run.missed,
            run.repeated
        );
    }
    Ok(())
}

fn sides(project: &Project, arguments: &Arguments) -> Result<Vec<Side>> {
    let side = |name, program, setting: &str| Side {
        name,
        program,
        setting: setting.to_owned(),
    };
    let mut sides = vec![side(OURS, None, "sqlite"), side(OURS, None, "postgresql")];
    for (name, program) in [("apscheduler", APSCHEDULER), ("celery beat", CELERY_BEAT)] {
        for setting in peers::settings(project, program)? {
            sides.push(side(name, Some(program), &setting));
        }
    }
    sides.retain(|side| arguments.only.is_empty() || arguments.only.iter().any(|only| side.name.starts_with(only)));
    Ok(sides)
}

fn fire(project: &Project, server: &Path, servers: &Servers, side: &Side, schedules: usize) -> Result<Told> {
    let folder = tempfile::tempdir()?;
    let schedules = schedules.to_string();
    let mut command = match side.program {
        Some(program) => {
            let mut command = peers::command(project, program);
            command.arg("fire");
            match program {
                CELERY_BEAT => command.arg(servers.redis.url()),
                _ => command.arg(folder.path()),
            };
            command.args([schedules.as_str(), "--setting", &side.setting]);
            command
        }
        None => {
            let mut command = prepared(project, "bench_schedules");
            command.args(["--schedules", &schedules]);
            if side.setting == "postgresql" {
                command
                    .args(["--database-url", servers.cluster.url()])
                    .args(["--database-id", &servers.cluster.server_id().to_string()]);
            }
            command.arg("fire").arg(server);
            command
        }
    };
    peers::last_line(&mut command, &format!("{} {}", side.name, side.setting))
}

impl Run {
    fn of(told: &Told, schedules: usize) -> Self {
        let early = |all: &[f64]| all.iter().filter(|late| **late < 0.0).count();
        let per_1000 = |seconds: f64| 1_000.0 * seconds / count(schedules);
        Self {
            schedules,
            fired_ms: Late::of(&told.fired_us),
            started_ms: Late::of(&told.started_us),
            early: early(&told.fired_us).max(early(&told.started_us)),
            missed: schedules.saturating_sub(told.distinct),
            repeated: told.executed.saturating_sub(told.distinct),
            cpu_seconds_per_1000: per_1000(told.cpu_seconds),
            server_cpu_seconds_per_1000: told.server_cpu_seconds.map(per_1000),
            peak_rss_bytes: told.peak_rss_bytes,
        }
    }
}

fn count(schedules: usize) -> f64 {
    u32::try_from(schedules).map_or(f64::NAN, f64::from)
}

impl Late {
    fn of(micros: &[f64]) -> Self {
        let all = sorted(micros.iter().map(|micros| micros / 1e3).collect());
        Self {
            p50: median(&all),
            p99: percentile(&all, 99),
            max: all.last().copied().unwrap_or(f64::NAN),
        }
    }
}

impl Row {
    fn new(side: &'static str, told: Told) -> Self {
        Self {
            side,
            version: told.version,
            runtime: told.runtime,
            server: told.server,
            setting: told.setting,
            durability: told.durability,
            runs: Vec::new(),
        }
    }

    fn of(&self, value: impl Fn(&Run) -> f64) -> Vec<f64> {
        sorted(self.runs.iter().map(value).collect())
    }
}
