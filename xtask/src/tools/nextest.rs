//! nextest runs the tests, each in its own process. Any installed version will do.

use anyhow::Result;

use super::Effort;
use crate::process;
use crate::project::Project;

const VERSION: &str = "0.9.143";

pub(super) fn check(project: &Project) -> (String, bool) {
    let mut command = project.command("cargo-nextest");
    command.args(["nextest", "--version"]);
    let ready = process::output(&mut command).is_ok_and(|output| output.status.success());
    (format!("cargo-nextest {VERSION}"), ready)
}

pub(super) fn install(project: &Project) -> Result<()> {
    super::cargo_install(
        project,
        Effort::Waits,
        &[
            "--locked",
            "cargo-nextest",
            "--version",
            VERSION,
            // All but how it replaces itself by a newer one.
            "--no-default-features",
            "--features",
            "default-no-update",
        ],
    )
}
