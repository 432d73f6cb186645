//! The lease: who may write about a running job, and for how long.

use std::time::Duration;

use diesel::prelude::*;
use esteira_shared::{
    ids::{JobId, WorkerId},
    instant::Instant,
    status::JobStatus,
};

use super::job::Job;
use crate::{
    db::{RunQueryDsl, Tx, schema::jobs},
    locked, with_conn,
};

/// Locks the job's row and says whether this claim still holds it. What the transaction writes after that is fenced: a
/// rescue or another claim waits for it, or was before it and is seen here.
///
/// Returns the row as it is now, or nothing when another worker holds it.
pub(super) async fn holds(tx: &mut Tx, id: JobId, fence: i64) -> QueryResult<Option<Job>> {
    let held = jobs::id
        .eq(id)
        .and(jobs::fence.eq(fence))
        .and(jobs::status.eq(JobStatus::Running));
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.filter(held))
        .set(jobs::fence.eq(fence))
        .returning(Job::as_returning())
        .get_result(c)
        .await
        .optional())
}

/// Says whether a claim still holds its job, and keeps it so until the transaction ends. Unlike [`holds`] it writes
/// nothing and lets heartbeats pass, so one transaction can check many jobs.
///
/// # Errors
/// When the database does not answer.
pub async fn job_is_held(tx: &mut Tx, id: JobId, fence: i64) -> QueryResult<bool> {
    let held = jobs::id
        .eq(id)
        .and(jobs::fence.eq(fence))
        .and(jobs::status.eq(JobStatus::Running));
    let found: Option<JobId> = locked!(
        tx,
        for_key_share,
        jobs::table.filter(held).select(jobs::id),
        |found, c| found.first(c).await.optional()
    )?;
    Ok(found.is_some())
}

/// Prolongs the leases of a worker's jobs. Jobs that are missing from the answer were lost. The flag says whether
/// somebody asked for the job's end.
pub(super) async fn heartbeat(
    tx: &mut Tx,
    worker: WorkerId,
    held: Vec<JobId>,
    now: Instant,
    lease: Duration,
) -> QueryResult<Vec<(JobId, i64, bool)>> {
    let rows: Vec<(JobId, i64, Option<Instant>)> = with_conn!(tx.conn(), |c| diesel::update(
        jobs::table.filter(jobs::id.eq_any(held)).filter(
            jobs::worker_id
                .eq(Some(worker))
                .and(jobs::status.eq(JobStatus::Running))
        )
    )
    .set(jobs::lease_expires_at.eq(Some(now + lease)))
    .returning((jobs::id, jobs::fence, jobs::cancel_requested_at))
    .load(c)
    .await)?;
    Ok(rows
        .into_iter()
        .map(|(id, fence, cancel)| (id, fence, cancel.is_some()))
        .collect())
}
