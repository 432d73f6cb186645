//! Asking for a job's end.
//!
//! A waiting job ends at once. A running one is told, and ends when its task stops. Whatever the task or its worker
//! does, the job is over [`DEADLINE`] after the request.

use std::time::Duration;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    event::Topic,
    ids::{JobId, OrganizationId},
    instant::Instant,
    status::JobStatus,
};

use super::{Registry, ends, job::Job};
use crate::{
    bus::Signal,
    db::{Database, DbConn, RunQueryDsl, Tx, schema::jobs},
    error::{AppError, AppResult},
    with_conn,
};

/// From the request to the end of a job, at most.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Asks for a job's end.
///
/// # Errors
/// `not_found`. A job that is over stays as it is.
pub async fn request_cancel(
    tx: &mut Tx,
    registry: &Registry,
    organization: OrganizationId,
    id: JobId,
) -> AppResult<Job> {
    let job = Job::lock(tx, organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))?;
    match job.status {
        JobStatus::Queued => ends::cancel(tx, registry, &job).await?,
        JobStatus::Running if job.cancel_requested_at.is_none() => {
            let now = tx.database_now().await?;
            with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(id))
                .set(jobs::cancel_requested_at.eq(Some(now)))
                .execute(c)
                .await)?;
            tx.signal(Signal::CancelJob { id });
            tx.changed(organization, Topic::Jobs, id.0);
        }
        JobStatus::Running | JobStatus::Succeeded | JobStatus::Cancelled | JobStatus::Dead => {}
    }
    Job::find(tx.conn(), organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))
}

/// Ends a job at once, and says whether it was still open. A running one is taken from its worker, whose writes are
/// refused from then on.
///
/// # Errors
/// `not_found`.
pub async fn end_now(tx: &mut Tx, registry: &Registry, organization: OrganizationId, id: JobId) -> AppResult<bool> {
    let job = Job::lock(tx, organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))?;
    if job.status.is_over() {
        return Ok(false);
    }
    ends::cancel(tx, registry, &job).await?;
    tx.signal(Signal::CancelJob { id });
    Ok(true)
}

/// Running jobs that should have ended: the request is older than the deadline.
pub(super) async fn overdue(conn: &mut DbConn, now: Instant) -> QueryResult<Vec<JobId>> {
    const BATCH: i64 = 100;
    with_conn!(conn, |c| jobs::table
        .filter(sql::<Bool>("status = 'running' AND cancel_requested_at IS NOT NULL"))
        .filter(jobs::cancel_requested_at.lt(Some(now - super::delta(DEADLINE))))
        .order(jobs::cancel_requested_at)
        .limit(BATCH)
        .select(jobs::id)
        .load(c)
        .await)
}

/// Ends a job that would not stop; what its worker still writes is refused.
pub(super) async fn end_overdue(db: &Database, registry: &Registry, id: JobId, now: Instant) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let Some(job) = Job::lock_running(&mut tx, id).await? else {
        return Ok(false);
    };
    if job
        .cancel_requested_at
        .is_none_or(|at| at >= now - super::delta(DEADLINE))
    {
        return Ok(false);
    }
    tracing::warn!(job = %job.id, task = job.task, "the job did not stop when asked; it is ended without its task");
    ends::cancel(&mut tx, registry, &job).await?;
    tx.signal(Signal::CancelJob { id });
    tx.commit().await?;
    Ok(true)
}
