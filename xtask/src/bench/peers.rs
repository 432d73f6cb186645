//! Programs that measure, and what they say: the peers in `xtask/peers`, and our own tools beside them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

use crate::process;
use crate::project::Project;

/// Installs the pinned versions, unless they are there.
pub(super) fn install(project: &Project) -> Result<()> {
    process::run(&mut project.command(project.path("xtask/peers/setup")))
}

/// The interpreter of a program, and where the program is.
pub(super) fn program(project: &Project, name: &str) -> (PathBuf, PathBuf) {
    let interpreter = match name.ends_with(".py") {
        true => project.path(".tools/peers/venv/bin/python"),
        false => project.path(".tools/peers/node/node_modules/.bin/node"),
    };
    (interpreter, project.path("xtask/peers").join(name))
}

pub(super) fn command(project: &Project, name: &str) -> Command {
    let (interpreter, program) = program(project, name);
    let mut command = project.command(interpreter);
    command.arg(program);
    command
}

/// The settings that a program knows.
pub(super) fn settings(project: &Project, name: &str) -> Result<Vec<String>> {
    last_line(command(project, name).arg("settings"), name)
}

/// Runs a program and reads the JSON on the last line that it prints.
pub(super) fn last_line<T: DeserializeOwned>(command: &mut Command, what: &str) -> Result<T> {
    let output = process::output(command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).with_context(|| format!("{what}: {}", String::from_utf8_lossy(&output.stderr)))
}
