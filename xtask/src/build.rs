//! Page first, then the server, because the server embeds the page.

mod budget;
mod compress;
mod page;
mod parts;
mod stamp;
mod style;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::tools;

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Unoptimised and quick: no wasm-opt, no compression, debug server
    #[arg(long)]
    pub(crate) dev: bool,
}

/// Builds page and server; returns the path of the server's binary.
pub(crate) fn build(project: &Project, arguments: &Arguments) -> Result<PathBuf> {
    build_page(project, arguments.dev)?;
    let started = Instant::now();
    let mut command = project.cargo();
    command.args(["build", "--package", "esteira"]);
    if !arguments.dev {
        command.arg("--release");
    }
    process::run(&mut command)?;
    println!("server: built in {:.1} s", started.elapsed().as_secs_f64());
    Ok(binary(project, arguments.dev))
}

/// The page alone; the next server that is built embeds it.
pub(crate) fn build_page(project: &Project, dev: bool) -> Result<()> {
    tools::ensure(project, &tools::PAGE)?;
    page::build(project, dev)
}

pub(crate) use parts::cut as page_parts;

pub(crate) fn binary(project: &Project, dev: bool) -> PathBuf {
    project
        .target()
        .join(if dev { "debug" } else { "release" })
        .join("esteira")
}

/// The server's crate does not compile without the folder it embeds; an empty one is enough for checks.
pub(crate) fn ensure_page_folder(project: &Project) -> Result<()> {
    Ok(std::fs::create_dir_all(project.path("dist"))?)
}

/// Rust sources below a folder.
pub(crate) fn sources(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let files = stamp::files(folder)?;
    Ok(files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "rs"))
        .collect())
}
