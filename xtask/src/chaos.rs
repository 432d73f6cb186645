//! The long form of the tests that kill the server while it works, and lay siege to it.

use std::ffi::OsStr;

use anyhow::Result;

use crate::build;
use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;
use crate::tools::{self, Tool};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Kills on each database
    #[arg(long, default_value_t = 20)]
    rounds: u32,
    /// Only restarts while robots are at work under a limit and documents are sent, and so many of them on each database with
    /// each store, for example 200
    #[arg(long, value_name = "COUNT")]
    restarts: Option<u32>,
    /// Only the siege, with so many connections, for example 2000: silent and trickling ones, readers, a store that hangs and a
    /// full disk, all at once
    #[arg(long, value_name = "COUNT", conflicts_with = "restarts")]
    siege: Option<u32>,
}

/// Connections of the siege when everything is run.
const CONNECTIONS: u32 = 2_000;

pub(crate) fn chaos(project: &Project, arguments: &Arguments) -> Result<()> {
    let (tests, rounds) = match (arguments.restarts, arguments.siege) {
        (Some(restarts), _) => ("chaos::restarts", restarts),
        (None, Some(_)) => ("chaos::siege", arguments.rounds),
        (None, None) => ("chaos", arguments.rounds),
    };
    let rounds = rounds.to_string();
    let connections = arguments.siege.unwrap_or(CONNECTIONS).to_string();
    let settings = [
        ("ESTEIRA_TEST_CHAOS_ROUNDS", OsStr::new(&rounds)),
        ("ESTEIRA_TEST_SIEGE", OsStr::new(&connections)),
    ];
    long(project, tests, &settings)
}

/// Runs the long form of the tests with this in their name, on both databases, and shows what they print.
pub(crate) fn long(project: &Project, tests: &str, settings: &[(&str, &OsStr)]) -> Result<()> {
    tools::ensure(project, &[Tool::Nextest])?;
    build::ensure_page_folder(project)?;
    let cluster = Cluster::start(project)?;
    process::run(
        project
            .cargo()
            .args(["nextest", "run", "--package", "esteira"])
            .args(["--no-capture", "--profile", "long", tests])
            .env("ESTEIRA_TEST_POSTGRES_URL", cluster.url())
            .envs(settings.iter().copied()),
    )
}
