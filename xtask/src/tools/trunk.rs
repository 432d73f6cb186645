//! trunk builds the page. Newer versions ask for a newer compiler than the one pinned here.

use std::process::Command;

use anyhow::Result;

use super::Effort;
use crate::project::Project;

const VERSION: &str = "0.21.14";

pub(super) fn check(project: &Project) -> (String, bool) {
    (
        format!("trunk {VERSION}"),
        super::reports_version(project, "trunk", VERSION),
    )
}

pub(super) fn install(project: &Project) -> Result<()> {
    // Without TLS: it is there to fetch tools and to serve, and here it does neither over https.
    super::cargo_install(
        project,
        Effort::Waits,
        &["--locked", "trunk", "--version", VERSION, "--no-default-features"],
    )
}

/// trunk reads `NO_COLOR` as a boolean and refuses the usual value `1`.
pub(crate) fn command(project: &Project) -> Command {
    let mut command = project.command("trunk");
    command.env_remove("NO_COLOR");
    command
}
