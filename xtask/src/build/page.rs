//! The page: trunk (whose hook cuts it into parts, see `parts`), then brotli. Skipped when neither its sources nor its result changed.

use std::time::Instant;

use anyhow::{Context, Result};

use super::{budget, compress, stamp};
use crate::process;
use crate::project::Project;
use crate::tools;

/// Everything the page is made of.
const SOURCES: [&str; 9] = [
    "frontend",
    "shared",
    "style",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "xtask/src/build",
    "xtask/src/tools",
];

pub(super) fn build(project: &Project, dev: bool) -> Result<()> {
    let dist = project.path("dist");
    let mark = project.target().join("page.stamp");
    let kind = if dev { "dev" } else { "release" };
    let sources = stamp::of_contents(project.root(), &SOURCES)?;
    let current = |result: u64| format!("{kind} {sources:016x} {result:016x}");

    if dist.join("index.html").is_file()
        && std::fs::read_to_string(&mark).is_ok_and(|old| stamp::of_listing(&dist).is_ok_and(|now| old == current(now)))
    {
        println!("page: unchanged, not built again");
        return Ok(());
    }

    let started = Instant::now();
    let mut command = tools::trunk(project);
    command
        .args(["build", "--offline"])
        .env("CARGO_TARGET_DIR", project.page_target())
        // Trunk's hook calls us back, and needs not build us for it.
        .env("ESTEIRA_XTASK", std::env::current_exe()?);
    if !dev {
        // The size profile is named in frontend/index.html.
        command.arg("--release");
    }
    process::run(&mut command)?;
    if !dev {
        budget::check(project, &compress::brotli(&dist)?)?;
    }
    println!("page: built in {:.1} s", started.elapsed().as_secs_f64());

    let result = stamp::of_listing(&dist)?;
    std::fs::create_dir_all(project.target())?;
    std::fs::write(&mark, current(result)).with_context(|| format!("cannot write {}", mark.display()))
}
