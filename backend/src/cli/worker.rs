//! `esteira worker`

use crate::{
    app::App,
    applications,
    config::Config,
    engine::{Worker, WorkerOptions},
};

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let app = applications::start(config).await?;
    anyhow::ensure!(
        app.db.is_postgres(),
        "a worker of its own needs PostgreSQL; on SQLite `esteira serve` runs the jobs"
    );
    let stop = super::stop_signal()?;
    tracing::info!(slots = app.config.engine.slots, "worker started");
    Worker::new(app.clone(), options(&app)).run(stop).await;
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
