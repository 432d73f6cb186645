//! A database with very many rows, to see how lists behave.

use anyhow::Result;

use crate::build;
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
    process::run(example(project, "generate")?.arg(arguments.rows.to_string()))
}

/// Builds a developer's tool in release and returns the command that starts it.
pub(crate) fn example(project: &Project, name: &str) -> Result<std::process::Command> {
    build::ensure_page_folder(project)?;
    process::run(
        project
            .cargo()
            .args(["build", "--release", "--package", "esteira", "--example", name]),
    )?;
    Ok(project.command(project.target().join("release/examples").join(name)))
}
