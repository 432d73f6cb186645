//! Slots that a person asked for. Overlap, pauses and maintenance are not asked: the person knows.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    error::ErrorCode,
    event::Topic,
    ids::{ScheduleRunId, UserId},
    instant::Instant,
    reason::Reason,
    status::{MissedCause, RunOrigin, ScheduleRunStatus},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    RunRow, ScheduleRow, Slot,
    task::name_of,
    write::{self, NewRun},
};
use crate::{
    db::{RunQueryDsl, Tx, schema::schedule_runs, sql_types::Json},
    engine::enqueue,
    error::{AppError, AppResult},
    with_conn,
};

/// Fires one slot. `schedule` is locked by the caller.
///
/// # Errors
/// `already_exists` when the slot has its row: then see [`run_again`].
pub async fn fire(
    tx: &mut Tx,
    schedule: &ScheduleRow,
    slot: Slot,
    origin: RunOrigin,
    by: Option<UserId>,
) -> AppResult<RunRow> {
    let now = tx.database_now().await?;
    let run = new(tx, schedule, slot, origin, by, true).await?;
    let id = run.id;
    if write::insert(tx, vec![run], now).await? == 0 {
        return Err(AppError::new(
            ErrorCode::AlreadyExists,
            "this slot has run already, or was missed",
        ));
    }
    tx.changed(schedule.organization_id, Topic::Schedules, schedule.id.0);
    RunRow::find(tx.conn(), schedule.organization_id, id)
        .await?
        .ok_or_else(|| AppError::not_found("run"))
}

/// Lets a slot go once more, in the same row: one that was missed, or whose run is over. `schedule` is locked by the
/// caller.
///
/// # Errors
/// `job_status` when it waits or runs.
pub async fn run_again(
    tx: &mut Tx,
    schedule: &ScheduleRow,
    run: &RunRow,
    origin: RunOrigin,
    by: Option<UserId>,
) -> AppResult<()> {
    if !again(tx, schedule, run.id, origin, by, true).await? {
        let message = "the slot waits or runs already";
        return Err(AppError::new(ErrorCode::JobStatus, message).with_details(json!({ "status": run.status })));
    }
    tx.changed(schedule.organization_id, Topic::Schedules, schedule.id.0);
    Ok(())
}

/// Runs slots of the past, oldest first, at most `concurrency` of the schedule's backfills at once. Those that succeeded,
/// wait or run are left alone. Says how many it took. `schedule` is locked by the caller.
///
/// # Errors
/// When the database refuses.
pub async fn backfill(
    tx: &mut Tx,
    schedule: &ScheduleRow,
    mut slots: Vec<Slot>,
    concurrency: usize,
    by: Option<UserId>,
) -> AppResult<usize> {
    slots.sort_by_key(|slot| slot.due_at);
    let now = tx.database_now().await?;
    let known = known(tx, schedule, &slots).await?;
    let mut room = concurrency.saturating_sub(running(tx, schedule).await?);
    let mut taken = 0;
    for slot in slots {
        let begins = room > 0;
        let took = match known.get(&slot.nominal_at) {
            Some((_, ScheduleRunStatus::Succeeded)) => false,
            Some((id, _)) => again(tx, schedule, *id, RunOrigin::Backfill, by, begins).await?,
            None => {
                let run = new(tx, schedule, slot, RunOrigin::Backfill, by, begins).await?;
                write::insert(tx, vec![run], now).await? > 0
            }
        };
        if took {
            taken += 1;
            room -= usize::from(begins);
        }
    }
    tx.changed(schedule.organization_id, Topic::Schedules, schedule.id.0);
    Ok(taken)
}

async fn known(
    tx: &mut Tx,
    schedule: &ScheduleRow,
    slots: &[Slot],
) -> QueryResult<HashMap<Instant, (ScheduleRunId, ScheduleRunStatus)>> {
    let nominal: Vec<Instant> = slots.iter().map(|slot| slot.nominal_at).collect();
    let found: Vec<(Instant, ScheduleRunId, ScheduleRunStatus)> = with_conn!(tx.conn(), |c| schedule_runs::table
        .filter(schedule_runs::schedule_id.eq(schedule.id))
        .filter(schedule_runs::nominal_at.eq_any(nominal))
        .select((schedule_runs::nominal_at, schedule_runs::id, schedule_runs::status))
        .load(c)
        .await)?;
    Ok(found
        .into_iter()
        .map(|(nominal_at, id, status)| (nominal_at, (id, status)))
        .collect())
}

/// Backfills of the schedule that run.
async fn running(tx: &mut Tx, schedule: &ScheduleRow) -> QueryResult<usize> {
    let found: Vec<ScheduleRunId> = with_conn!(tx.conn(), |c| schedule_runs::table
        .filter(schedule_runs::schedule_id.eq(schedule.id))
        .filter(sql::<Bool>("status IN ('waiting', 'running')"))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Running))
        .filter(schedule_runs::origin.eq(RunOrigin::Backfill))
        .select(schedule_runs::id)
        .load(c)
        .await)?;
    Ok(found.len())
}

async fn new(
    tx: &mut Tx,
    schedule: &ScheduleRow,
    slot: Slot,
    origin: RunOrigin,
    by: Option<UserId>,
    begins: bool,
) -> AppResult<NewRun> {
    let id = ScheduleRunId(Uuid::now_v7());
    let job = match begins {
        true => Some(write::job(
            schedule.organization_id,
            id,
            &asked_by(tx, schedule, by).await?,
        )),
        false => None,
    };
    Ok(NewRun {
        id,
        organization: schedule.organization_id,
        schedule: schedule.id,
        slot,
        origin,
        status: status(begins),
        cause: None,
        blocked_by: None,
        requested_by: by,
        job,
    })
}

const fn status(begins: bool) -> ScheduleRunStatus {
    match begins {
        true => ScheduleRunStatus::Running,
        false => ScheduleRunStatus::Waiting,
    }
}

/// As lists of jobs show who wanted one.
async fn asked_by(tx: &mut Tx, schedule: &ScheduleRow, by: Option<UserId>) -> AppResult<String> {
    let name = match by {
        Some(user) => name_of(tx.conn(), schedule.organization_id, user).await?,
        None => None,
    };
    Ok(name.unwrap_or_else(|| schedule.name.clone()))
}

/// False when it waits or runs.
async fn again(
    tx: &mut Tx,
    schedule: &ScheduleRow,
    id: ScheduleRunId,
    origin: RunOrigin,
    by: Option<UserId>,
    begins: bool,
) -> AppResult<bool> {
    let now = tx.database_now().await?;
    let who = asked_by(tx, schedule, by).await?;
    let job = begins.then(|| write::job(schedule.organization_id, id, &who));
    let still = schedule_runs::table
        .filter(
            schedule_runs::organization_id
                .eq(schedule.organization_id)
                .and(schedule_runs::id.eq(id)),
        )
        .filter(schedule_runs::schedule_id.eq(schedule.id))
        .filter(schedule_runs::status.ne_all([ScheduleRunStatus::Waiting, ScheduleRunStatus::Running]));
    let changed = with_conn!(tx.conn(), |c| diesel::update(still)
        .set((
            schedule_runs::origin.eq(origin),
            schedule_runs::status.eq(status(begins)),
            schedule_runs::cause.eq(None::<MissedCause>),
            schedule_runs::blocked_by.eq(None::<ScheduleRunId>),
            schedule_runs::job_id.eq(job.as_ref().map(|job| job.id())),
            schedule_runs::requested_by.eq(by),
            schedule_runs::fired_at.eq(begins.then_some(now)),
            schedule_runs::ended_at.eq(None::<Instant>),
            schedule_runs::result.eq(None::<Json>),
            schedule_runs::failure.eq(None::<Reason>),
        ))
        .execute(c)
        .await)?;
    if changed == 0 {
        return Ok(false);
    }
    if let Some(job) = job {
        enqueue(tx, job).await?;
    }
    Ok(true)
}
