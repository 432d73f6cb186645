//! Measurements. They print numbers and keep them in `docs/benchmarks/`; nothing fails because of a time.

use anyhow::Result;

use crate::generate::example;
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
    /// The job queue: jobs that do nothing, drained and picked up one by one, on SQLite and PostgreSQL
    Queue {
        #[arg(long, default_value_t = 100_000)]
        jobs: usize,
    },
}

/// Opens nothing anywhere else: the key of throw-away databases.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

pub(crate) fn bench(project: &Project, bench: &Bench) -> Result<()> {
    let reports = project.path("docs/benchmarks");
    std::fs::create_dir_all(&reports)?;
    let cluster = Cluster::start(project)?;
    for (name, url) in [("sqlite", None), ("postgres", Some(cluster.url()))] {
        let folder = tempfile::tempdir()?;
        let prepared = |tool: &str| -> Result<std::process::Command> {
            let mut command = example(project, tool)?;
            command
                .env("ESTEIRA_DATA_DIR", folder.path())
                .env("ESTEIRA_SECRET_KEY", KEY);
            if let Some(url) = url {
                command.env("ESTEIRA_DATABASE_URL", url);
            }
            Ok(command)
        };
        match bench {
            Bench::List { rows } => {
                println!("{name}: making {rows} processes");
                process::run(prepared("generate")?.arg(rows.to_string()))?;
                process::run(prepared("bench_list")?.arg(reports.join(format!("list-{name}.json"))))?;
            }
            Bench::Queue { jobs } => {
                println!("{name}: {jobs} jobs");
                let report = reports.join(format!("queue-{name}.json"));
                process::run(prepared("bench_queue")?.args([&jobs.to_string(), "200"]).arg(report))?;
            }
        }
    }
    Ok(())
}
