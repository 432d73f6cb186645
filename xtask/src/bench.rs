//! Measurements. They print numbers and keep them in `docs/benchmarks/`; nothing fails because of a time.

mod cron;
mod fanout;
mod http;
mod logs;
mod numbers;
mod peers;
mod queue;
mod redis;
mod schedules;
mod visit;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::build;
use crate::chaos;
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;

#[derive(clap::Subcommand)]
pub(crate) enum Bench {
    /// The list of processes at every filter and depth, on SQLite and PostgreSQL
    List {
        #[arg(long, default_value_t = 1_000_000)]
        rows: usize,
    },
    /// The monitor over very many finished jobs: every order, filter, search and graph, on SQLite and PostgreSQL
    Monitor {
        #[arg(long, default_value_t = 2_000_000)]
        jobs: usize,
    },
    /// The job queue on PostgreSQL while the database is restarted, connections are cut and workers are killed
    Faults,
    /// Whatever a robot's API does wrong, with the waiting times of production: where each run ends, and after how long
    RobotFaults,
    /// The job queue against its peers, drained and picked up from one by one
    Queue(queue::Arguments),
    /// One log's lines to a thousand watchers at once, against sse-starlette
    Fanout(fanout::Arguments),
    /// Logs of robots: from the line to the reader, written, read, and a million lines in the browser
    Logs(logs::Arguments),
    /// A document on its way out: copied from the store and compared, beside the store alone; printed only
    Documents,
    /// Four reads over HTTP on SQLite and PostgreSQL, against FastAPI and against a bare program with the same SQL
    Http(http::Arguments),
    /// When cron rules are due next, against croniter, and the preview of a draft over the real server
    Cron(cron::Arguments),
    /// 10,000 schedules due at the same second, against APScheduler and Celery beat; or, with --idle, none due
    Schedules(schedules::Arguments),
    /// A first visit over slow networks: bytes by file, painted, sign-in usable, Início usable
    Visit(visit::Arguments),
}

/// Opens nothing anywhere else: the key of throw-away databases.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

pub(crate) fn bench(project: &Project, bench: &Bench) -> Result<()> {
    std::fs::create_dir_all(project.path("docs/benchmarks"))?;
    match bench {
        Bench::List { rows } => on_both(project, "bench_list", "list", &[], Some(*rows)),
        Bench::Monitor { jobs } => on_both(project, "bench_monitor", "monitor", &[jobs.to_string()], None),
        Bench::Faults => faults(project),
        Bench::RobotFaults => robot_faults(project),
        Bench::Queue(arguments) => {
            build_example(project, "bench_queue")?;
            queue::bench(project, arguments)
        }
        Bench::Fanout(arguments) => fanout::bench(project, arguments),
        Bench::Logs(arguments) => logs::bench(project, arguments),
        Bench::Documents => documents(project),
        Bench::Http(arguments) => http::bench(project, arguments),
        Bench::Cron(arguments) => cron::bench(project, arguments),
        Bench::Schedules(arguments) => schedules::bench(project, arguments),
        Bench::Visit(arguments) => visit::bench(project, arguments),
    }
}

fn documents(project: &Project) -> Result<()> {
    let folder = tempfile::tempdir()?;
    build_example(project, "bench_documents")?;
    let mut command = prepared(project, "bench_documents");
    command
        .env("ESTEIRA_DATA_DIR", folder.path())
        .env("ESTEIRA_SECRET_KEY", KEY);
    process::run(&mut command)
}

/// The tool stops the database server; here it is started again.
fn faults(project: &Project) -> Result<()> {
    let server = build_beside(project, &["faults"])?;
    let mut cluster = Cluster::start(project)?;
    let report = project.path("docs/benchmarks/faults-postgres.json");
    let mut tool = prepared(project, "faults");
    tool.args([
        cluster.url(),
        &server.display().to_string(),
        &cluster.server_id().to_string(),
    ])
    .arg(report);
    process::run_beside(&mut tool, || cluster.revive())
}

/// The long form of a test, which writes one table for each database.
fn robot_faults(project: &Project) -> Result<()> {
    let folder = project.path("docs/benchmarks");
    let settings = [
        ("ESTEIRA_TEST_RPA_PATIENCE_S", OsStr::new("600")),
        ("ESTEIRA_TEST_FAULT_TABLE", folder.as_os_str()),
    ];
    chaos::long(project, "executions::fault_table", &settings)
}

#[derive(clap::Args)]
pub(crate) struct Soak {
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Jobs a second, on each database
    #[arg(long, default_value_t = 100)]
    rate: u64,
}

/// A steady rate for a long time, on SQLite and PostgreSQL one after the other.
pub(crate) fn soak(project: &Project, soak: &Soak) -> Result<()> {
    let arguments = [soak.minutes.to_string(), soak.rate.to_string()];
    on_both(project, "steady", "soak", &arguments, None)
}

/// Runs a tool on an empty SQLite file and on an empty PostgreSQL; it writes its numbers to `<name>-<database>.json`.
fn on_both(project: &Project, tool: &str, name: &str, arguments: &[String], processes: Option<usize>) -> Result<()> {
    let cluster = Cluster::start(project)?;
    for (database, url) in [("sqlite", None), ("postgres", Some(cluster.url()))] {
        let folder = tempfile::tempdir()?;
        let beside = |tool: &str| -> Result<Command> {
            build_example(project, tool)?;
            let mut command = prepared(project, tool);
            command
                .env("ESTEIRA_DATA_DIR", folder.path())
                .env("ESTEIRA_SECRET_KEY", KEY);
            if let Some(url) = url {
                command.env("ESTEIRA_DATABASE_URL", url);
            }
            Ok(command)
        };
        println!("{name} on {database}");
        if let Some(processes) = processes {
            process::run(beside("generate")?.arg(processes.to_string()))?;
        }
        let report = project.path("docs/benchmarks").join(format!("{name}-{database}.json"));
        process::run(beside(tool)?.args(arguments).arg(report))?;
    }
    Ok(())
}

/// Builds a developer's tool in release.
pub(crate) fn build_example(project: &Project, name: &str) -> Result<()> {
    build::ensure_page_folder(project)?;
    process::run(
        project
            .cargo()
            .args(["build", "--release", "--package", "esteira", "--example", name]),
    )
}

/// Builds the server and tools beside it in release; returns the path of the server's binary.
pub(crate) fn build_beside(project: &Project, tools: &[&str]) -> Result<PathBuf> {
    build::ensure_page_folder(project)?;
    // In one go: apart, the tools' own dependencies would have the server's built anew each time.
    let mut command = project.cargo();
    command.args(["build", "--release", "--package", "esteira", "--bin", "esteira"]);
    for tool in tools {
        command.args(["--example", tool]);
    }
    process::run(&mut command)?;
    Ok(build::binary(project, false))
}

/// The command that starts a tool that was built.
pub(crate) fn prepared(project: &Project, name: &str) -> Command {
    project.command(tool(project, name))
}

/// Where a tool that was built is.
fn tool(project: &Project, name: &str) -> PathBuf {
    project.target().join("release/examples").join(name)
}
