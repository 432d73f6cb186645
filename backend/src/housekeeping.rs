//! What is tidied up every quarter of an hour.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::app::App;

const EVERY: Duration = Duration::from_secs(15 * 60);

/// One kind of thing that piles up.
#[derive(Clone, Copy)]
pub struct Chore {
    /// What it removes.
    what: &'static str,
    sweep: Sweep,
}

/// Says how many it removed.
type Sweep = for<'a> fn(&'a App) -> BoxFuture<'a, anyhow::Result<usize>>;

impl Chore {
    #[must_use]
    pub const fn new(what: &'static str, sweep: Sweep) -> Self {
        Self { what, sweep }
    }

    async fn run(self, app: &App) {
        let what = self.what;
        match (self.sweep)(app).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed old {what}"),
            Err(error) => tracing::warn!(error = format!("{error:#}"), "cannot remove old {what}"),
        }
    }
}

/// Tidies up now and then, for as long as the returned value lives.
///
/// # Errors
/// When the timer cannot be set up.
pub async fn start(app: Arc<App>, chores: Vec<Chore>) -> anyhow::Result<JobScheduler> {
    let scheduler = JobScheduler::new().await?;
    let tick = Job::new_repeated_async(EVERY, move |_, _| {
        let (app, chores) = (Arc::clone(&app), chores.clone());
        Box::pin(async move {
            for chore in chores {
                chore.run(&app).await;
            }
        })
    })?;
    scheduler.add(tick).await?;
    scheduler.start().await?;
    Ok(scheduler)
}
