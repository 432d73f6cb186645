//! The lease: who may write about a running job, and every way out of `running`.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use esteira_shared::{
    event::Topic,
    ids::{JobId, WorkerId},
    instant::Instant,
    status::{FailureKind, JobStatus},
};
use serde_json::Value;

use super::{Failure, FinalFailure, Registry, bus::Signal, job::Job, retry};
use crate::{
    db::{
        DbConn, Tx,
        schema::{job_attempts, job_log_lines, jobs},
        sql_types::Json,
    },
    error::AppResult,
    with_conn,
};

/// How an attempt ended. The names are those of the column `outcome`.
enum Outcome {
    Succeeded,
    Failed,
    Cancelled,
    /// The worker went silent.
    Lost,
    /// Handed back by a worker that stops; costs no attempt.
    Released,
}

impl Outcome {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
            Self::Released => "released",
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = job_attempts)]
#[diesel(treat_none_as_default_value = false)]
struct AttemptRow<'a> {
    job_id: JobId,
    fence: i64,
    attempt: i32,
    worker_id: WorkerId,
    started_at: Instant,
    finished_at: Instant,
    outcome: &'a str,
    error: Option<&'a str>,
    error_kind: Option<FailureKind>,
}

/// Locks the job's row and says whether this claim still holds it. Whatever the transaction then writes is fenced:
/// a rescue or another claim waits for it, or has happened and is seen here.
///
/// Answers with the row as it now is, or nothing when another holds it.
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

/// Prolongs the leases of a worker's jobs; those that are missing from the answer were lost. The flag says whether
/// cancelling was asked for.
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

/// Ends a job well. The caller has checked [`holds`] in the same transaction.
pub(super) async fn succeed(tx: &mut Tx, job: &Job, result: &Value) -> QueryResult<()> {
    let now = tx.now();
    record(tx.conn(), job, now, &Outcome::Succeeded, None, None).await?;
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.filter(jobs::id.eq(job.id)))
        .set((
            jobs::status.eq(JobStatus::Succeeded),
            jobs::worker_id.eq(None::<WorkerId>),
            jobs::lease_expires_at.eq(None::<Instant>),
            jobs::finished_at.eq(Some(now)),
            jobs::progress.eq(100),
            jobs::result.eq(Some(Json(result.clone()))),
            jobs::last_error.eq(None::<String>),
            jobs::last_error_kind.eq(None::<FailureKind>),
        ))
        .execute(c)
        .await)?;
    ended(tx, job);
    Ok(())
}

/// Ends an attempt that failed: another follows, or the job is over. The caller has checked [`holds`].
pub(super) async fn fail(tx: &mut Tx, registry: &Registry, job: &Job, failure: &Failure) -> AppResult<()> {
    let outcome = if matches!(failure, Failure::Cancelled) {
        Outcome::Cancelled
    } else {
        Outcome::Failed
    };
    let cause = failure.to_final();
    let again =
        matches!(failure, Failure::Technical(_)) && job.attempt < job.max_attempts && job.cancel_requested_at.is_none();
    let now = tx.now();
    record(tx.conn(), job, now, &outcome, Some(&cause.cause), cause.kind).await?;
    if again {
        let wait = retry::backoff(job.attempt, rand::random());
        Ok(requeue(tx, job, wait, job.attempt, Some(&cause)).await?)
    } else if job.cancel_requested_at.is_some() && cause.kind == Some(FailureKind::Technical) {
        end(tx, registry, job, &cancelled()).await
    } else {
        end(tx, registry, job, &cause).await
    }
}

/// The worker went silent: the job runs elsewhere, or is over when it has used its attempts up.
pub(super) async fn lose(tx: &mut Tx, registry: &Registry, job: &Job) -> AppResult<()> {
    let cause = FinalFailure {
        cause: "o worker parou de responder durante a execução".to_owned(),
        step: None,
        action: None,
        kind: Some(FailureKind::Technical),
    };
    let now = tx.now();
    record(tx.conn(), job, now, &Outcome::Lost, Some(&cause.cause), cause.kind).await?;
    if job.cancel_requested_at.is_some() {
        end(tx, registry, job, &cancelled()).await
    } else if job.attempt < job.max_attempts {
        Ok(requeue(tx, job, Duration::ZERO, job.attempt, Some(&cause)).await?)
    } else {
        end(tx, registry, job, &cause).await
    }
}

/// A worker that stops hands its work back as if it had not begun.
pub(super) async fn release(tx: &mut Tx, registry: &Registry, job: &Job) -> AppResult<()> {
    let now = tx.now();
    record(tx.conn(), job, now, &Outcome::Released, None, None).await?;
    if job.cancel_requested_at.is_some() {
        return end(tx, registry, job, &cancelled()).await;
    }
    Ok(requeue(tx, job, Duration::ZERO, job.attempt - 1, None).await?)
}

/// Ends a job that never started.
pub(super) async fn end_waiting(tx: &mut Tx, registry: &Registry, job: &Job) -> AppResult<()> {
    end(tx, registry, job, &cancelled()).await
}

/// As people read it beside the process.
fn cancelled() -> FinalFailure {
    FinalFailure {
        cause: "cancelado".to_owned(),
        step: None,
        action: None,
        kind: None,
    }
}

async fn requeue(
    tx: &mut Tx,
    job: &Job,
    wait: Duration,
    attempt: i32,
    cause: Option<&FinalFailure>,
) -> QueryResult<()> {
    let run_at = tx.database_now().await? + wait;
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.filter(jobs::id.eq(job.id)))
        .set((
            jobs::status.eq(JobStatus::Queued),
            jobs::worker_id.eq(None::<WorkerId>),
            jobs::lease_expires_at.eq(None::<Instant>),
            jobs::run_at.eq(run_at),
            jobs::attempt.eq(attempt),
            jobs::last_error.eq(cause.map(|cause| cause.cause.as_str())),
            jobs::last_error_kind.eq(cause.and_then(|cause| cause.kind)),
        ))
        .execute(c)
        .await)?;
    tx.signal(Signal::JobsReady);
    ended(tx, job);
    Ok(())
}

/// The end without success: cancelled when `cause.kind` is absent, dead otherwise. The task may tidy up in the same
/// transaction.
async fn end(tx: &mut Tx, registry: &Registry, job: &Job, cause: &FinalFailure) -> AppResult<()> {
    let status = if cause.kind.is_some() {
        JobStatus::Dead
    } else {
        JobStatus::Cancelled
    };
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.filter(jobs::id.eq(job.id)))
        .set((
            jobs::status.eq(status),
            jobs::worker_id.eq(None::<WorkerId>),
            jobs::lease_expires_at.eq(None::<Instant>),
            jobs::finished_at.eq(Some(now)),
            jobs::last_error.eq(Some(&cause.cause)),
            jobs::last_error_kind.eq(cause.kind),
        ))
        .execute(c)
        .await)?;
    registry.on_failed(tx, job, cause).await?;
    ended(tx, job);
    Ok(())
}

fn ended(tx: &mut Tx, job: &Job) {
    tx.changed(job.organization_id, Topic::Jobs, job.id.0);
}

async fn record(
    conn: &mut DbConn,
    job: &Job,
    now: Instant,
    outcome: &Outcome,
    error: Option<&str>,
    error_kind: Option<FailureKind>,
) -> QueryResult<()> {
    let Some(worker_id) = job.worker_id else { return Ok(()) };
    let row = AttemptRow {
        job_id: job.id,
        fence: job.fence,
        attempt: job.attempt,
        worker_id,
        started_at: job.started_at.unwrap_or(job.created_at),
        finished_at: now,
        outcome: outcome.as_str(),
        error,
        error_kind,
    };
    with_conn!(conn, |c| diesel::insert_into(job_attempts::table)
        .values(&row)
        .execute(c)
        .await)?;
    Ok(())
}

/// One line for a job's log, still without its number.
#[derive(Debug, Clone)]
pub(super) struct LogLine {
    pub(super) at: Instant,
    pub(super) level: &'static str,
    pub(super) message: String,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = job_log_lines)]
#[diesel(treat_none_as_default_value = false)]
struct LogRow {
    job_id: JobId,
    seq: i64,
    at: Instant,
    level: String,
    message: String,
}

/// Adds lines to a job's log, numbered on from the last. The caller has checked [`holds`], so nobody else numbers.
pub(super) async fn append_log(conn: &mut DbConn, id: JobId, lines: &[LogLine]) -> QueryResult<()> {
    let last: Option<i64> = with_conn!(conn, |c| job_log_lines::table
        .filter(job_log_lines::job_id.eq(id))
        .select(diesel::dsl::max(job_log_lines::seq))
        .first(c)
        .await)?;
    let rows: Vec<LogRow> = (last.unwrap_or(0) + 1..)
        .zip(lines)
        .map(|(seq, line)| LogRow {
            job_id: id,
            seq,
            at: line.at,
            level: line.level.to_owned(),
            message: line.message.clone(),
        })
        .collect();
    for chunk in rows.chunks(1_000) {
        crate::insert_all!(conn, job_log_lines::table, chunk)?;
    }
    Ok(())
}

/// Shows how far a job is.
pub(super) async fn set_progress(conn: &mut DbConn, id: JobId, percent: i32, message: &str) -> QueryResult<()> {
    with_conn!(conn, |c| diesel::update(jobs::table.filter(jobs::id.eq(id)))
        .set((
            jobs::progress.eq(percent.clamp(0, 100)),
            jobs::progress_message.eq(Some(message))
        ))
        .execute(c)
        .await)?;
    Ok(())
}
