//! The standard library for `wasm32-unknown-unknown`.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

const TARGET: &str = "wasm32-unknown-unknown";

/// Asks rustc rather than rustup, so that a toolchain from a distribution counts too.
pub(super) fn check(project: &Project) -> Result<(String, bool)> {
    let mut command = project.command("rustc");
    command.args(["--print", "target-libdir", "--target", TARGET]);
    let printed = process::output(&mut command)?;
    let directory = String::from_utf8_lossy(&printed.stdout).trim().to_owned();
    Ok((
        format!("target {TARGET}"),
        !directory.is_empty() && Path::new(&directory).is_dir(),
    ))
}

pub(super) fn install(project: &Project) -> Result<()> {
    let mut command = project.command("rustup");
    command.args(["target", "add", TARGET]);
    process::run(&mut command)
        .context("without rustup, install your distribution's wasm32 standard library for this rustc")
}
