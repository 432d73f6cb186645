//! Watches one log over very many connections at once, and measures whoever serves them: `cargo xtask bench fanout`.
//!
//! `watch_many [options] esteira <server>` starts the real server with a robot of its own, so that a line's way is the
//! whole one: robot, API, store, watcher. `watch_many [options] peer <interpreter> <program> <setting>` starts a program of
//! `xtask/peers` that makes the lines itself. Connections, checks and times are the same. Prints one line of JSON.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tool for developers may stop at the unexpected"
)]

#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/client.rs"]
mod client;
#[path = "support/events.rs"]
mod events;
#[path = "support/meter.rs"]
mod meter;
#[path = "support/program.rs"]
mod program;
#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/robots.rs"]
mod robots;
#[path = "support/stamp.rs"]
mod stamp;
#[path = "support/watcher.rs"]
mod watcher;

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use esteira::config::Vars;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::{
    client::{Client, live},
    events::Events,
    program::Program,
    robots::Robots,
    watcher::{Plan, Total, watch},
};

/// Opens nothing anywhere else: the key of a throw-away database.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// Connections opened at once.
const OPENING: usize = 32;
/// Files that a process has open beside its connections.
const OTHER_FILES: u64 = 200;
/// Before memory is read.
const SETTLE: Duration = Duration::from_secs(2);
/// Between two looks at memory.
const LOOK: Duration = Duration::from_millis(250);

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 1_000)]
    watchers: usize,
    /// Lines a second
    #[arg(long, default_value_t = 100)]
    rate: u64,
    /// Seconds of lines that are not measured
    #[arg(long, default_value_t = 3)]
    warm_up: u64,
    /// Seconds of lines that are
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Seconds after the last line within which all must have come
    #[arg(long, default_value_t = 300)]
    patience: u64,
    #[command(subcommand)]
    side: Measured,
}

#[derive(Subcommand)]
enum Measured {
    /// The real server, on SQLite or in a schema of its own on PostgreSQL, which is made anew
    Esteira {
        server: PathBuf,
        #[arg(long)]
        database_url: Option<String>,
        /// Process of the database server, for its processor time
        #[arg(long)]
        database_id: Option<u32>,
    },
    /// Another server
    Peer {
        interpreter: PathBuf,
        program: PathBuf,
        setting: String,
    },
}

impl Arguments {
    fn plan(&self) -> Plan {
        Plan {
            lines: self.rate * (self.warm_up + self.seconds),
            measured_from: self.rate * self.warm_up + 1,
        }
    }
}

/// A log that can be watched and prints nothing yet.
struct Side {
    /// The process that serves it.
    id: u32,
    database_id: Option<u32>,
    address: SocketAddr,
    path: String,
    cookie: Option<String>,
    facts: Value,
    source: Source,
}

/// Where its lines come from; what serves it ends with this.
enum Source {
    Robot {
        robots: Robots,
        _server: Program,
        _folder: TempDir,
    },
    Itself {
        _peer: Peer,
    },
}

struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// One thread is enough: with more, those would take turns with whoever is measured.
fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    allow_files(arguments.watchers as u64 + OTHER_FILES)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(&arguments))
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let side = match &arguments.side {
        Measured::Esteira {
            server,
            database_url,
            database_id,
        } => start_esteira(arguments, server, database_url.as_deref(), *database_id).await?,
        Measured::Peer {
            interpreter,
            program,
            setting,
        } => start_peer(interpreter, program, setting)?,
    };
    println!("{}", measure(arguments, &side).await?);
    Ok(())
}

/// Every watcher is an open file, here and in the server, which inherits the limit.
fn allow_files(needed: u64) -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    anyhow::ensure!(
        limit.maximum.is_none_or(|most| most >= needed),
        "{needed} open files are needed in each process, and at most {} are allowed: raise the limit (ulimit -n {needed}), \
         or watch with fewer (--watchers)",
        limit.maximum.unwrap_or_default()
    );
    let raised = Rlimit {
        current: Some(needed),
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).with_context(|| format!("cannot allow {needed} open files (ulimit -n)"))
}

async fn start_esteira(
    arguments: &Arguments,
    binary: &Path,
    database_url: Option<&str>,
    database_id: Option<u32>,
) -> anyhow::Result<Side> {
    let folder = tempfile::tempdir()?;
    let mut vars: Vars = [
        ("ESTEIRA_DATA_DIR", folder.path().to_str().context("a path is UTF-8")?),
        ("ESTEIRA_SECRET_KEY", KEY),
        ("ESTEIRA_LOG", "warn"),
        // Robots listen on a loopback address.
        ("ESTEIRA_OUTBOUND_ALLOW_PRIVATE", "true"),
        // All watchers are one user.
        ("ESTEIRA_STREAMS_PER_USER", "100000"),
        ("ESTEIRA_STREAMS_PER_ORGANIZATION", "100000"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let (setting, durability) = match database_url {
        Some(url) => {
            let anew = "DROP SCHEMA IF EXISTS esteira_bench CASCADE; CREATE SCHEMA esteira_bench";
            ask(url, anew).await?;
            let url = format!("{url}?options=-c%20search_path%3Desteira_bench");
            vars.insert("ESTEIRA_DATABASE_URL".to_owned(), url);
            ("postgresql", "fsync on, synchronous_commit on")
        }
        None => ("sqlite", "WAL, synchronous FULL"),
    };
    let server = Program::serve(binary, &vars).await?;
    let robots = Robots::start()?;
    let client = Client::set_up(&server.base).await?;
    let processes = client.prepare(&robots.url, 1).await?;
    let lines = arguments.plan().lines;
    let run = client.start(&processes[0], Some(arguments.rate), lines).await?;
    robots.until_read(std::slice::from_ref(&run)).await?;
    let facts = json!({
        "version": env!("CARGO_PKG_VERSION"), "runtime": "rust", "setting": setting, "durability": durability,
        "lines_from": "a robot's API in another process",
    });
    Ok(Side {
        id: server.id(),
        database_id,
        address: server.address,
        path: live(&run),
        cookie: Some(client.cookie.clone()),
        facts,
        source: Source::Robot {
            robots,
            _server: server,
            _folder: folder,
        },
    })
}

async fn ask(url: &str, statements: &str) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client.batch_execute(statements).await?)
}

/// The first line that a peer prints says where it is and what it is.
fn start_peer(interpreter: &Path, program: &Path, setting: &str) -> anyhow::Result<Side> {
    let mut child = Command::new(interpreter)
        .arg(program)
        .args(["serve", setting])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().context("it was asked for")?;
    let peer = Peer(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let mut facts: Value = serde_json::from_str(&line).context("the peer does not say where it is")?;
    let address: SocketAddr = facts["address"].as_str().context("a peer has an address")?.parse()?;
    if let Some(facts) = facts.as_object_mut() {
        facts.remove("address");
    }
    Ok(Side {
        id: peer.0.id(),
        database_id: None,
        address,
        path: "/events".to_owned(),
        cookie: None,
        facts,
        source: Source::Itself { _peer: peer },
    })
}

impl Side {
    /// Lines begin.
    async fn begin(&self, arguments: &Arguments) -> anyhow::Result<()> {
        match &self.source {
            Source::Robot { robots, .. } => robots.go(),
            Source::Itself { .. } => {
                let (lines, rate) = (arguments.plan().lines, arguments.rate);
                let url = format!("http://{}/start?lines={lines}&rate={rate}", self.address);
                let http = reqwest::Client::builder().no_proxy().build()?;
                http.post(url).send().await?.error_for_status()?;
            }
        }
        Ok(())
    }

    /// Processor time of server, database and this tool.
    fn cpu(&self) -> [Option<f64>; 3] {
        [
            Some(meter::cpu_seconds(self.id)),
            self.database_id.map(meter::family_cpu_seconds),
            Some(meter::cpu_seconds(std::process::id())),
        ]
    }
}

async fn measure(arguments: &Arguments, side: &Side) -> anyhow::Result<Value> {
    let plan = arguments.plan();
    let memory = || meter::memory_bytes(side.id, "VmRSS");
    tokio::time::sleep(SETTLE).await;
    let before = memory();
    let opening =
        stream::iter(0..arguments.watchers).map(|_| Events::open(side.address, &side.path, side.cookie.as_deref()));
    let opened: Vec<Events> = opening.buffer_unordered(OPENING).try_collect().await?;
    let stop = CancellationToken::new();
    let mut watchers = JoinSet::new();
    for events in opened {
        watchers.spawn(watch(events, plan, stop.clone()));
    }
    tokio::time::sleep(SETTLE).await;
    let idle = memory();
    let cpu = side.cpu();
    side.begin(arguments).await?;
    let limit = Duration::from_secs(arguments.warm_up + arguments.seconds + arguments.patience);
    let deadline = Instant::now() + limit;
    let mut look = tokio::time::interval(LOOK);
    let (mut tallies, mut peak) = (Vec::new(), idle);
    while tallies.len() < arguments.watchers {
        tokio::select! {
            Some(tally) = watchers.join_next() => tallies.push(tally?),
            _ = look.tick() => {
                peak = peak.max(memory());
                if Instant::now() > deadline {
                    stop.cancel();
                }
            }
        }
    }
    let mut used = side
        .cpu()
        .into_iter()
        .zip(cpu)
        .map(|(after, before)| Some(after? - before?));
    let figures = json!({
        "watchers": arguments.watchers, "lines_per_second": arguments.rate, "seconds": arguments.seconds,
        "rss_before_bytes": before, "rss_idle_bytes": idle, "rss_peak_bytes": peak,
        "bytes_per_idle_watcher": (idle - before) / arguments.watchers as f64,
        "server_cpu_seconds": used.next().flatten(), "database_cpu_seconds": used.next().flatten(),
        "tool_cpu_seconds": used.next().flatten(),
    });
    let mut report = side.facts.clone();
    for more in [figures, serde_json::to_value(Total::of(&tallies, plan))?] {
        if let (Some(report), Value::Object(more)) = (report.as_object_mut(), more) {
            report.extend(more);
        }
    }
    Ok(report)
}
