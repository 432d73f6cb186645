//! The lease: who may write about a running job, and every way out of `running`.

use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    event::Topic,
    ids::{JobId, OrganizationId, WorkerId},
    instant::Instant,
    reason::Reason,
    status::{FailureKind, JobOutcome, JobStatus},
};

use super::{
    Failure, FinalFailure, Registry, groups, history,
    job::Job,
    queue, retry,
    state::{self, Step},
};
use crate::{
    bus::Signal,
    db::{DbConn, RunQueryDsl, Tx, schema::jobs},
    error::{AppError, AppResult},
    on_backend, with_conn,
};

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

/// Says whether a claim still holds its job, and keeps that so until the transaction ends. Unlike [`holds`] it writes
/// nothing and lets heartbeats pass, so that one transaction may ask about many jobs.
///
/// # Errors
/// When the database does not answer.
pub async fn job_is_held(tx: &mut Tx, id: JobId, fence: i64) -> QueryResult<bool> {
    macro_rules! held {
        () => {
            jobs::table
                .filter(
                    jobs::id
                        .eq(id)
                        .and(jobs::fence.eq(fence))
                        .and(jobs::status.eq(JobStatus::Running)),
                )
                .select(jobs::id)
        };
    }
    let found: Option<JobId> = on_backend!(
        tx.conn(),
        sqlite | c | held!().first(c).await.optional()?,
        postgres | c | held!().for_key_share().first(c).await.optional()?,
    );
    Ok(found.is_some())
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
    history::record(tx, job, took, outcome, Some(&cause)).await?;
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
    let resumes = registry.resumes(&job.task);
    let losses = job.losses + i32::from(!resumes);
    let cause = FinalFailure {
        cause: if losses < MOST_LOSSES {
            Reason::WorkerSilent {}
        } else {
            Reason::WorkersLost { losses }
        },
        step: None,
        action: None,
        kind: Some(FailureKind::Technical),
    };
    let now = tx.database_now().await?;
    let took = (now - job.started_at.unwrap_or(now)).to_std().unwrap_or_default();
    history::record(tx, job, took, JobOutcome::Lost, Some(&cause)).await?;
    if job.cancel_requested_at.is_some() {
        end(tx, registry, job, Some(took), &cancelled()).await
    } else if resumes || (job.attempt < job.max_attempts && losses < MOST_LOSSES) {
        requeue(
            tx,
            job,
            &Again {
                attempt: job.attempt - i32::from(resumes),
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
    history::record(tx, job, Duration::ZERO, JobOutcome::Released, None).await?;
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
        history::record(tx, job, took, JobOutcome::Cancelled, None).await?;
    }
    end(tx, registry, job, None, &cancelled()).await
}

/// As people read it beside the process.
fn cancelled() -> FinalFailure {
    FinalFailure {
        cause: Reason::Cancelled {},
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
            jobs::last_error.eq(again.cause.map(|cause| &cause.cause)),
            jobs::last_error_kind.eq(again.cause.and_then(|cause| cause.kind)),
        ))
        .execute(c)
        .await)?;
    if let Some(cause) = again.cause {
        history::index(tx, job, &cause.cause).await?;
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
            jobs::duration_ms.eq(took.map(history::milliseconds)),
            jobs::last_error.eq(Some(&cause.cause)),
            jobs::last_error_kind.eq(cause.kind),
        ))
        .execute(c)
        .await)?;
    if cause.kind.is_some() {
        history::index(tx, job, &cause.cause).await?;
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

/// Shows how far a job is.
pub(super) async fn set_progress(conn: &mut DbConn, id: JobId, percent: i32, message: &Reason) -> QueryResult<()> {
    with_conn!(conn, |c| diesel::update(jobs::table.filter(jobs::id.eq(id)))
        .set((
            jobs::progress.eq(percent.clamp(0, 100)),
            jobs::progress_message.eq(Some(message))
        ))
        .execute(c)
        .await)?;
    Ok(())
}
