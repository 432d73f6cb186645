//! `esteira worker`

use anyhow::Context as _;
use clap::{Args, Subcommand};
use esteira_shared::ids::WorkerId;

use crate::{
    app::{App, Scheduler, SharedApp},
    applications,
    auth::Actor,
    config::Config,
    engine::{Worker as Runner, WorkerOptions},
    jobs::workers,
};

#[derive(Args)]
pub(super) struct Worker {
    #[command(subcommand)]
    command: Option<WorkerCommand>,
}

#[derive(Subcommand)]
enum WorkerCommand {
    /// List the workers of the last day
    List,
    /// Have a worker finish what it runs and take no more
    Drain { id: WorkerId },
    /// Let a worker take jobs again
    Resume { id: WorkerId },
}

impl Worker {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let app = applications::start(config).await?;
        match self.command {
            None => run(&app).await,
            Some(WorkerCommand::List) => {
                for line in workers::lines(&app).await? {
                    println!("{line}");
                }
                Ok(())
            }
            Some(WorkerCommand::Drain { id }) => drain(&app, id, true).await,
            Some(WorkerCommand::Resume { id }) => drain(&app, id, false).await,
        }
    }
}

async fn run(app: &SharedApp) -> anyhow::Result<()> {
    anyhow::ensure!(
        app.db.is_postgres(),
        "a worker of its own needs PostgreSQL; on SQLite `esteira serve` runs the jobs"
    );
    let stop = super::stop_signal()?;
    tracing::info!(slots = app.config.engine.slots, "worker started");
    let scheduler = tokio::spawn(Scheduler::new(app.clone()).run(stop.clone()));
    Runner::new(app.clone(), options(app)).run(stop).await;
    scheduler.await.context("the scheduler failed")
}

async fn drain(app: &App, id: WorkerId, drain: bool) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    let host = workers::set_draining(&mut tx, id, Actor::SYSTEM, drain).await?;
    tx.commit().await?;
    let does = if drain {
        "takes no more jobs"
    } else {
        "takes jobs again"
    };
    println!("{id} on {host} {does}");
    Ok(())
}

/// The worker's behaviour from the settings.
pub(super) fn options(app: &App) -> WorkerOptions {
    WorkerOptions {
        slots: app.config.engine.slots,
        lease: app.config.engine.lease,
        grace: app.config.http.shutdown_grace,
    }
}
