//! The end of a run, in the transaction that ends its job, and what follows: failures in a row are counted, and the next
//! run that waits begins.
//!
//! The schedule's row is locked before the run's, as everywhere.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    error::ErrorCode,
    event::Topic,
    ids::ScheduleRunId,
    instant::Instant,
    reason::Reason,
    status::{JobStatus, MissedCause, PauseCause, RunOrigin, ScheduleRunStatus},
};
use serde_json::Value;

use super::{RunRow, ScheduleRow, write};
use crate::{
    db::{
        Database, DbConn, RunQueryDsl, Tx,
        schema::{jobs, schedule_runs, schedules},
        sql_types::Json,
    },
    engine::{FinalFailure, enqueue, job::Job},
    error::{AppError, AppResult},
    with_conn,
};

/// How a run ended.
struct End<'a> {
    status: ScheduleRunStatus,
    result: Option<&'a Value>,
    failure: Option<&'a Reason>,
}

pub(super) async fn with_success(tx: &mut Tx, job: &Job, result: &Value) -> AppResult<()> {
    let end = End {
        status: ScheduleRunStatus::Succeeded,
        result: Some(result),
        failure: None,
    };
    over(tx, job, &end).await
}

pub(super) async fn without_success(tx: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
    let end = match failure.kind {
        Some(_) => End {
            status: ScheduleRunStatus::Failed,
            result: None,
            failure: Some(&failure.cause),
        },
        None => End {
            status: ScheduleRunStatus::Cancelled,
            result: None,
            failure: None,
        },
    };
    over(tx, job, &end).await
}

/// The run that a job is for, with its schedule, which is locked.
async fn of_job(tx: &mut Tx, job: &Job) -> AppResult<Option<(ScheduleRow, RunRow)>> {
    let Some(subject) = job.subject_id else { return Ok(None) };
    let (organization, id) = (job.organization_id, ScheduleRunId(subject.0));
    let Some(run) = RunRow::find(tx.conn(), organization, id).await? else {
        return Ok(None);
    };
    let Some(schedule) = ScheduleRow::hold(tx, organization, run.schedule_id).await? else {
        return Ok(None);
    };
    Ok(Some((schedule, run)))
}

async fn over(tx: &mut Tx, job: &Job, end: &End<'_>) -> AppResult<()> {
    let Some((schedule, run)) = of_job(tx, job).await? else {
        return Ok(());
    };
    let now = tx.database_now().await?;
    let at_work = schedule_runs::table
        .filter(schedule_runs::id.eq(run.id))
        .filter(schedule_runs::job_id.eq(Some(job.id)))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Running));
    let changed = with_conn!(tx.conn(), |c| diesel::update(at_work)
        .set((
            schedule_runs::status.eq(end.status),
            schedule_runs::ended_at.eq(Some(now)),
            schedule_runs::result.eq(end.result.map(|result| Json(result.clone())).or(run.result.clone())),
            schedule_runs::failure.eq(end.failure),
        ))
        .execute(c)
        .await)?;
    if changed == 0 {
        return Ok(());
    }
    count(tx, &schedule, end.status, now).await?;
    start_next(tx, &schedule, run.origin, now).await?;
    tx.changed(schedule.organization_id, Topic::Schedules, schedule.id.0);
    Ok(())
}

/// Counts failures in a row. A schedule that reaches its number is paused, and its administrators hear of it.
async fn count(tx: &mut Tx, schedule: &ScheduleRow, status: ScheduleRunStatus, now: Instant) -> AppResult<()> {
    let failures = match status {
        ScheduleRunStatus::Succeeded => 0,
        ScheduleRunStatus::Failed => schedule.failures_in_row.saturating_add(1),
        _ => return Ok(()),
    };
    if failures == schedule.failures_in_row {
        return Ok(());
    }
    with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(schedule.id))
        .set(schedules::failures_in_row.eq(failures))
        .execute(c)
        .await)?;
    let most = schedule.pause_after_failures;
    if most > 0 && failures >= most && schedule.fires() {
        pause_for_failures(tx, schedule, now).await?;
    }
    Ok(())
}

async fn pause_for_failures(tx: &mut Tx, schedule: &ScheduleRow, now: Instant) -> AppResult<()> {
    write::pause(tx, schedule.organization_id, schedule.id, PauseCause::Failures, now).await?;
    give_up_waiting(tx, schedule, MissedCause::Paused, now).await
}

/// What a schedule has waiting never begins by itself: it is as if it had been due now. Runs of a backfill go on, because
/// a person asked for each of them.
pub(super) async fn give_up_waiting(
    tx: &mut Tx,
    schedule: &ScheduleRow,
    cause: MissedCause,
    now: Instant,
) -> AppResult<()> {
    let ids = waiting(tx.conn(), schedule, false).await?;
    let missed = ScheduleRunStatus::Missed;
    Ok(write::end_waiting(tx, ids, missed, Some(cause), now).await?)
}

/// Runs that wait, those of backfills or all others, oldest first.
async fn waiting(conn: &mut DbConn, schedule: &ScheduleRow, backfill: bool) -> QueryResult<Vec<ScheduleRunId>> {
    with_conn!(conn, |c| {
        let mut found = schedule_runs::table
            .filter(schedule_runs::schedule_id.eq(schedule.id))
            .filter(sql::<Bool>("status IN ('waiting', 'running')"))
            .filter(schedule_runs::status.eq(ScheduleRunStatus::Waiting))
            .order((schedule_runs::due_at, schedule_runs::id))
            .select(schedule_runs::id)
            .into_boxed();
        found = if backfill {
            found.filter(schedule_runs::origin.eq(RunOrigin::Backfill))
        } else {
            found.filter(schedule_runs::origin.ne(RunOrigin::Backfill))
        };
        found.load(c).await
    })
}

/// Begins the oldest run that waited for one of its sort to end.
async fn start_next(tx: &mut Tx, schedule: &ScheduleRow, ended: RunOrigin, now: Instant) -> AppResult<()> {
    let backfill = ended == RunOrigin::Backfill;
    let Some(next) = waiting(tx.conn(), schedule, backfill).await?.into_iter().next() else {
        return Ok(());
    };
    if !backfill && others_run(tx.conn(), schedule).await? {
        return Ok(());
    }
    start(tx, schedule, next, now).await
}

async fn others_run(conn: &mut DbConn, schedule: &ScheduleRow) -> QueryResult<bool> {
    let found: Option<ScheduleRunId> = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::schedule_id.eq(schedule.id))
        .filter(sql::<Bool>("status IN ('waiting', 'running')"))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Running))
        .filter(schedule_runs::origin.ne(RunOrigin::Backfill))
        .select(schedule_runs::id)
        .first(c)
        .await
        .optional())?;
    Ok(found.is_some())
}

/// Begins a run that waited.
async fn start(tx: &mut Tx, schedule: &ScheduleRow, id: ScheduleRunId, now: Instant) -> AppResult<()> {
    let job = write::job(schedule.organization_id, id, &schedule.name);
    let waiting = schedule_runs::table
        .filter(schedule_runs::id.eq(id))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Waiting));
    with_conn!(tx.conn(), |c| diesel::update(waiting)
        .set((
            schedule_runs::status.eq(ScheduleRunStatus::Running),
            schedule_runs::fired_at.eq(Some(now)),
            schedule_runs::job_id.eq(Some(job.id())),
        ))
        .execute(c)
        .await)?;
    enqueue(tx, job).await?;
    Ok(())
}

/// A person runs a failed job once more: so does its run.
///
/// # Errors
/// `job_status` when the slot goes its way with another job meanwhile.
pub(super) async fn taken_up_again(tx: &mut Tx, job: &Job) -> AppResult<()> {
    let Some((schedule, run)) = of_job(tx, job).await? else {
        return Ok(());
    };
    let over = matches!(run.status, ScheduleRunStatus::Failed | ScheduleRunStatus::Cancelled);
    if !over || run.job_id != Some(job.id) {
        let message = "the slot went on without this job; run it from the history of its schedule";
        return Err(AppError::new(ErrorCode::JobStatus, message));
    }
    let ended = schedule_runs::table.filter(schedule_runs::id.eq(run.id));
    with_conn!(tx.conn(), |c| diesel::update(ended)
        .set((
            schedule_runs::status.eq(ScheduleRunStatus::Running),
            schedule_runs::ended_at.eq(None::<Instant>),
            schedule_runs::failure.eq(None::<Reason>),
        ))
        .execute(c)
        .await)?;
    tx.changed(schedule.organization_id, Topic::Schedules, schedule.id.0);
    Ok(())
}

/// Why the newest run failed that did.
pub(super) async fn last_failure(conn: &mut DbConn, schedule: &ScheduleRow) -> QueryResult<Reason> {
    let found: Option<Option<Reason>> = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::schedule_id.eq(schedule.id))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Failed))
        .order((schedule_runs::due_at.desc(), schedule_runs::id.desc()))
        .select(schedule_runs::failure)
        .first(c)
        .await
        .optional())?;
    Ok(found.flatten().unwrap_or(Reason::ScheduleRunLost {}))
}

/// Mends runs of all organisations that stand open without an open job, so that none stands in the way of the next one
/// for ever: an older program that did not know the task may have buried their jobs. Says how many.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn mend(db: &Database) -> AppResult<usize> {
    const BATCH: i64 = 100;
    let mut reader = db.read().await?;
    let lost: Vec<Job> = with_conn!(&mut reader, |c| jobs::table
        .inner_join(schedule_runs::table)
        .filter(sql::<Bool>("schedule_runs.status IN ('waiting', 'running')"))
        .filter(jobs::status.eq_any([JobStatus::Succeeded, JobStatus::Dead, JobStatus::Cancelled]))
        .limit(BATCH)
        .select(Job::as_select())
        .load(c)
        .await)?;
    drop(reader);
    let lost_without_a_word = Reason::ScheduleRunLost {};
    let end = End {
        status: ScheduleRunStatus::Failed,
        result: None,
        failure: Some(&lost_without_a_word),
    };
    for job in &lost {
        let mut tx = db.begin().await?;
        // Asked again under the lock: a person may have revived it.
        let now = Job::lock(&mut tx, job.organization_id, job.id).await?;
        if now.is_some_and(|job| job.status.is_over()) {
            over(&mut tx, job, &end).await?;
        }
        tx.commit().await?;
    }
    Ok(lost.len())
}
