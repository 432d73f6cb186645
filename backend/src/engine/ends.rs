//! Every way out of `running`: success, failure, loss, handed back, cancelled. A waiting job can also be cancelled.
//!
//! Callers first check that the claim still holds, with [`super::lease::holds`] or under a lock of the row. The
//! statement that ends many successes at once checks this itself.

mod succeed;

use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    event::Topic,
    ids::{JobId, OrganizationId, WorkerId},
    instant::Instant,
    reason::Reason,
    status::{Elsewhere, FailureKind, JobOutcome, JobStatus},
};

pub(super) use self::succeed::{Done, succeed, write_successes};
use super::{
    Failure, FinalFailure, Registry, groups, history,
    job::Job,
    queue, retry,
    state::{self, Step},
};
use crate::{
    bus::Signal,
    db::{RunQueryDsl, Tx, schema::jobs},
    error::AppResult,
    with_conn,
};

/// Ends an attempt that failed: another follows, or the job is over. The caller has checked [`super::lease::holds`].
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
        let wait = retry::backoff(job.attempt, rand::random()).max(failure.asked_wait());
        requeue(
            tx,
            job,
            &Requeue {
                wait,
                cause: Some(&cause),
                ..Requeue::of(job)
            },
        )
        .await
    } else {
        end(tx, registry, job, Some(took), &cause).await
    }
}

/// How long a job with an unknown task waits for a worker that knows it. While replicas are replaced, old ones still
/// claim what new ones queue.
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
        &Requeue {
            wait,
            attempt,
            cause: Some(cause),
            ..Requeue::of(job)
        },
    )
    .await
}

/// The worker went silent. The job runs elsewhere, or is over when its attempts are used up.
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
            &Requeue {
                attempt: job.attempt - i32::from(resumes),
                losses,
                cause: Some(&cause),
                ..Requeue::of(job)
            },
        )
        .await
    } else {
        end(tx, registry, job, Some(took), &cause).await
    }
}

/// Workers that may die during one job. The last one ran only this job, in a process of its own, so the job is to
/// blame.
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
        &Requeue {
            attempt,
            ..Requeue::of(job)
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
struct Requeue<'a> {
    wait: Duration,
    attempt: i32,
    losses: i32,
    cause: Option<&'a FinalFailure>,
}

impl Requeue<'_> {
    fn of(job: &Job) -> Self {
        Self {
            wait: Duration::ZERO,
            attempt: job.attempt,
            losses: job.losses,
            cause: None,
        }
    }
}

async fn requeue(tx: &mut Tx, job: &Job, how: &Requeue<'_>) -> AppResult<()> {
    let status = state::after(job, Step::Requeue)?;
    let run_at = tx.database_now().await? + how.wait;
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(job.id))
        .set((
            jobs::status.eq(status),
            jobs::worker_id.eq(None::<WorkerId>),
            jobs::lease_expires_at.eq(None::<Instant>),
            jobs::run_at.eq(run_at),
            jobs::rank.eq(queue::rank(run_at, job.priority)),
            jobs::attempt.eq(how.attempt),
            jobs::losses.eq(how.losses),
            jobs::last_error.eq(how.cause.map(|cause| &cause.cause)),
            jobs::last_error_kind.eq(how.cause.and_then(|cause| cause.kind)),
        ))
        .execute(c)
        .await)?;
    if let Some(cause) = how.cause {
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
    let status = state::after(job, if cause.kind.is_some() { Step::Bury } else { Step::Cancel })?;
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
            jobs::elsewhere.eq(None::<Elsewhere>),
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

/// Tells open pages. When many jobs ended together, one event says so, and each page reads once.
pub(super) fn tell<'a>(tx: &mut Tx, jobs: impl Iterator<Item = &'a Job>) {
    const EACH: usize = 8;
    let all: Vec<(OrganizationId, JobId)> = jobs.map(|job| (job.organization_id, job.id)).collect();
    for (organization, id) in &all {
        let id = (all.len() <= EACH).then_some(id.0);
        tx.changed(*organization, Topic::Jobs, id);
    }
}
