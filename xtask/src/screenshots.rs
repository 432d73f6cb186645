//! Pictures of every page for the documentation, taken from a server with demonstration data.

use anyhow::Result;

use crate::build;
use crate::e2e;
use crate::process;
use crate::project::Project;

pub(crate) fn screenshots(project: &Project) -> Result<()> {
    build::build(project, &build::Arguments { dev: false })?;
    e2e::install(project)?;
    let mut command = e2e::playwright(project, "screenshots");
    command.env("ESTEIRA_SCREENSHOTS", project.path("docs/screenshots"));
    process::run(&mut command)
}
