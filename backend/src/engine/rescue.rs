//! Takes jobs back from workers that went silent.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{ids::JobId, instant::Instant};

use super::{Registry, cancel, ends, job::Job};
use crate::{
    db::{Database, RunQueryDsl, database_now, schema::jobs},
    error::AppResult,
    with_conn,
};

const BATCH: i64 = 100;

/// Takes back jobs whose lease expired, and says how many. Any number of processes may call it at once. `mine` are jobs
/// of this process, whose own heartbeat is only late.
pub(super) async fn rescue(db: &Database, registry: &Registry, mine: &[(JobId, i64)]) -> AppResult<usize> {
    // Most of the time nothing expired; looking does not take the writer.
    let mut reader = db.read().await?;
    let now = database_now(&mut reader, db.clock()).await?;
    let expired: Vec<JobId> = with_conn!(&mut reader, |c| jobs::table
        .filter(sql::<Bool>("status = 'running'"))
        .filter(jobs::lease_expires_at.lt(Some(now)))
        .order(jobs::lease_expires_at)
        .limit(BATCH)
        .select(jobs::id)
        .load(c)
        .await)?;
    drop(reader);
    end_overdue(db, registry, now).await?;
    let mut count = 0;
    for id in expired {
        // A transaction each, so that one that cannot be ended holds up no other.
        match rescue_one(db, registry, id, now, mine).await {
            Ok(true) => count += 1,
            Ok(false) => {}
            Err(error) => tracing::warn!(job = %id, error = %error, "a job cannot be taken back yet"),
        }
    }
    Ok(count)
}

async fn end_overdue(db: &Database, registry: &Registry, now: Instant) -> AppResult<()> {
    let overdue = cancel::overdue(&mut db.read().await?, now).await?;
    for id in overdue {
        if let Err(error) = cancel::end_overdue(db, registry, id, now).await {
            tracing::warn!(job = %id, error = %error, "a cancelled job cannot be ended yet");
        }
    }
    Ok(())
}

async fn rescue_one(
    db: &Database,
    registry: &Registry,
    id: JobId,
    now: Instant,
    mine: &[(JobId, i64)],
) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let Some(job) = Job::lock_running(&mut tx, id).await? else {
        return Ok(false);
    };
    if job.lease_expires_at.is_none_or(|at| at >= now) || mine.contains(&(job.id, job.fence)) {
        return Ok(false);
    }
    tracing::warn!(job = %job.id, task = job.task, attempt = job.attempt, "lease expired; the job is taken back");
    ends::lose(&mut tx, registry, &job).await?;
    tx.commit().await?;
    Ok(true)
}
