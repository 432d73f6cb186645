//! Logs of robots, on SQLite and PostgreSQL one after the other, and a very long one in a browser.

use anyhow::Result;
use clap::ValueEnum;

use super::{KEY, build_beside, prepared, tool};
use crate::build;
use crate::e2e;
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Lines of the log that is read
    #[arg(long, default_value_t = 1_000_000)]
    lines: u64,
    /// Measured rounds, after one to warm up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only this part; both when not given
    #[arg(long)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Lines on their way, written and read
    Server,
    /// The log in a browser
    Viewer,
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    let wanted = |part: Part| arguments.only.is_none_or(|only| only == part);
    if wanted(Part::Viewer) {
        build::build_page(project, false)?;
    }
    build_beside(project, &["bench_logs", "generate_log"])?;
    if wanted(Part::Server) {
        server(project, arguments)?;
    }
    if wanted(Part::Viewer) {
        viewer(project, arguments)?;
    }
    Ok(())
}

fn server(project: &Project, arguments: &Arguments) -> Result<()> {
    let cluster = Cluster::start(project)?;
    for (database, url) in [("sqlite", None), ("postgres", Some(cluster.url()))] {
        println!("logs on {database}");
        let folder = tempfile::tempdir()?;
        let mut command = prepared(project, "bench_logs");
        command
            .env("ESTEIRA_DATA_DIR", folder.path())
            .env("ESTEIRA_SECRET_KEY", KEY)
            .arg(build::binary(project, false))
            .arg(tool(project, "generate_log"))
            .arg(project.path(&format!("docs/benchmarks/logs-{database}.json")))
            .args(["--lines", &arguments.lines.to_string()])
            .args(["--rounds", &arguments.rounds.to_string()]);
        if let Some(url) = url {
            command
                .env("ESTEIRA_DATABASE_URL", url)
                .args(["--database-id", &cluster.server_id().to_string()]);
        }
        process::run(&mut command)?;
    }
    Ok(())
}

/// Playwright, as for the browser tests; see `e2e/bench/log-viewer.ts`.
fn viewer(project: &Project, arguments: &Arguments) -> Result<()> {
    e2e::install(project)?;
    let mut command = e2e::playwright(project, "bench");
    command
        .arg("bench/log-viewer.ts")
        .env("ESTEIRA_BENCH", project.path("docs/benchmarks/log-viewer.json"))
        .env("ESTEIRA_BENCH_LINES", arguments.lines.to_string())
        .env("ESTEIRA_BENCH_ROUNDS", arguments.rounds.to_string())
        .env("ESTEIRA_GENERATE_LOG", tool(project, "generate_log"));
    process::run(&mut command)
}
