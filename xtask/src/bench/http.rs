//! Four reads over HTTP, ours beside FastAPI and beside the shortest program that gives the same answers: turn by turn, one
//! warm-up and then the measured rounds, on SQLite and on PostgreSQL. What the others are is in `xtask/peers/README.md`.

mod answers;
mod client;
mod database;
mod load;
mod meter;
mod server;
mod statements;
mod table;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use serde_json::json;

use self::answers::Answers;
use self::database::Filled;
use self::load::Wrk;
use self::server::{Facts, Running};
use super::{build_beside, peers};
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;
use crate::tools;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of a measurement
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Measured rounds, after one to warm up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Processes beside those of the demonstration; a twelfth of them is the month
    #[arg(long, default_value_t = 12_000)]
    rows: usize,
    /// Only these sides, between commas: esteira, fastapi, bare
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

const OURS: &str = "esteira";
const SQLITE: &str = "sqlite";
const POSTGRES: &str = "postgresql";

/// What is asked for, by somebody who is signed in.
struct Route {
    name: &'static str,
    path: String,
    cookie: String,
    /// How the metrics name it, without what stands before.
    template: &'static str,
}

/// Who answers.
struct Side {
    name: &'static str,
    server: Running,
}

/// A database with all who answer from it.
struct Stage {
    name: &'static str,
    sides: Vec<Side>,
    routes: Vec<Route>,
    /// Goes last: the servers are using it.
    _filled: Filled,
}

/// What one measurement gave.
#[derive(Serialize)]
struct Run {
    requests: f64,
    requests_per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_ms: f64,
    /// Of the database's own processes; none on SQLite.
    database_cpu_ms: Option<f64>,
    peak_rss_bytes: f64,
    body_bytes: usize,
    statements: Option<f64>,
}

/// A side's answers to one route, over all measured rounds.
#[derive(Serialize)]
struct Row {
    route: &'static str,
    database: &'static str,
    side: &'static str,
    #[serde(flatten)]
    facts: Facts,
    runs: Vec<Run>,
}

/// The programs that a measurement needs, built and found.
struct Programs {
    ours: PathBuf,
    bare: PathBuf,
    wrk: Wrk,
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    // The quickest to fail comes first.
    let wrk = Wrk::find(project)?;
    peers::install(project)?;
    let programs = Programs {
        ours: build_beside(project, &["generate"])?,
        bare: build_bare(project)?,
        wrk,
    };
    let cluster = Cluster::start(project)?;
    let stages = [
        stage(project, arguments, &programs, SQLITE, None)?,
        stage(project, arguments, &programs, POSTGRES, Some(cluster.url()))?,
    ];
    let mut rows: Vec<Row> = Vec::new();
    for stage in &stages {
        for route in &stage.routes {
            for side in &stage.sides {
                rows.push(Row {
                    route: route.name,
                    database: stage.name,
                    side: side.name,
                    facts: side.server.facts.clone(),
                    runs: Vec::new(),
                });
            }
        }
    }
    for round in 0..=arguments.rounds {
        let mut results = rows.iter_mut();
        for stage in &stages {
            for route in &stage.routes {
                for side in &stage.sides {
                    let run = measure(arguments, &programs.wrk, &cluster, stage, route, side)
                        .with_context(|| format!("{} of {} on {}", route.name, side.name, stage.name))?;
                    println!(
                        "round {round}: {} of {} on {}: {:.0} requests/s, {:.2} CPU ms",
                        route.name, side.name, stage.name, run.requests_per_second, run.cpu_ms
                    );
                    let row = results.next().context("a row for each measurement")?;
                    if round > 0 {
                        row.runs.push(run);
                    }
                }
            }
        }
    }
    report(project, arguments, &programs, &cluster, &mut rows)
}

fn report(
    project: &Project,
    arguments: &Arguments,
    programs: &Programs,
    cluster: &Cluster,
    rows: &mut Vec<Row>,
) -> Result<()> {
    let wanted = |row: &Row| arguments.only.is_empty() || arguments.only.iter().any(|only| only == row.side);
    rows.retain(wanted);
    let versions = json!({ "load": programs.wrk.version, "postgresql": cluster.version()? });
    let report = json!({
        "what": "four reads over HTTP with a session; every answer equal on all sides before it is measured",
        "connections": load::CONNECTIONS, "load_threads": load::THREADS, "seconds": arguments.seconds,
        "rounds": arguments.rounds, "rows": arguments.rows, "versions": versions, "sides": rows,
    });
    std::fs::write(
        project.path("docs/benchmarks/http.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    let text = table::page(rows, arguments);
    println!("\n{text}");
    Ok(std::fs::write(project.path("docs/benchmarks/http.md"), text)?)
}

/// Fills a database and starts everybody on it.
fn stage(
    project: &Project,
    arguments: &Arguments,
    programs: &Programs,
    name: &'static str,
    url: Option<&str>,
) -> Result<Stage> {
    println!("http: filling {name}");
    let filled = Filled::new(project, &programs.ours, arguments.rows, url)?;
    let ours = filled.serve(project, &programs.ours, &["serve"], our_facts(project, &programs.ours)?)?;
    let routes = database::routes(ours.port)?;
    let wanted = |side: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == side);
    // Ours is there in any case: it says what the answers are.
    let mut sides = vec![Side {
        name: OURS,
        server: ours,
    }];
    if wanted("fastapi") {
        let mut command = peers::command(project, "fastapi_bench.py");
        command.arg("serve").env("PYTHONDONTWRITEBYTECODE", "1");
        sides.push(Side {
            name: "fastapi",
            server: Running::peer(command, &filled.place(), None)?,
        });
    }
    if wanted("bare") {
        sides.push(Side {
            name: "bare",
            server: Running::peer(
                project.command(&programs.bare),
                &filled.place(),
                Some(bare_version(project)?),
            )?,
        });
    }
    Ok(Stage {
        name,
        sides,
        routes,
        _filled: filled,
    })
}

fn measure(
    arguments: &Arguments,
    wrk: &Wrk,
    cluster: &Cluster,
    stage: &Stage,
    route: &Route,
    side: &Side,
) -> Result<Run> {
    let reference = stage.sides.first().context("ours comes first")?;
    let expected = Answers::ask(reference.server.port, route)?;
    let answered = Answers::ask(side.server.port, route)?;
    expected.compare(&answered)?;

    let server = side.server.id();
    let database = (stage.name == POSTGRES).then(|| cluster.server_id());
    let counted = || match side.name == OURS {
        true => statements::of(side.server.port, route.template),
        false => Ok(None),
    };
    let statements = counted()?;
    meter::forget_peak(server);
    let (cpu, database_cpu) = (meter::cpu_seconds(server), database.map(meter::cpu_seconds));
    let load = wrk.run(side.server.port, route, arguments.seconds)?;
    let cpu = meter::cpu_seconds(server) - cpu;
    let database_cpu = database.map(meter::cpu_seconds).zip(database_cpu);
    let peak_rss_bytes = meter::peak_rss_bytes(server);
    let statements = statements::per_request(statements, counted()?);
    if process::interrupted() {
        bail!("interrupted");
    }
    ensure!(
        load.failures == 0.0 && load.requests > 0.0,
        "{} of {} requests failed",
        load.failures,
        load.requests
    );
    let bytes = load.bytes / load.requests;
    ensure!(
        bytes >= answered.bytes_as_number(),
        "answers under load have {bytes:.0} bytes with their heads, and one alone {} without",
        answered.bytes
    );
    let each = |seconds: f64| 1_000.0 * seconds / load.requests;
    Ok(Run {
        requests: load.requests,
        requests_per_second: load.requests / load.seconds,
        p50_ms: load.p50_ms,
        p99_ms: load.p99_ms,
        cpu_ms: each(cpu),
        database_cpu_ms: database_cpu.map(|(after, before)| each(after - before)),
        peak_rss_bytes,
        body_bytes: answered.bytes,
        statements,
    })
}

const BARE: &str = "xtask/peers/bare";

/// A package of its own, built here and nowhere else; returns its program. Its SQLite is compiled as ours (`.cargo/config.toml`).
fn build_bare(project: &Project) -> Result<PathBuf> {
    let target = project.target().join("peers");
    let manifest = project.path(BARE).join("Cargo.toml");
    process::run(
        project
            .cargo()
            .args(["build", "--release", "--locked", "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target),
    )?;
    Ok(target.join("release/bare"))
}

fn bare_version(project: &Project) -> Result<String> {
    let lock =
        std::fs::read_to_string(project.path(BARE).join("Cargo.lock")).context("cannot read bare's Cargo.lock")?;
    Ok(locked(&lock, &["axum", "rusqlite", "tokio-postgres"]))
}

fn our_facts(project: &Project, server: &std::path::Path) -> Result<Facts> {
    let printed = process::output(project.command(server).arg("--version"))?;
    let commit = process::output(project.command("git").args(["rev-parse", "--short", "HEAD"]))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let lock = std::fs::read_to_string(project.path("Cargo.lock")).context("cannot read Cargo.lock")?;
    Ok(Facts {
        version: format!("{} {}", text(&printed.stdout), text(&commit.stdout)),
        runtime: locked(
            &lock,
            &["axum", "diesel", "diesel-async", "libsqlite3-sys", "tokio-postgres"],
        ),
    })
}

/// Versions of packages by the text of a lock file.
fn locked(lock: &str, packages: &[&str]) -> String {
    let named = packages.iter().filter_map(|package| {
        let version = tools::locked_version(lock, package)?;
        Some(format!("{package} {version}"))
    });
    named.collect::<Vec<_>>().join(", ")
}
