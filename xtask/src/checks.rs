//! The steps that read the code without running it.

use anyhow::Result;

use crate::build;
use crate::process;
use crate::project::Project;
use crate::tools::{self, Tool};

pub(crate) fn format(project: &Project) -> Result<()> {
    process::run(project.cargo().args(["fmt", "--all", "--check"]))
}

/// Everything but the page, which is made for another target.
pub(crate) fn clippy(project: &Project) -> Result<()> {
    build::ensure_page_folder(project)?;
    process::run(project.cargo().args([
        "clippy",
        "--workspace",
        "--exclude",
        "esteira-frontend",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

pub(crate) fn clippy_page(project: &Project) -> Result<()> {
    tools::ensure(project, &[Tool::WasmTarget])?;
    // In the server's folder of results: macros and build scripts run on this machine, and most are the server's too.
    process::run(project.cargo().args([
        "clippy",
        "--package",
        "esteira-frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Every pair of text and ground colour, in both themes.
pub(crate) fn style(project: &Project) -> Result<()> {
    process::run(project.command("node").args(["--test", "style/"]))
}
