//! Hostile inputs to the real server; see `backend/examples/hostile.rs`.

use anyhow::Result;

use crate::bench;
use crate::process;
use crate::project::Project;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only inputs whose parser or name holds this, for example CSV; the numbers are not kept then
    #[arg(long)]
    only: Option<String>,
}

pub(crate) fn hostile(project: &Project, arguments: &Arguments) -> Result<()> {
    let server = bench::build_beside(project, &["hostile"])?;
    let mut tool = bench::prepared(project, "hostile");
    tool.arg(server).arg(project.path("docs/benchmarks"));
    if let Some(only) = &arguments.only {
        tool.args(["--only", only]);
    }
    process::run(&mut tool)
}
