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
    let mut command = project.cargo();
    command
        .args([
            "clippy",
            "--package",
            "esteira-frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--all-targets",
        ])
        .arg("--target-dir")
        .arg(project.page_target())
        .args(["--", "-D", "warnings"]);
    process::run(&mut command)
}

/// Every pair of text and ground colour, in both themes.
pub(crate) fn style(project: &Project) -> Result<()> {
    process::run(project.command("node").args(["--test", "style/"]))
}
