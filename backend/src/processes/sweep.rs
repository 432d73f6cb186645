//! Removes what unfinished uploads left behind.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tokio_cron_scheduler::{Job, JobScheduler};

use super::upload::give_up;
use crate::{app::App, db::schema::storage_intents, with_conn};

/// An upload that is this old has ended one way or the other.
const ABANDONED: TimeDelta = TimeDelta::hours(2);
const EVERY: Duration = Duration::from_secs(15 * 60);

/// Sweeps now and then, for as long as the returned value lives.
///
/// # Errors
/// When the timer cannot be set up.
pub async fn start(app: Arc<App>) -> anyhow::Result<JobScheduler> {
    let scheduler = JobScheduler::new().await?;
    let tick = Job::new_repeated_async(EVERY, move |_, _| {
        let app = Arc::clone(&app);
        Box::pin(async move {
            match sweep(&app, ABANDONED).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "removed what unfinished uploads left"),
                Err(error) => tracing::warn!(error = format!("{error:#}"), "cannot sweep unfinished uploads"),
            }
        })
    })?;
    scheduler.add(tick).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// Removes the objects of uploads that are older than `age`, and says how many.
///
/// # Errors
/// When the database does not answer. What cannot be removed is tried again next time.
pub async fn sweep(app: &App, age: TimeDelta) -> anyhow::Result<usize> {
    let before = app.clock.now() - age;
    let mut conn = app.db.read().await?;
    let keys: Vec<String> = with_conn!(&mut conn, |c| storage_intents::table
        .filter(storage_intents::created_at.lt(before))
        .order(storage_intents::created_at)
        .limit(1_000)
        .select(storage_intents::storage_key)
        .load(c)
        .await)?;
    drop(conn);
    for key in &keys {
        if let Err(error) = give_up(app, key).await {
            tracing::warn!(
                key,
                error = format!("{error:#}"),
                "an unfinished upload cannot be removed yet"
            );
        }
    }
    Ok(keys.len())
}
