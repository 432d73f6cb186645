//! The long form of the tests that kill the server while it works, and lay siege to it.

use std::ffi::OsStr;

use anyhow::Result;

use crate::bench;
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
    /// Only slots of schedules on PostgreSQL, so many, for example 200: of two workers the one that fires is killed at each
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["restarts", "siege"])]
    slots: Option<u32>,
}

pub(crate) fn chaos(project: &Project, arguments: &Arguments) -> Result<()> {
    if let Some(connections) = arguments.siege {
        return siege(project, connections);
    }
    if let Some(slots) = arguments.slots {
        let slots = slots.to_string();
        return long(project, "chaos::slots", &[("ESTEIRA_TEST_CHAOS_SLOTS", slots.as_ref())]);
    }
    let (tests, rounds) = match arguments.restarts {
        Some(restarts) => ("chaos::restarts", restarts),
        None => ("chaos", arguments.rounds),
    };
    let rounds = rounds.to_string();
    long(project, tests, &[("ESTEIRA_TEST_CHAOS_ROUNDS", rounds.as_ref())])
}

/// On a release: how long an answer takes is what it is about.
fn siege(project: &Project, connections: u32) -> Result<()> {
    let server = bench::build_beside(project, &[])?;
    let connections = connections.to_string();
    let settings = [
        ("ESTEIRA_TEST_PROGRAM", server.as_os_str()),
        ("ESTEIRA_TEST_SIEGE", OsStr::new(&connections)),
    ];
    long(project, "chaos::siege", &settings)
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
