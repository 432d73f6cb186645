//! Takes jobs back from workers that went silent.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{ids::JobId, instant::Instant};

use super::{cancel, ends, job::Job};
use crate::{
    app::App,
    db::{RunQueryDsl, database_now, schema::jobs},
    error::AppResult,
    with_conn,
};

const BATCH: i64 = 100;

/// Rescues what expired, and says how many that were. Any number of processes may call it at once; `mine` runs in this one,
/// whose own heartbeat is merely late.
pub(super) async fn rescue(app: &App, mine: &[(JobId, i64)]) -> AppResult<usize> {
    // Most of the time nothing expired; looking does not take the writer.
    let mut reader = app.db.read().await?;
    let now = database_now(&mut reader, app.clock.as_ref()).await?;
    let expired: Vec<JobId> = with_conn!(&mut reader, |c| jobs::table
        .filter(sql::<Bool>("status = 'running'"))
        .filter(jobs::lease_expires_at.lt(Some(now)))
        .order(jobs::lease_expires_at)
        .limit(BATCH)
        .select(jobs::id)
        .load(c)
        .await)?;
    drop(reader);
    end_overdue(app, now).await?;
    let mut count = 0;
    for id in expired {
        // A transaction each, so that one that cannot be ended holds up no other.
        match rescue_one(app, id, now, mine).await {
            Ok(true) => count += 1,
            Ok(false) => {}
            Err(error) => tracing::warn!(job = %id, error = %error, "a job cannot be taken back yet"),
        }
    }
    Ok(count)
}

async fn end_overdue(app: &App, now: Instant) -> AppResult<()> {
    let overdue = cancel::overdue(&mut app.db.read().await?, now).await?;
    for id in overdue {
        if let Err(error) = cancel::end_overdue(app, id, now).await {
            tracing::warn!(job = %id, error = %error, "a cancelled job cannot be ended yet");
        }
    }
    Ok(())
}

async fn rescue_one(app: &App, id: JobId, now: Instant, mine: &[(JobId, i64)]) -> AppResult<bool> {
    let mut tx = app.db.begin().await?;
    let Some(job) = Job::lock_running(&mut tx, id).await? else {
        return Ok(false);
    };
    if job.lease_expires_at.is_none_or(|at| at >= now) || mine.contains(&(job.id, job.fence)) {
        return Ok(false);
    }
    tracing::warn!(job = %job.id, task = job.task, attempt = job.attempt, "lease expired; the job is taken back");
    ends::lose(&mut tx, &app.tasks, &job).await?;
    tx.commit().await?;
    Ok(true)
}
