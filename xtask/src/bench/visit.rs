//! A first visit of the release binary over slow networks, in a real browser; see `e2e/bench/first-visit.ts`.

use anyhow::Result;

use crate::build;
use crate::e2e;
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measured rounds over each network, each in a browser that has nothing yet
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Use the binary that is there
    #[arg(long)]
    no_build: bool,
}

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    if !arguments.no_build {
        build::build(project, &build::Arguments { dev: false })?;
    }
    e2e::install(project)?;
    let mut command = e2e::playwright(project, "bench");
    command
        .arg("bench/first-visit.ts")
        .env("ESTEIRA_BENCH", project.path("docs/benchmarks/visit.json"))
        .env("ESTEIRA_BENCH_ROUNDS", arguments.rounds.to_string());
    process::run(&mut command)
}
