//! trunk builds the page. Newer versions ask for a newer compiler than the one pinned here.

use std::process::Command;

use anyhow::Result;

use crate::project::Project;

const VERSION: &str = "0.21.14";

pub(super) fn check(project: &Project) -> (String, bool) {
    (
        format!("trunk {VERSION}"),
        super::reports_version(project, "trunk", VERSION),
    )
}

pub(super) fn install(project: &Project) -> Result<()> {
    super::cargo_install(
        project,
        &[
            "--locked",
            "trunk",
            "--version",
            VERSION,
            "--no-default-features",
            "--features",
            "rustls",
        ],
    )
}

/// trunk reads `NO_COLOR` as a boolean and refuses the usual value `1`.
pub(crate) fn command(project: &Project) -> Command {
    let mut command = project.command("trunk");
    command.env_remove("NO_COLOR");
    command
}
