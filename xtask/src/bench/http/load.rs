//! wrk, and what it measured.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Route;
use crate::bench::peers;
use crate::process;
use crate::project::Project;

pub(super) const CONNECTIONS: u32 = 16;
pub(super) const THREADS: u32 = 2;

pub(super) struct Wrk {
    program: PathBuf,
    script: PathBuf,
    pub(super) version: String,
}

/// The script's line.
#[derive(Deserialize)]
pub(super) struct Load {
    pub(super) requests: f64,
    pub(super) seconds: f64,
    /// With the heads of the answers.
    pub(super) bytes: f64,
    /// Answers of 400 and above, and connections that broke.
    pub(super) failures: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

impl Wrk {
    pub(super) fn find(project: &Project) -> Result<Self> {
        let program = project
            .find("wrk")
            .context("wrk is not installed; it is in the Debian package wrk: apt-get install wrk")?;
        // It says its version and ends with a failure.
        let output = process::output(project.command(&program).arg("-v"))?;
        let said = [output.stdout, output.stderr].concat();
        let version = String::from_utf8_lossy(&said)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        Ok(Self {
            program,
            script: project.path("xtask/peers/wrk.lua"),
            version,
        })
    }

    pub(super) fn run(&self, port: u16, route: &Route, seconds: u64) -> Result<Load> {
        let mut command = std::process::Command::new(&self.program);
        command
            .args(["--connections", &CONNECTIONS.to_string()])
            .args(["--threads", &THREADS.to_string()])
            .args(["--duration", &format!("{seconds}s")])
            .args(["--timeout", "10s"])
            .arg("--script")
            .arg(&self.script)
            .args(["--header", &format!("cookie: {}", route.cookie)])
            .arg(format!("http://127.0.0.1:{port}{}", route.path));
        peers::last_line(&mut command, "wrk")
    }
}
