//! What a change of a schedule, or of what it depends on, does to its slots.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    error::{FieldCode, FieldError},
    event::Topic,
    ids::{OrganizationId, ScheduleId},
    instant::Instant,
    schedule::{Problem, Schedule},
    status::MissedCause,
};

use super::{ScheduleRow, batch, calendars, decide::ON_TIME, due::DueRow, end, plan, planner, slots::fires};
use crate::{
    bus::Signal,
    db::{RunQueryDsl, Tx, schema::schedules, sql_types::Json},
    error::{AppError, AppResult},
    locked, with_conn,
};

/// Gives a row to each slot that passed and has none, as the schedule stood until now. What was due in the last moments
/// still fires. `settled_at` is then the instant up to which that holds; in the database only if something passed.
///
/// # Errors
/// When the database refuses.
pub(super) async fn settle(tx: &mut Tx, schedule: &mut ScheduleRow) -> AppResult<()> {
    let now = tx.database_now().await?;
    settle_until(tx, schedule, now).await?;
    schedule.settled_at = now;
    Ok(())
}

async fn settle_until(tx: &mut Tx, schedule: &mut ScheduleRow, now: Instant) -> AppResult<()> {
    if schedule.next_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    let calendars = calendars(tx.conn(), schedule.organization_id).await?;
    // One that cannot be planned has no slots that could have passed.
    let Ok(rule) = schedule.read() else { return Ok(()) };
    let Ok(Ok(plan)) = planner::sound(|| plan(schedule.id, &rule, &calendars)) else {
        return Ok(());
    };
    if let Some(advance) = batch::settle(tx, &DueRow::from(&*schedule), &plan, now).await? {
        (schedule.next_nominal_at, schedule.next_at) = advance.next.unzip();
    }
    Ok(())
}

/// Works out the next slot after a change of the row, for a new one too, and tells the scheduler. The row comes from
/// [`ScheduleRow::lock`]. Slots of the past never fire by the new rule. What waited for its turn is missed when the
/// schedule fires no more. One that was paused for its failures counts them anew. Of the row in the database, only the next
/// slot, `settled_at` and the failures are written; all else is the caller's.
///
/// # Errors
/// `validation` when it cannot be planned, with the fields below `schedule`.
pub async fn replan(tx: &mut Tx, schedule: &mut ScheduleRow) -> AppResult<()> {
    let now = tx.database_now().await?;
    let calendars = calendars(tx.conn(), schedule.organization_id).await?;
    let rule = schedule.read().map_err(|error| {
        AppError::validation(vec![FieldError::new("schedule", FieldCode::Invalid, error.to_string())])
    })?;
    // Not from now on: what fell due since the row was settled would have no row.
    let since = Some(schedule.settled_at).filter(|settled| (TimeDelta::zero()..=ON_TIME).contains(&(now - *settled)));
    let after = since.unwrap_or(now);
    let planned = planner::sound(|| {
        let planned = plan(schedule.id, &rule, &calendars)?;
        let next = fires(&planned, after).next();
        Ok::<_, Vec<Problem>>(next)
    });
    let next = planned.map_err(AppError::internal)?.map_err(refused)?;
    schedule.settled_at = after;
    (schedule.next_nominal_at, schedule.next_at) = next.map(|slot| (slot.nominal_at, slot.due_at)).unzip();
    if schedule.fires() {
        let most = schedule.pause_after_failures;
        if most > 0 && schedule.failures_in_row >= most {
            schedule.failures_in_row = 0;
        }
    } else {
        let cause = match schedule.active {
            true => MissedCause::Paused,
            false => MissedCause::Disabled,
        };
        end::give_up_waiting(tx, schedule, cause, now).await?;
    }
    with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(schedule.id))
        .set((
            schedules::settled_at.eq(schedule.settled_at),
            schedules::next_nominal_at.eq(schedule.next_nominal_at),
            schedules::next_at.eq(schedule.next_at),
            schedules::failures_in_row.eq(schedule.failures_in_row),
        ))
        .execute(c)
        .await)?;
    tx.signal(Signal::SchedulesChanged);
    tx.changed(schedule.organization_id, Topic::Schedules, schedule.id.0);
    Ok(())
}

/// As the wire struct calls the fields.
fn refused(problems: Vec<Problem>) -> AppError {
    let fields: Vec<FieldError> = problems.into_iter().map(FieldError::from).collect();
    AppError::validation(fields).within("schedule")
}

/// Works out anew when the schedules fire that go by a calendar of the organisation, after a change of its days. Which
/// slots passed is left as it was.
///
/// # Errors
/// When the database refuses.
pub async fn calendar_changed(tx: &mut Tx, organization: OrganizationId, name: &str) -> AppResult<()> {
    /// Ids in one statement.
    const AT_ONCE: usize = 1_000;
    let all: Vec<(ScheduleId, Json)> = with_conn!(tx.conn(), |c| schedules::table
        .filter(schedules::organization_id.eq(organization))
        .select((schedules::id, schedules::schedule))
        .load(c)
        .await)?;
    let goes_by_it = |schedule: Json| {
        let schedule: Result<Schedule, _> = serde_json::from_value(schedule.0);
        schedule.is_ok_and(|schedule| schedule.calendars.iter().any(|calendar| calendar == name))
    };
    let mut ids: Vec<ScheduleId> = all
        .into_iter()
        .filter_map(|(id, schedule)| goes_by_it(schedule).then_some(id))
        .collect();
    // In the order in which all lock them. Who fires one at the moment is waited for: it may have planned the next slot
    // by the old days.
    ids.sort_unstable();
    for some in ids.chunks(AT_ONCE) {
        let _held: Vec<ScheduleId> = locked!(
            tx,
            for_no_key_update,
            schedules::table
                .filter(schedules::organization_id.eq(organization))
                .filter(schedules::id.eq_any(some))
                .order(schedules::id)
                .select(schedules::id),
            |found, c| found.load(c).await
        )?;
    }
    let now = tx.database_now().await?;
    for some in ids.chunks(AT_ONCE) {
        // Due now, but with nothing that passed: the scheduler finds the next slot. Those that are due already stay so.
        let not_due = schedules::table
            .filter(schedules::organization_id.eq(organization))
            .filter(schedules::id.eq_any(some))
            .filter(schedules::next_at.is_null().or(schedules::next_at.gt(Some(now))));
        with_conn!(tx.conn(), |c| diesel::update(not_due)
            .set((
                schedules::settled_at.eq(now),
                schedules::next_nominal_at.eq(Some(now)),
                schedules::next_at.eq(Some(now)),
            ))
            .execute(c)
            .await)?;
    }
    tx.signal(Signal::SchedulesChanged);
    tx.changed(organization, Topic::Schedules, None);
    Ok(())
}
