//! The long form of the test that kills the server while it works.

use anyhow::Result;

use crate::build;
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;
use crate::tools::{self, Tool};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Kills on each database
    #[arg(long, default_value_t = 20)]
    rounds: u32,
}

pub(crate) fn chaos(project: &Project, arguments: &Arguments) -> Result<()> {
    tools::ensure(project, &[Tool::Nextest])?;
    build::ensure_page_folder(project)?;
    let cluster = Cluster::start(project)?;
    process::run(
        project
            .cargo()
            .args([
                "nextest",
                "run",
                "--package",
                "esteira",
                "--no-capture",
                "--profile",
                "long",
                "chaos",
            ])
            .env("ESTEIRA_TEST_POSTGRES_URL", cluster.url())
            .env("ESTEIRA_TEST_CHAOS_ROUNDS", arguments.rounds.to_string()),
    )
}
