//! `esteira simulate`: stand-ins for outside systems, run as servers.

mod execution;
mod rpa;
mod sat;

use anyhow::Context as _;
use clap::Subcommand;
use tokio::net::TcpListener;

use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Simulate {
    /// An HTTPS endpoint that takes documents, as SAT does
    Sat(sat::Sat),
    /// The API of an RPA provider, with robots that download invoices or send them
    Rpa(rpa::Rpa),
    /// Apply made-up results of robots to real processes
    Execution(execution::Execution),
}

impl Simulate {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        match self {
            Self::Sat(sat) => sat.run().await,
            Self::Rpa(rpa) => rpa.run().await,
            Self::Execution(execution) => execution.run(config).await,
        }
    }
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).await.context("cannot listen")
}
