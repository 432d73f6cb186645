//! Hostile inputs to every parser of the real server, twenty at a time, while others work as they do every day:
//! `cargo xtask hostile`.
//!
//! `hostile <server> <folder>` starts the server on an empty SQLite file, and writes `hostile.json` and `hostile.md` into the
//! folder. It fails when an input takes more memory than is allowed, or keeps others waiting for longer.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a tool for developers may stop at the unexpected"
)]

#[path = "hostile/attack.rs"]
mod attack;
#[path = "hostile/cases.rs"]
mod cases;
#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/client.rs"]
mod client;
#[path = "hostile/flood.rs"]
mod flood;
#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/meter.rs"]
mod meter;
#[path = "hostile/neighbours.rs"]
mod neighbours;
#[allow(dead_code, reason = "tests use the rest")]
#[path = "support/pdf.rs"]
mod pdf;
#[path = "support/program.rs"]
mod program;
#[path = "hostile/table.rs"]
mod table;
#[path = "hostile/vendor.rs"]
mod vendor;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use clap::Parser;
use esteira::config::Vars;
use serde::Serialize;
use serde_json::{Value, json};

use self::{
    attack::{AT_ONCE, Attackers, Outcome},
    cases::{Case, Door},
    client::Client,
    neighbours::{Neighbours, Words},
    program::Program,
    vendor::Vendor,
};

/// Above what the server takes at rest.
const MOST_MIB: f64 = 256.0;
/// For the slowest request of the others.
const MOST_MS: f64 = 1_000.0;
/// Between two inputs, and before memory at rest is read.
const SETTLE: Duration = Duration::from_secs(4);
const PASSWORD: &str = "correta bateria cavalo grampo";
const OTHER: &str = "vizinha@example.com";
/// Opens nothing anywhere else: the key of a throw-away database.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[derive(Parser)]
struct Arguments {
    server: PathBuf,
    folder: PathBuf,
    /// Only inputs whose parser or name holds this; nothing is written then
    #[arg(long)]
    only: Option<String>,
}

/// What one input did, sent so often at once.
#[derive(Serialize)]
struct Row {
    parser: &'static str,
    input: &'static str,
    /// Of one of them; absent when it has no end.
    bytes: Option<usize>,
    /// How many were answered how.
    answers: Vec<(String, usize)>,
    slowest_s: f64,
    /// Above what the server took before the first input.
    peak_above_rest_mib: f64,
    /// Above what it took just before this one: the input's own part, without what earlier ones left behind.
    peak_above_before_mib: f64,
    slowest_neighbour: String,
    slowest_neighbour_ms: f64,
    failed_neighbours: Vec<String>,
}

impl Row {
    fn holds(&self) -> bool {
        self.peak_above_rest_mib <= MOST_MIB
            && self.slowest_neighbour_ms <= MOST_MS
            && self.failed_neighbours.is_empty()
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let wanted = |case: &Case| {
        let only = arguments.only.as_deref();
        only.is_none_or(|only| case.parser.contains(only) || case.name.contains(only))
    };
    let cases: Vec<Case> = cases::all().into_iter().filter(wanted).collect();
    let folder = tempfile::tempdir()?;
    let vars: Vars = [
        ("ESTEIRA_DATA_DIR", folder.path().to_str().context("a path is UTF-8")?),
        ("ESTEIRA_SECRET_KEY", KEY),
        ("ESTEIRA_LOG", "error"),
        // Robots listen on a loopback address.
        ("ESTEIRA_OUTBOUND_ALLOW_PRIVATE", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let server = Program::serve(&arguments.server, &vars).await?;
    let vendor = Vendor::start()?;
    let client = Client::set_up(&server.base).await?;
    let robots = cases
        .iter()
        .filter(|case| matches!(case.door, Door::Robots(..)))
        .count();
    let processes = client.prepare(&vendor.url, (robots + 1) * AT_ONCE).await?;
    let neighbours = neighbours(&arguments.server, &vars, &server, &vendor).await?;
    let mut attackers = Attackers::new(client, &server, vendor, processes);
    tokio::time::sleep(SETTLE).await;
    let rest = mib(server.id(), "VmRSS");
    drop(neighbours.take());
    println!("at rest: {rest:.0} MiB");
    let mut rows = Vec::new();
    for case in cases {
        let before = mib(server.id(), "VmRSS");
        // From here on `VmHWM` is the most of what follows.
        fs::write(format!("/proc/{}/clear_refs", server.id()), "5").context("the peak cannot be forgotten")?;
        let outcome = attackers.attack(&case).await?;
        tokio::time::sleep(SETTLE).await;
        let memory = Memory {
            rest,
            before,
            peak: mib(server.id(), "VmHWM"),
        };
        let row = row(&case, outcome, &memory, &neighbours);
        println!("{}", table::told(&row));
        rows.push(row);
    }
    if arguments.only.is_none() {
        keep(&arguments.folder, &rows, rest)?;
    }
    let broken: Vec<&str> = rows.iter().filter(|row| !row.holds()).map(|row| row.input).collect();
    ensure!(broken.is_empty(), "these take too much: {}", broken.join("; "));
    Ok(())
}

/// Another organisation on the same server, whose people are at work from here on, and one of the same.
async fn neighbours(binary: &Path, vars: &Vars, server: &Program, vendor: &Vendor) -> anyhow::Result<Neighbours> {
    let mut command = Command::new(binary);
    command
        .args([
            "user", "create", "--email", OTHER, "--name", "Vizinha", "--role", "admin",
        ])
        .args(["--organization", "Outra"])
        .envs(vars)
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().context("it reads a password")?;
    writeln!(input, "{PASSWORD}")?;
    drop(input);
    ensure!(child.wait()?.success(), "the second organisation was not made");
    let words = |email: &str| json!({ "email": email, "password": PASSWORD });
    let other = Client::enter(&server.base, "/session", &words(OTHER)).await?;
    let process = other.prepare(&vendor.url, 1).await?.remove(0);
    let words = Words {
        same: words("bancada@example.com"),
        other: words(OTHER),
        process,
    };
    Neighbours::start(server.base.clone(), words)
}

/// Of the server, in MiB: before the first input, before this one, and at most until some seconds after it.
struct Memory {
    rest: f64,
    before: f64,
    peak: f64,
}

fn row(case: &Case, outcome: Outcome, memory: &Memory, neighbours: &Neighbours) -> Row {
    let mut fared = neighbours.take();
    let slowest = fared.slowest.iter().max_by(|one, other| one.1.total_cmp(other.1));
    let (slowest_neighbour, slowest_neighbour_ms) = slowest.map_or(("none", f64::INFINITY), |(name, ms)| (*name, *ms));
    // The first tells what it is.
    fared.failed.truncate(3);
    Row {
        parser: case.parser,
        input: case.name,
        bytes: case.flood.bytes(),
        answers: outcome.answers.into_iter().collect(),
        slowest_s: outcome.slowest.as_secs_f64(),
        peak_above_rest_mib: memory.peak - memory.rest,
        peak_above_before_mib: memory.peak - memory.before,
        slowest_neighbour: slowest_neighbour.to_owned(),
        slowest_neighbour_ms,
        failed_neighbours: fared.failed,
    }
}

fn keep(folder: &Path, rows: &[Row], rest: f64) -> anyhow::Result<()> {
    let report: Value = json!({
        "what": "hostile inputs, so many at once, while others list and upload every 100 ms",
        "at_once": AT_ONCE, "rest_mib": rest, "most_above_rest_mib": MOST_MIB, "most_neighbour_ms": MOST_MS, "inputs": rows,
    });
    fs::write(
        folder.join("hostile.json"),
        serde_json::to_string_pretty(&report)? + "\n",
    )?;
    Ok(fs::write(folder.join("hostile.md"), table::page(rows, rest))?)
}

fn mib(id: u32, kind: &str) -> f64 {
    meter::memory_bytes(id, kind) / 1_048_576.0
}
