//! Plays random histories of the queue against what must be true of any of them, seed after seed, on both databases.

use anyhow::{Context, Result};

use crate::build;
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;
use crate::tools::{self, Tool};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// How many seeds
    #[arg(long, default_value_t = 50)]
    seeds: u64,
}

pub(crate) fn model(project: &Project, arguments: &Arguments) -> Result<()> {
    build::ensure_page_folder(project)?;
    tools::ensure(project, &[Tool::Nextest])?;
    let cluster = Cluster::start(project)?;
    for seed in arguments.from..arguments.from + arguments.seeds {
        let mut command = project.cargo();
        command
            .args([
                "nextest",
                "run",
                "--package",
                "esteira",
                "-E",
                "test(any_history_of_the_queue)",
            ])
            .env("ESTEIRA_TEST_POSTGRES_URL", cluster.url())
            .env("ESTEIRA_TEST_SEEDS", seed.to_string());
        process::run(&mut command).with_context(|| format!("seed {seed}"))?;
    }
    Ok(())
}
