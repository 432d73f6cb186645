//! What is tidied up every quarter of an hour.

use std::{future::Future, sync::Arc, time::Duration};

use tokio_cron_scheduler::{Job, JobScheduler};

use crate::{app::App, db::once, processes::sweep, webhooks};

const EVERY: Duration = Duration::from_secs(15 * 60);

/// Tidies up now and then, for as long as the returned value lives.
///
/// # Errors
/// When the timer cannot be set up.
pub async fn start(app: Arc<App>) -> anyhow::Result<JobScheduler> {
    let scheduler = JobScheduler::new().await?;
    let tick = Job::new_repeated_async(EVERY, move |_, _| {
        let app = Arc::clone(&app);
        Box::pin(async move {
            tidied("unfinished uploads", sweep::sweep(&app, sweep::ABANDONED)).await;
            tidied("webhook messages", webhooks::sweep(&app)).await;
            tidied("idempotency keys", once::sweep(&app.db)).await;
        })
    })?;
    scheduler.add(tick).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

async fn tidied<E: Into<anyhow::Error>>(what: &'static str, sweep: impl Future<Output = Result<usize, E>>) {
    match sweep.await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "removed old {what}"),
        Err(error) => tracing::warn!(error = format!("{:#}", error.into()), "cannot remove old {what}"),
    }
}
