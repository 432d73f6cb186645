//! What the project needs beside cargo and node, installed into `.tools/` when it is missing.

mod binaryen;
mod cargo_deny;
mod nextest;
mod trunk;
mod wasm_bindgen;
mod wasm_split;
mod wasm_target;

use std::time::Instant;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    WasmTarget,
    Nextest,
    WasmBindgen,
    WasmSplit,
    WasmOpt,
    Trunk,
    CargoDeny,
}

pub(crate) const ALL: [Tool; 7] = [
    Tool::WasmTarget,
    Tool::Nextest,
    Tool::WasmBindgen,
    Tool::WasmSplit,
    Tool::WasmOpt,
    Tool::Trunk,
    Tool::CargoDeny,
];

/// What the page is built with.
pub(crate) const PAGE: [Tool; 5] = [
    Tool::WasmTarget,
    Tool::WasmBindgen,
    Tool::WasmSplit,
    Tool::WasmOpt,
    Tool::Trunk,
];

/// Installs each tool that is not there yet. Says nothing about those that are, except how many.
pub(crate) fn ensure(project: &Project, tools: &[Tool]) -> Result<()> {
    for tool in tools {
        let (name, ready) = tool.check(project)?;
        if ready {
            continue;
        }
        println!("tools: installing {name}");
        let started = Instant::now();
        tool.install(project)
            .with_context(|| format!("cannot install {name}"))?;
        println!("tools: {name} installed in {:.1} s", started.elapsed().as_secs_f64());
    }
    println!("tools: {} of {} ready", tools.len(), tools.len());
    Ok(())
}

impl Tool {
    fn check(self, project: &Project) -> Result<(String, bool)> {
        match self {
            Self::WasmTarget => wasm_target::check(project),
            Self::Nextest => Ok(nextest::check(project)),
            Self::WasmBindgen => wasm_bindgen::check(project),
            Self::WasmSplit => Ok(wasm_split::check(project)),
            Self::WasmOpt => Ok(binaryen::check(project)),
            Self::Trunk => Ok(trunk::check(project)),
            Self::CargoDeny => Ok(cargo_deny::check(project)),
        }
    }

    fn install(self, project: &Project) -> Result<()> {
        match self {
            Self::WasmTarget => wasm_target::install(project),
            Self::Nextest => nextest::install(project),
            Self::WasmBindgen => wasm_bindgen::install(project),
            Self::WasmSplit => wasm_split::install(project),
            Self::WasmOpt => binaryen::install(project),
            Self::Trunk => trunk::install(project),
            Self::CargoDeny => cargo_deny::install(project),
        }
    }
}

pub(crate) use trunk::command as trunk;
pub(crate) use wasm_bindgen::locked_version;

/// How far a tool is optimised. Compiling it is what takes the time, on every new machine.
#[derive(Clone, Copy)]
enum Effort {
    /// It waits for other programs.
    Waits,
    /// It goes over megabytes itself.
    Works,
}

/// `cargo install` into `.tools/`, tuned for a tool: link-time optimisation takes longer than it ever saves. All tools are
/// compiled in one folder and in one way, so that what two of them need is compiled once.
fn cargo_install(project: &Project, effort: Effort, arguments: &[&str]) -> Result<()> {
    let level = match effort {
        Effort::Waits => "0",
        Effort::Works => "1",
    };
    let mut command = project.cargo();
    command
        .arg("install")
        .arg("--root")
        .arg(project.path(".tools"))
        .args(arguments)
        .env("CARGO_TARGET_DIR", project.target().join("tools"))
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_PANIC", "unwind")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    process::run(&mut command)
}

/// `npm install` of one exact version into `.tools/node`, beside what is there.
pub(crate) fn npm_install(project: &Project, package: &str) -> Result<()> {
    let directory = project.path(".tools/node");
    std::fs::create_dir_all(&directory)?;
    let manifest = directory.join("package.json");
    if !manifest.exists() {
        std::fs::write(&manifest, "{ \"private\": true }\n")?;
    }
    let mut command = project.command("npm");
    command.current_dir(&directory).args([
        "install",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--save-exact",
        package,
    ]);
    process::run(&mut command).context("npm is needed for this (Node 20 or newer)")
}

/// Whether `program --version` mentions `version`; false when it cannot be started.
fn reports_version(project: &Project, program: &str, version: &str) -> bool {
    let mut command = project.command(program);
    command.arg("--version").env_remove("NO_COLOR");
    process::output(&mut command).is_ok_and(|output| {
        let text = String::from_utf8_lossy(&output.stdout);
        text.split_whitespace().any(|word| word == version)
    })
}
