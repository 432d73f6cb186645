//! Commands.

mod backup;
mod migrate;
mod openapi;
mod restore;
mod run_job;
mod schedule;
mod serve;
mod simulate;
mod user;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// Orchestrator of invoice robots for telecom-expense teams. Settings come from the environment; .env.example lists them.
#[derive(Parser)]
#[command(version, name = "esteira")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the page and the API, and run jobs
    Serve(serve::Serve),
    /// Run jobs only (PostgreSQL), or drain a worker
    Worker(worker::Worker),
    /// Bring the database up to this version
    Migrate,
    /// Make a backup and prove it, also while a server runs; or check one
    Backup(backup::Backup),
    /// Restore a backup into an empty database
    Restore(restore::Restore),
    /// Manage users from the shell
    #[command(subcommand)]
    User(user::User),
    /// Run one claimed job; workers start it for jobs that need a process of their own
    #[command(hide = true)]
    RunJob(run_job::RunJob),
    /// Print the OpenAPI document
    Openapi,
    /// Try schedules from the shell
    #[command(subcommand)]
    Schedule(schedule::Schedule),
    /// Run a simulator of an outside system, for demonstrations, training and tests
    #[command(subcommand)]
    Simulate(simulate::Simulate),
}

/// Parses the arguments and runs the command. Exit code 2: a setting or argument was refused; 1: it failed.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // These need no settings and no database.
    match cli.command {
        Command::Openapi => return openapi::run(),
        Command::Schedule(schedule) => return schedule.run(),
        _ => {}
    }
    let config = match Config::from_process() {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems {
                eprintln!("esteira: {problem}");
            }
            return ExitCode::from(2);
        }
    };
    match run(cli.command, config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("esteira: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, config: Config) -> anyhow::Result<()> {
    crate::telemetry::install(&config.log.filter, config.log.json)?;
    // Every TLS connection of the program uses this one implementation.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::spawn(crate::telemetry::recorder::keep_small(
            crate::telemetry::recorder::UPKEEP,
        ));
        match command {
            Command::Serve(serve) => serve.run(config).await,
            Command::Worker(worker) => worker.run(config).await,
            Command::Migrate => migrate::run(config).await,
            Command::Backup(backup) => backup.run(config).await,
            Command::Restore(restore) => restore.run(config).await,
            Command::User(user) => user.run(config).await,
            Command::RunJob(job) => job.run(config).await,
            Command::Simulate(simulate) => simulate.run(config).await,
            Command::Openapi | Command::Schedule(_) => Ok(()),
        }
    })
}

/// Cancelled by SIGTERM or Ctrl+C; a second one ends the program at once.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let token = stop.clone();
    tokio::spawn(async move {
        for again in [false, true] {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            if again {
                std::process::exit(130);
            }
            tracing::info!("stopping");
            token.cancel();
        }
    });
    Ok(stop)
}
