//! The queue against its peers: the same work in one run, turn by turn, one warm-up and then the measured rounds.
//!
//! Only sides of the same durability class and server are compared. What a side is and how it measures itself is in
//! `xtask/peers/README.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{KEY, prepared};
use crate::postgres::Cluster;
use crate::process;
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

/// What survives: a crash of the server's process (`everysec`), or a loss of power as well (`always`).
const REDIS: [&str; 2] = ["always", "everysec"];
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

/// Servers that live as long as the measurement.
struct Redis {
    server: Child,
    url: String,
    _folder: TempDir,
}

impl Redis {
    fn start(project: &Project, policy: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = project.command(project.path("xtask/peers/redis"));
        command.arg(folder.path()).arg(policy).stdout(Stdio::null());
        let mut server = command.spawn().context("cannot start redis")?;
        let socket = folder.path().join("redis.sock");
        while !socket.exists() {
            ensure!(server.try_wait()?.is_none(), "redis ended at once");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let url = format!("unix://{}", socket.display());
        Ok(Self {
            server,
            url,
            _folder: folder,
        })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    process::run(&mut project.command(project.path("xtask/peers/setup")))?;
    let cluster = Cluster::start(project)?;
    let redis = [Redis::start(project, REDIS[0])?, Redis::start(project, REDIS[1])?];
    let mut sides = vec![ours("sqlite", None), ours("postgresql", Some(cluster.url()))];
    for (server, class) in redis.iter().zip(["redis, always", "redis, everysec"]) {
        for (name, program) in ON_REDIS {
            sides.extend(settings(project, class, name, program, &server.url)?);
        }
    }
    for (name, program) in ON_POSTGRES {
        sides.extend(settings(project, "postgresql", name, program, cluster.url())?);
    }
    sides.retain(|side| arguments.only.is_empty() || arguments.only.iter().any(|only| side.name.starts_with(only)));
    let mut results: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for round in 0..=arguments.rounds {
        for (at, side) in sides.iter().enumerate() {
            let drained = measure(project, side, "drain", arguments.jobs)?;
            ensure!(
                drained["executed"] == drained["distinct"] && drained["distinct"] == arguments.jobs,
                "{} lost or repeated jobs: {drained}",
                side.name
            );
            let seconds = drained["seconds"].as_f64().unwrap_or(f64::NAN);
            println!(
                "round {round}: {} ({}): {:.0} jobs/s",
                side.name,
                side.class,
                arguments.jobs as f64 / seconds
            );
            if round > 0 {
                results.entry(at).or_default().push(drained);
            }
        }
    }
    let mut rows = Vec::new();
    for (at, side) in sides.iter().enumerate() {
        // One setting is enough for a single job; the programs choose their own best.
        let first = side
            .setting
            .as_deref()
            .is_none_or(|setting| setting == "default" || setting == "a");
        let picked = match first {
            true => Some(measure(project, side, "pickup", arguments.singles)?),
            false => None,
        };
        rows.push(row(side, results.get(&at).map_or(&[][..], Vec::as_slice), picked));
    }
    let report = json!({
        "what": "drain of jobs that do nothing, and pick-up from an idle queue", "jobs": arguments.jobs,
        "singles": arguments.singles, "rounds": arguments.rounds, "sides": rows,
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
    let output = process::output(peer(project, program).arg("settings"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let known: Vec<String> =
        serde_json::from_str(text.trim()).with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
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

fn peer(project: &Project, program: &str) -> Command {
    let interpreter = match program.ends_with(".py") {
        true => project.path(".tools/peers/venv/bin/python"),
        false => project.path(".tools/peers/node/node_modules/.bin/node"),
    };
    let mut command = project.command(interpreter);
    command.arg(project.path("xtask/peers").join(program));
    command
}

fn measure(project: &Project, side: &Side, verb: &str, count: usize) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let mut command = match (side.program, &side.url) {
        (Some(program), Some(url)) => {
            let mut command = peer(project, program);
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
    let output = process::output(&mut command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last)
        .with_context(|| format!("{} {verb}: {}", side.name, String::from_utf8_lossy(&output.stderr)))
}

fn row(side: &Side, drains: &[Value], picked: Option<Value>) -> Value {
    let of = |key: &str| sorted(drains.iter().filter_map(|drain| drain[key].as_f64()).collect());
    let jobs = drains
        .first()
        .and_then(|drain| drain["jobs"].as_f64())
        .unwrap_or(f64::NAN);
    let (seconds, cpu, server_cpu) = (of("seconds"), of("cpu_seconds"), of("server_cpu_seconds"));
    let latencies = picked.as_ref().and_then(|picked| picked["latencies_us"].as_array());
    let latencies = sorted(latencies.into_iter().flatten().filter_map(Value::as_f64).collect());
    let first = drains.first().cloned().unwrap_or_default();
    json!({
        "side": side.name, "class": side.class, "version": first["version"], "runtime": first["runtime"],
        "server": first["server"], "setting": first["setting"], "durability": first["durability"],
        "jobs_per_second": { "median": jobs / median(&seconds), "least": jobs / seconds.last().unwrap_or(&f64::NAN), "most": jobs / seconds.first().unwrap_or(&f64::NAN) },
        "cpu_seconds_per_1000": 1_000.0 * median(&cpu) / jobs,
        "server_cpu_seconds_per_1000": 1_000.0 * median(&server_cpu) / jobs,
        "peak_rss_bytes": median(&of("peak_rss_bytes")),
        "enqueue_per_second": jobs / median(&of("enqueue_seconds")),
        "pick_up_ms": { "p50": percentile(&latencies, 50) / 1e3, "p99": percentile(&latencies, 99) / 1e3 },
        "exactly_once": true,
        "seconds": seconds,
    })
}

fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn median(sorted: &[f64]) -> f64 {
    percentile(sorted, 50)
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(sorted.len() * percent / 100)
        .or(sorted.get(last))
        .copied()
        .unwrap_or(f64::NAN)
}

/// Each side beside ours on the same footing: SQLite for what stands on Redis, PostgreSQL for PostgreSQL.
fn table(rows: &[Value]) -> String {
    let mut text = String::from(
        "| side | class | jobs/s (range) | ours is | CPU s per 1,000 (server) | peak MiB | pick-up p50 / p99 ms | ours p99 is |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    for row in rows {
        let home = if row["class"] == "postgresql" {
            "postgresql"
        } else {
            "sqlite"
        };
        let ours = rows
            .iter()
            .find(|other| other["side"] == "esteira" && other["class"] == home);
        let rate = &row["jobs_per_second"];
        let p99 = number(&row["pick_up_ms"]["p99"]);
        let (ratio, latency) = ours.map_or((f64::NAN, f64::NAN), |ours| {
            (
                number(&ours["jobs_per_second"]["median"]) / number(&rate["median"]),
                number(&ours["pick_up_ms"]["p99"]) / p99,
            )
        });
        let _ = writeln!(
            text,
            "| {} {} | {} | {:.0} ({:.0}–{:.0}) | {ratio:.1}× | {:.3} ({:.3}) | {:.0} | {:.1} / {p99:.1} | {latency:.2}× |",
            row["side"].as_str().unwrap_or_default(),
            row["version"].as_str().unwrap_or_default(),
            row["class"].as_str().unwrap_or_default(),
            number(&rate["median"]),
            number(&rate["least"]),
            number(&rate["most"]),
            number(&row["cpu_seconds_per_1000"]),
            number(&row["server_cpu_seconds_per_1000"]),
            number(&row["peak_rss_bytes"]) / 1_048_576.0,
            number(&row["pick_up_ms"]["p50"]),
        );
    }
    text
}
