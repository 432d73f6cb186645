//! The queue against its peers: the same work in one run, turn by turn, one warm-up and then the measured rounds.
//!
//! Only sides of the same durability class and server are compared. What a side is and how it measures itself is in
//! `xtask/peers/README.md`.

use std::fmt::Write as _;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

use super::numbers::{median, percentile, sorted};
use super::redis::Redis;
use super::{KEY, peers, prepared};
use crate::postgres::Cluster;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Jobs of a drain
    #[arg(long, default_value_t = 100_000)]
    jobs: usize,
    /// Single jobs picked up from an idle queue
    #[arg(long, default_value_t = 300)]
    singles: usize,
    /// Measured rounds, after one to warm up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only these sides, between commas; ours is named esteira
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// How Redis syncs its file, and so what survives: a loss of power, or only a crash of the server's process.
const REDIS: [(&str, &str); 2] = [("always", "redis, always"), ("everysec", "redis, everysec")];
const ON_REDIS: [(&str, &str); 3] = [
    ("celery", "celery_bench.py"),
    ("dramatiq", "dramatiq_bench.py"),
    ("bullmq", "bullmq.mjs"),
];
const ON_POSTGRES: [(&str, &str); 3] = [
    ("procrastinate", "procrastinate_bench.py"),
    ("pg-boss", "pgboss.mjs"),
    ("graphile-worker", "graphile.mjs"),
];

/// A queue on a server, with a setting.
struct Side {
    class: &'static str,
    name: String,
    /// Nothing for ours.
    program: Option<&'static str>,
    setting: Option<String>,
    url: Option<String>,
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    peers::install(project)?;
    let cluster = Cluster::start(project)?;
    let redis = REDIS
        .iter()
        .map(|(policy, class)| Ok((Redis::start(project, policy)?, *class)))
        .collect::<Result<Vec<_>>>()?;
    let mut sides = vec![ours("sqlite", None), ours("postgresql", Some(cluster.url()))];
    for (server, class) in &redis {
        for (name, program) in ON_REDIS {
            sides.extend(settings(project, class, name, program, server.url())?);
        }
    }
    for (name, program) in ON_POSTGRES {
        sides.extend(settings(project, "postgresql", name, program, cluster.url())?);
    }
    sides.retain(|side| arguments.only.is_empty() || arguments.only.iter().any(|only| side.name.starts_with(only)));
    let mut results: Vec<Vec<Drain>> = sides.iter().map(|_| Vec::new()).collect();
    for round in 0..=arguments.rounds {
        for (side, results) in sides.iter().zip(&mut results) {
            let drained: Drain = measure(project, side, "drain", arguments.jobs)?;
            ensure!(
                drained.executed == arguments.jobs && drained.distinct == arguments.jobs,
                "{} lost or repeated jobs: {} of {} executed, {} of them distinct",
                side.name,
                drained.executed,
                arguments.jobs,
                drained.distinct
            );
            let rate = drained.jobs / drained.seconds;
            println!("round {round}: {} ({}): {rate:.0} jobs/s", side.name, side.class);
            if round > 0 {
                results.push(drained);
            }
        }
    }
    let mut rows = Vec::new();
    for (side, drains) in sides.iter().zip(results) {
        // One setting is enough for a single job; the programs choose their own best.
        let first = side
            .setting
            .as_deref()
            .is_none_or(|setting| setting == "default" || setting == "a");
        let picked = match first {
            true => Some(measure(project, side, "pickup", arguments.singles)?),
            false => None,
        };
        rows.extend(Row::of(side, drains, picked));
    }
    let report = json!({
        "what": "drain of jobs that do nothing, and pick-up from an idle queue; every job delivered exactly once",
        "jobs": arguments.jobs, "singles": arguments.singles, "rounds": arguments.rounds, "sides": rows,
    });
    std::fs::write(
        project.path("docs/benchmarks/queue.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    let table = table(&rows);
    println!("\n{table}");
    std::fs::write(project.path("docs/benchmarks/queue.md"), table)?;
    Ok(())
}

/// What a side says of one drain.
#[derive(Deserialize)]
struct Drain {
    version: String,
    runtime: String,
    server: String,
    setting: String,
    durability: String,
    jobs: f64,
    seconds: f64,
    cpu_seconds: f64,
    /// Absent when the server is in the process, or not on this machine.
    #[serde(default)]
    server_cpu_seconds: Option<f64>,
    enqueue_seconds: f64,
    peak_rss_bytes: f64,
    executed: usize,
    distinct: usize,
}

/// What a side says of single jobs.
#[derive(Deserialize)]
struct PickUp {
    latencies_us: Vec<f64>,
}

/// One side over all rounds.
#[derive(Serialize)]
struct Row {
    side: String,
    class: &'static str,
    version: String,
    runtime: String,
    server: String,
    setting: String,
    durability: String,
    jobs_per_second: f64,
    jobs_per_second_range: [f64; 2],
    enqueued_per_second: f64,
    cpu_seconds_per_1000: f64,
    server_cpu_seconds_per_1000: Option<f64>,
    peak_rss_bytes: f64,
    pick_up_ms: Option<[f64; 2]>,
    seconds: Vec<f64>,
}

impl Row {
    /// Nothing when nothing was measured.
    fn of(side: &Side, drains: Vec<Drain>, picked: Option<PickUp>) -> Option<Self> {
        let of = |value: fn(&Drain) -> f64| sorted(drains.iter().map(value).collect());
        let seconds = of(|drain| drain.seconds);
        let server = sorted(drains.iter().filter_map(|drain| drain.server_cpu_seconds).collect());
        let jobs = drains.first()?.jobs;
        let (cpu, peak, enqueued) = (
            of(|drain| drain.cpu_seconds),
            of(|drain| drain.peak_rss_bytes),
            of(|drain| drain.enqueue_seconds),
        );
        let latencies = picked.map(|picked| sorted(picked.latencies_us));
        let first = drains.into_iter().next()?;
        Some(Self {
            side: side.name.clone(),
            class: side.class,
            version: first.version,
            runtime: first.runtime,
            server: first.server,
            setting: first.setting,
            durability: first.durability,
            jobs_per_second: jobs / median(&seconds),
            jobs_per_second_range: [jobs / seconds.last()?, jobs / seconds.first()?],
            enqueued_per_second: jobs / median(&enqueued),
            cpu_seconds_per_1000: 1_000.0 * median(&cpu) / jobs,
            server_cpu_seconds_per_1000: (!server.is_empty()).then(|| 1_000.0 * median(&server) / jobs),
            peak_rss_bytes: median(&peak),
            pick_up_ms: latencies.map(|all| [percentile(&all, 50) / 1e3, percentile(&all, 99) / 1e3]),
            seconds,
        })
    }
}

fn ours(class: &'static str, url: Option<&str>) -> Side {
    Side {
        class,
        name: "esteira".to_owned(),
        program: None,
        setting: None,
        url: url.map(str::to_owned),
    }
}

/// A side for each setting that the program knows.
fn settings(project: &Project, class: &'static str, name: &str, program: &'static str, url: &str) -> Result<Vec<Side>> {
    let known = peers::settings(project, program)?;
    let side = |setting: String| Side {
        class,
        name: if setting == "default" {
            name.to_owned()
        } else {
            format!("{name} {setting}")
        },
        program: Some(program),
        setting: Some(setting),
        url: Some(url.to_owned()),
    };
    Ok(known.into_iter().map(side).collect())
}

fn measure<T: DeserializeOwned>(project: &Project, side: &Side, verb: &str, count: usize) -> Result<T> {
    let folder = tempfile::tempdir()?;
    let mut command = match (side.program, &side.url) {
        (Some(program), Some(url)) => {
            let mut command = peers::command(project, program);
            command.args([verb, url, &count.to_string()]);
            if let (Some(setting), "drain") = (&side.setting, verb) {
                command.args(["--setting", setting]);
            }
            command
        }
        (_, url) => {
            let mut command = prepared(project, "bench_queue");
            command
                .args([verb, &count.to_string()])
                .env("ESTEIRA_DATA_DIR", folder.path())
                .env("ESTEIRA_SECRET_KEY", KEY)
                .env("ESTEIRA_LOG", "warn");
            command.args(url);
            command
        }
    };
    peers::last_line(&mut command, &format!("{} {verb}", side.name))
}

/// Each side beside ours: SQLite for what stands on Redis, PostgreSQL for PostgreSQL.
fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| side | class | jobs/s (range) | ours is | CPU s per 1,000 (server) | peak MiB | pick-up p50 / p99 ms | our p99 is |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let home = if row.class == "postgresql" {
            "postgresql"
        } else {
            "sqlite"
        };
        let ours = rows.iter().find(|other| other.side == "esteira" && other.class == home);
        let ratio = ours.map_or(f64::NAN, |ours| ours.jobs_per_second / row.jobs_per_second);
        let picked = row
            .pick_up_ms
            .map_or("—".to_owned(), |[p50, p99]| format!("{p50:.1} / {p99:.1}"));
        let later = ours.and_then(|ours| ours.pick_up_ms).zip(row.pick_up_ms);
        let later = later.map_or("—".to_owned(), |([_, ours], [_, theirs])| {
            format!("{:.2}×", ours / theirs)
        });
        let server = row
            .server_cpu_seconds_per_1000
            .map_or(String::new(), |cpu| format!(" ({cpu:.3})"));
        let [least, most] = row.jobs_per_second_range;
        let _ = writeln!(
            text,
            "| {} {} | {} | {:.0} ({least:.0}–{most:.0}) | {ratio:.1}× | {:.3}{server} | {:.0} | {picked} | {later} |",
            row.side,
            row.version,
            row.class,
            row.jobs_per_second,
            row.cpu_seconds_per_1000,
            row.peak_rss_bytes / 1_048_576.0,
        );
    }
    text
}
