//! A database with very many rows, to see how lists behave.

use anyhow::Result;

use crate::bench::{build_example, prepared};
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many processes
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
}

/// Fills the database that the environment names (`ESTEIRA_DATABASE_URL`, `ESTEIRA_DATA_DIR`).
pub(crate) fn generate(project: &Project, arguments: &Arguments) -> Result<()> {
    build_example(project, "generate")?;
    process::run(prepared(project, "generate").arg(arguments.rows.to_string()))
}
