//! A server that is measured: started, waited for, and ended with all that it started.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

use super::client;
use crate::postgres::free_port;
use crate::process;

/// The demonstration lives through four months before its server answers.
const START_LIMIT: Duration = Duration::from_secs(300);
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// What a server says of itself.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Facts {
    #[serde(default)]
    pub(super) version: String,
    pub(super) runtime: String,
}

pub(super) struct Running {
    child: Child,
    pub(super) port: u16,
    pub(super) facts: Facts,
    /// Where it said so; it would end if that were closed and it said more.
    _output: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts ours; the command knows everything but where to listen.
    pub(super) fn ours(mut command: Command, facts: Facts) -> Result<Self> {
        let port = free_port()?;
        command
            .env("ESTEIRA_LISTEN", format!("127.0.0.1:{port}"))
            .stdout(Stdio::null());
        let mut running = Self {
            child: command.spawn().context("cannot start the server")?,
            port,
            facts,
            _output: None,
        };
        running.wait("/api/health", 200)?;
        Ok(running)
    }

    /// Starts a peer; it is told where to listen and where its rows are. Its version may be known better here.
    pub(super) fn peer(mut command: Command, database: &str, version: Option<String>) -> Result<Self> {
        let port = free_port()?;
        command
            .args([port.to_string().as_str(), database])
            .stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start a peer")?;
        let mut output = child.stdout.take().map(BufReader::new);
        let mut running = Self {
            child,
            port,
            facts: Facts {
                version: String::new(),
                runtime: String::new(),
            },
            _output: None,
        };
        let mut line = String::new();
        if let Some(output) = &mut output {
            output.read_line(&mut line)?;
        }
        running.facts = serde_json::from_str(&line).with_context(|| format!("a peer said {line:?}"))?;
        if let Some(version) = version {
            running.facts.version = version;
        }
        running._output = output;
        // Nobody is signed in.
        running.wait("/api/v1/session", 401)?;
        Ok(running)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait(&mut self, path: &str, status: u16) -> Result<()> {
        let started = Instant::now();
        while !client::send(self.port, "GET", path, &[], "").is_ok_and(|answer| answer.status == status) {
            if let Some(ended) = self.child.try_wait()? {
                bail!("a server ended with {ended} before it answered");
            }
            ensure!(!process::interrupted(), "interrupted");
            ensure!(
                started.elapsed() < START_LIMIT,
                "a server does not answer {path} with {status}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Running {
    /// Asked first: a server that is killed could not end its own processes.
    fn drop(&mut self) {
        process::signal_process(self.child.id(), Signal::SIGTERM);
        let asked = Instant::now();
        while asked.elapsed() < STOP_LIMIT {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
