//! The logs of robots through the real server, from the robot's line to the reader: `cargo xtask bench logs`.
//!
//! `bench_logs <server> <generate_log> <report>`, with the settings of the server in the environment. Its database must be
//! empty. Everything is measured in rounds, of which the first warms up. A line that is lost or repeated ends it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tool for developers may stop at the unexpected"
)]

#[path = "support/client.rs"]
mod client;
#[path = "support/events.rs"]
mod events;
#[path = "bench_logs/figures.rs"]
mod figures;
#[path = "bench_logs/latency.rs"]
mod latency;
#[path = "support/meter.rs"]
mod meter;
#[path = "support/program.rs"]
mod program;
#[path = "bench_logs/reading.rs"]
mod reading;
#[path = "support/robots.rs"]
mod robots;
#[path = "support/stamp.rs"]
mod stamp;
#[path = "bench_logs/store.rs"]
mod store;
#[path = "support/watcher.rs"]
mod watcher;
#[path = "bench_logs/writing.rs"]
mod writing;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use clap::Parser;
use esteira::config::{Config, Vars};
use serde_json::json;

use self::{client::Client, program::Program, robots::Robots, store::Store};

/// From a robot's last line to the end of its run.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Parser)]
pub struct Arguments {
    server: PathBuf,
    generate_log: PathBuf,
    report: PathBuf,
    /// Process of the database server, for its processor time
    #[arg(long)]
    database_id: Option<u32>,
    /// Measured rounds, after one to warm up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Lines of the log that is read
    #[arg(long, default_value_t = 1_000_000)]
    lines: u64,
}

/// What everything is measured with.
pub struct Bench {
    arguments: Arguments,
    vars: Vars,
    server: Program,
    client: Client,
    robots: Robots,
    store: Store,
    /// Processes that no robot was started for.
    processes: Vec<String>,
}

impl Bench {
    /// Starts robots, each for a process of its own, and waits until all are read. They print nothing yet. A password
    /// that they are given is looked for in each of their lines.
    async fn start(
        &mut self,
        robots: usize,
        rate: Option<u64>,
        lines: u64,
        password: Option<&str>,
    ) -> anyhow::Result<Vec<String>> {
        self.robots.hold();
        let mut runs = Vec::with_capacity(robots);
        for _ in 0..robots {
            let process = self.processes.pop().context("no process is left")?;
            if let Some(password) = password {
                self.client.set_password(&process, password).await?;
            }
            runs.push(self.client.start(&process, rate, lines).await?);
        }
        self.robots.until_read(&runs).await?;
        Ok(runs)
    }

    /// Waits until these runs are over, so that they weigh on nothing that follows.
    async fn over(&self, runs: &[String]) -> anyhow::Result<()> {
        let began = Instant::now();
        for run in runs {
            loop {
                let detail = self.client.get(&format!("/executions/{run}")).await?;
                if !matches!(detail["execution"]["status"].as_str(), Some("PENDENTE" | "EXECUTANDO")) {
                    break;
                }
                ensure!(began.elapsed() < PATIENCE, "a run does not end: {detail}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut vars: Vars = std::env::vars()
        .filter(|(name, _)| name.starts_with("ESTEIRA_"))
        .collect();
    for (name, value) in [("ESTEIRA_LOG", "warn"), ("ESTEIRA_OUTBOUND_ALLOW_PRIVATE", "true")] {
        vars.insert(name.to_owned(), value.to_owned());
    }
    let config = Config::load(vars.clone()).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let server = Program::serve(&arguments.server, &vars).await?;
    let store = Store::open(&config).await?;
    let robots = Robots::start()?;
    let client = Client::set_up(&server.base).await?;
    let wanted = (arguments.rounds + 1) * (latency::RUNS + writing::RUNS) + 1;
    let processes = client.prepare(&robots.url, wanted).await?;
    let mut bench = Bench {
        arguments,
        vars,
        server,
        client,
        robots,
        store,
        processes,
    };
    let latency = latency::measure(&mut bench).await?;
    let writing = writing::measure(&mut bench).await?;
    let peak = meter::memory_bytes(bench.server.id(), "VmHWM");
    let reading = reading::measure(&bench).await?;
    let report = json!({
        "what": "the logs of robots; every line kept and received once, in its order",
        "version": env!("CARGO_PKG_VERSION"), "database": bench.store.version().await?,
        "durability": bench.store.durability(), "rounds": bench.arguments.rounds, "latency": latency, "writing": writing,
        "server_peak_rss_bytes_after_writing": peak, "reading": reading,
    });
    std::fs::write(&bench.arguments.report, serde_json::to_string_pretty(&report)? + "\n")?;
    Ok(())
}
