//! The lease: who may write about a running job, and every way out of `running`.

use std::{collections::HashMap, time::Duration};

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use esteira_shared::{
    event::Topic,
    ids::{JobId, OrganizationId, WorkerId},
    instant::Instant,
    status::{FailureKind, JobOutcome, JobStatus},
};

use super::{
    Failure, FinalFailure, Registry,
    bus::Signal,
    groups,
    job::Job,
    queue, retry,
    state::{self, Step},
    stats::Tally,
};
use crate::{
    db::{
        DbConn, Tx,
        schema::{job_attempts, job_log_lines, job_words, jobs},
    },
    error::{AppError, AppResult},
    fold, with_conn,
};

#[derive(Clone, Insertable)]
#[diesel(table_name = job_attempts)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct AttemptRow {
    pub(super) job_id: JobId,
    pub(super) fence: i64,
    pub(super) attempt: i32,
    pub(super) worker_id: WorkerId,
    pub(super) started_at: Instant,
    pub(super) finished_at: Instant,
    pub(super) outcome: JobOutcome,
    pub(super) error: Option<String>,
    pub(super) error_kind: Option<FailureKind>,
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

/// Ends an attempt that failed: another follows, or the job is over. The caller has checked [`holds`].
pub(super) async fn fail(
    tx: &mut Tx,
    registry: &Registry,
    job: &Job,
    took: Duration,
    failure: &Failure,
) -> AppResult<()> {
    let cause = failure.to_final();
    let outcome = match failure {
        Failure::Cancelled => JobOutcome::Cancelled,
        _ => JobOutcome::Failed,
    };
    record(tx, job, took, outcome, Some(&cause)).await?;
    let technical = cause.kind == Some(FailureKind::Technical);
    if technical && job.cancel_requested_at.is_some() {
        end(tx, registry, job, Some(took), &cancelled()).await
    } else if let Failure::Unknown(_) = failure {
        wait_for_one_who_knows(tx, registry, job, &cause).await
    } else if technical && job.attempt < job.max_attempts {
        let wait = retry::backoff(job.attempt, rand::random());
        requeue(
            tx,
            job,
            &Again {
                wait,
                cause: Some(&cause),
                ..Again::of(job)
            },
        )
        .await
    } else {
        end(tx, registry, job, Some(took), &cause).await
    }
}

/// How long a task that no worker here knows waits for one that does: while replicas are replaced, the old ones still
/// claim what the new ones enqueue.
const WAIT_FOR_KNOWLEDGE: TimeDelta = TimeDelta::minutes(10);

async fn wait_for_one_who_knows(tx: &mut Tx, registry: &Registry, job: &Job, cause: &FinalFailure) -> AppResult<()> {
    if tx.now() - job.created_at > WAIT_FOR_KNOWLEDGE {
        return end(tx, registry, job, None, cause).await;
    }
    let wait = Duration::from_secs(15);
    let attempt = job.attempt - 1;
    requeue(
        tx,
        job,
        &Again {
            wait,
            attempt,
            cause: Some(cause),
            ..Again::of(job)
        },
    )
    .await
}

/// The worker went silent: the job runs elsewhere, or is over when it has used its attempts up.
pub(super) async fn lose(tx: &mut Tx, registry: &Registry, job: &Job) -> AppResult<()> {
    let cause = FinalFailure {
        cause: "o worker parou de responder durante a execução".to_owned(),
        step: None,
        action: None,
        kind: Some(FailureKind::Technical),
    };
    let now = tx.database_now().await?;
    let took = (now - job.started_at.unwrap_or(now)).to_std().unwrap_or_default();
    record(tx, job, took, JobOutcome::Lost, Some(&cause)).await?;
    if job.cancel_requested_at.is_some() {
        end(tx, registry, job, Some(took), &cancelled()).await
    } else if job.attempt < job.max_attempts && job.losses + 1 < MOST_LOSSES {
        let losses = job.losses + 1;
        requeue(
            tx,
            job,
            &Again {
                losses,
                cause: Some(&cause),
                ..Again::of(job)
            },
        )
        .await
    } else {
        end(tx, registry, job, Some(took), &cause).await
    }
}

/// Workers that may die during one job. The last of them died in a process of the job's own, so it is the job's doing.
const MOST_LOSSES: i32 = 3;

/// A worker that stops hands its work back as if it had not begun.
pub(super) async fn release(tx: &mut Tx, registry: &Registry, job: &Job) -> AppResult<()> {
    record(tx, job, Duration::ZERO, JobOutcome::Released, None).await?;
    if job.cancel_requested_at.is_some() {
        return end(tx, registry, job, None, &cancelled()).await;
    }
    let attempt = job.attempt - 1;
    requeue(
        tx,
        job,
        &Again {
            attempt,
            ..Again::of(job)
        },
    )
    .await
}

/// Ends a job because somebody asked for it. A running one is taken from its worker, whose writes the fence then refuses.
pub(super) async fn cancel(tx: &mut Tx, registry: &Registry, job: &Job) -> AppResult<()> {
    if job.status == JobStatus::Running {
        let now = tx.database_now().await?;
        let took = (now - job.started_at.unwrap_or(now)).to_std().unwrap_or_default();
        record(tx, job, took, JobOutcome::Cancelled, None).await?;
    }
    end(tx, registry, job, None, &cancelled()).await
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

/// How a job goes back to waiting.
struct Again<'a> {
    wait: Duration,
    attempt: i32,
    losses: i32,
    cause: Option<&'a FinalFailure>,
}

impl Again<'_> {
    fn of(job: &Job) -> Self {
        Self {
            wait: Duration::ZERO,
            attempt: job.attempt,
            losses: job.losses,
            cause: None,
        }
    }
}

async fn requeue(tx: &mut Tx, job: &Job, again: &Again<'_>) -> AppResult<()> {
    let status = step(job, Step::Requeue)?;
    let run_at = tx.database_now().await? + again.wait;
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(job.id))
        .set((
            jobs::status.eq(status),
            jobs::worker_id.eq(None::<WorkerId>),
            jobs::lease_expires_at.eq(None::<Instant>),
            jobs::run_at.eq(run_at),
            jobs::rank.eq(queue::rank(run_at, job.priority)),
            jobs::attempt.eq(again.attempt),
            jobs::losses.eq(again.losses),
            jobs::last_error.eq(again.cause.map(|cause| cause.cause.as_str())),
            jobs::last_error_kind.eq(again.cause.and_then(|cause| cause.kind)),
        ))
        .execute(c)
        .await)?;
    if let Some(cause) = again.cause {
        index(tx, job, &cause.cause).await?;
    }
    tx.signal(Signal::JobsReady);
    tell(tx, std::iter::once(job));
    Ok(())
}

/// The end without success: cancelled when `cause.kind` is absent, dead otherwise. The task may tidy up in the same
/// transaction.
async fn end(
    tx: &mut Tx,
    registry: &Registry,
    job: &Job,
    took: Option<Duration>,
    cause: &FinalFailure,
) -> AppResult<()> {
    let status = step(job, if cause.kind.is_some() { Step::Bury } else { Step::Cancel })?;
    let now = tx.database_now().await?;
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(job.id))
        .set((
            jobs::status.eq(status),
            jobs::worker_id.eq(None::<WorkerId>),
            jobs::lease_expires_at.eq(None::<Instant>),
            jobs::finished_at.eq(Some(now)),
            jobs::duration_ms.eq(took.map(milliseconds)),
            jobs::last_error.eq(Some(&cause.cause)),
            jobs::last_error_kind.eq(cause.kind),
        ))
        .execute(c)
        .await)?;
    if cause.kind.is_some() {
        index(tx, job, &cause.cause).await?;
    }
    registry.on_failed(tx, job, cause).await?;
    groups::one_less(tx, job.group_id.map(|group| (group, false)).into_iter(), now).await?;
    tell(tx, std::iter::once(job));
    Ok(())
}

/// Runs a job once more that ended without success; its attempts start anew and its history stays.
pub(super) async fn revive(tx: &mut Tx, job: &Job) -> AppResult<()> {
    let status = step(job, Step::Revive)?;
    let run_at = tx.database_now().await?;
    // A group that is complete has let go what waited for it; the job then runs outside of it.
    let group_id = match job.group_id {
        Some(group) if groups::one_more(tx, group).await? => Some(group),
        _ => None,
    };
    let again = with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(job.id))
        .set((
            jobs::status.eq(status),
            jobs::run_at.eq(run_at),
            jobs::rank.eq(queue::rank(run_at, job.priority)),
            jobs::attempt.eq(0),
            jobs::losses.eq(0),
            jobs::group_id.eq(group_id),
            jobs::cancel_requested_at.eq(None::<Instant>),
            jobs::finished_at.eq(None::<Instant>),
            jobs::progress.eq(0),
            jobs::progress_message.eq(None::<String>),
        ))
        .execute(c)
        .await);
    again.map_err(queue::taken)?;
    tx.signal(Signal::JobsReady);
    tell(tx, std::iter::once(job));
    Ok(())
}

fn step(job: &Job, step: Step) -> AppResult<JobStatus> {
    state::next(job.status, step).ok_or_else(|| {
        AppError::internal(anyhow::anyhow!(
            "job {} is {}: no {step:?} from there",
            job.id,
            job.status
        ))
    })
}

/// Tells open pages. Of many jobs that ended together only that some did: each page reads once.
pub(super) fn tell<'a>(tx: &mut Tx, jobs: impl Iterator<Item = &'a Job>) {
    const EACH: usize = 8;
    let all: Vec<(OrganizationId, JobId)> = jobs.map(|job| (job.organization_id, job.id)).collect();
    for (organization, id) in &all {
        let id = (all.len() <= EACH).then_some(id.0);
        tx.changed(*organization, Topic::Jobs, id);
    }
}

pub(super) fn milliseconds(took: Duration) -> i64 {
    i64::try_from(took.as_millis()).unwrap_or(i64::MAX)
}

/// When an attempt really began: a claimed job may wait in its worker for a moment.
pub(super) fn started(job: &Job, took: Duration, now: Instant) -> Instant {
    let began = TimeDelta::from_std(took).map_or(now, |took| now - took);
    began.max(job.started_at.unwrap_or(began))
}

/// Keeps how an attempt ended, and counts it.
async fn record(
    tx: &mut Tx,
    job: &Job,
    took: Duration,
    outcome: JobOutcome,
    cause: Option<&FinalFailure>,
) -> QueryResult<()> {
    let Some(worker_id) = job.worker_id else { return Ok(()) };
    let now = tx.database_now().await?;
    let row = AttemptRow {
        job_id: job.id,
        fence: job.fence,
        attempt: job.attempt,
        worker_id,
        started_at: started(job, took, now),
        finished_at: now,
        outcome,
        error: cause.map(|cause| cause.cause.clone()),
        error_kind: cause.and_then(|cause| cause.kind),
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(job_attempts::table)
        .values(&row)
        .execute(c)
        .await)?;
    let mut tally = Tally::default();
    tally.add(job.organization_id, &job.task, outcome, took);
    tally.write(tx, now).await
}

#[derive(Clone, Insertable)]
#[diesel(table_name = job_words)]
#[diesel(treat_none_as_default_value = false)]
struct WordRow {
    organization_id: OrganizationId,
    word: String,
    job_id: JobId,
}

/// Words of an error that the search looks at.
const WORDS: usize = 40;

/// Makes a failed job findable by the words of its last error.
async fn index(tx: &mut Tx, job: &Job, error: &str) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::delete(
        job_words::table.filter(job_words::job_id.eq(job.id))
    )
    .execute(c)
    .await)?;
    let rows: Vec<WordRow> = fold::words(error)
        .into_iter()
        .take(WORDS)
        .map(|word| WordRow {
            organization_id: job.organization_id,
            word,
            job_id: job.id,
        })
        .collect();
    crate::insert_all!(tx.conn(), job_words::table, &rows)?;
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

/// Adds lines to the logs of these jobs, numbered on from their last. The caller has checked that it holds them, so nobody
/// else numbers.
pub(super) async fn append_logs(conn: &mut DbConn, logs: &[(JobId, &[LogLine])]) -> QueryResult<()> {
    if logs.is_empty() {
        return Ok(());
    }
    let ids: Vec<JobId> = logs.iter().map(|(id, _)| *id).collect();
    let last: Vec<(JobId, Option<i64>)> = with_conn!(conn, |c| job_log_lines::table
        .filter(job_log_lines::job_id.eq_any(ids))
        .group_by(job_log_lines::job_id)
        .select((job_log_lines::job_id, diesel::dsl::max(job_log_lines::seq)))
        .load(c)
        .await)?;
    let last: HashMap<JobId, i64> = last.into_iter().filter_map(|(id, seq)| Some((id, seq?))).collect();
    let rows: Vec<LogRow> = logs
        .iter()
        .flat_map(|(id, lines)| {
            let first = last.get(id).copied().unwrap_or(0) + 1;
            (first..).zip(*lines).map(|(seq, line)| LogRow {
                job_id: *id,
                seq,
                at: line.at,
                level: line.level.to_owned(),
                message: line.message.clone(),
            })
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
