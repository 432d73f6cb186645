//! A schedule as lists and its page show it.

use std::collections::{BTreeSet, HashMap};

use diesel::{dsl::count_star, prelude::*};
use esteira_shared::{
    dto::schedules::{PauseDto, ScheduleCreate, ScheduleDto, ScheduleRunDto, ScheduleState, SlotDto},
    ids::{OrganizationId, ScheduleId, UserId},
    instant::Instant,
    schedule::{
        Schedule, describe, written,
        zone::{self, Iana, Zones as _},
    },
    status::ScheduleRunStatus,
};

use super::runs;
use crate::{
    auth::audit::Subject,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{schedule_runs, users},
    },
    error::{AppError, AppResult},
    language,
    scheduler::ScheduleRow,
    with_conn,
};

/// # Errors
/// `not_found`.
pub(super) async fn find(conn: &mut DbConn, organization: OrganizationId, id: ScheduleId) -> AppResult<ScheduleRow> {
    ScheduleRow::find(conn, organization, id).await?.ok_or_else(missing)
}

/// The row, held until the transaction ends, so that nothing of it fires meanwhile.
///
/// # Errors
/// `not_found`.
pub(super) async fn lock(tx: &mut Tx, organization: OrganizationId, id: ScheduleId) -> AppResult<ScheduleRow> {
    ScheduleRow::lock(tx, organization, id).await?.ok_or_else(missing)
}

fn missing() -> AppError {
    AppError::not_found("schedule")
}

/// The rule as it was saved.
///
/// # Errors
/// When this program cannot read it.
pub(super) fn rule(row: &ScheduleRow) -> AppResult<Schedule> {
    row.read().map_err(AppError::internal)
}

/// What an export, and the audit trail, keep of a schedule.
pub(super) fn kept(row: &ScheduleRow) -> AppResult<ScheduleCreate> {
    Ok(ScheduleCreate {
        name: row.name.clone(),
        kind: row.kind,
        parameters: row.parameters.0.clone(),
        schedule: rule(row)?,
        catch_up: Some(row.catch_up),
        catch_up_hours: row.catch_up_hours,
        overlap: row.overlap,
        pause_after_failures: row.pause_after_failures,
        active: row.active,
    })
}

pub(super) fn subject(row: &ScheduleRow) -> Subject {
    Subject::new("schedule", row.id.0, &row.name)
}

pub(super) async fn dto(conn: &mut DbConn, organization: OrganizationId, id: ScheduleId) -> AppResult<ScheduleDto> {
    let row = find(conn, organization, id).await?;
    let mut all = dtos(conn, organization, vec![row]).await?;
    all.pop().ok_or_else(missing)
}

/// In the order of the rows.
pub(super) async fn dtos(
    conn: &mut DbConn,
    organization: OrganizationId,
    rows: Vec<ScheduleRow>,
) -> AppResult<Vec<ScheduleDto>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ScheduleId> = rows.iter().map(|row| row.id).collect();
    let last = runs::last_of(conn, organization, &ids).await?;
    let mut last: HashMap<ScheduleId, ScheduleRunDto> = last.into_iter().map(|run| (run.schedule_id, run)).collect();
    let missed: Vec<(ScheduleId, i64)> = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::organization_id.eq(organization))
        .filter(schedule_runs::schedule_id.eq_any(ids))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Missed))
        .group_by(schedule_runs::schedule_id)
        .select((schedule_runs::schedule_id, count_star()))
        .load(c)
        .await)?;
    let missed: HashMap<ScheduleId, i64> = missed.into_iter().collect();
    let people = people(conn, organization, rows.iter().filter_map(|row| row.paused_by)).await?;
    let shown = |row: ScheduleRow| {
        let (last, missed) = (last.remove(&row.id), missed.get(&row.id).copied().unwrap_or_default());
        one(row, last, missed, &people)
    };
    rows.into_iter().map(shown).collect()
}

fn one(
    row: ScheduleRow,
    last: Option<ScheduleRunDto>,
    missed: i64,
    people: &HashMap<UserId, String>,
) -> AppResult<ScheduleDto> {
    let schedule = rule(&row)?;
    let pause = match (row.paused_at, row.pause_cause) {
        (Some(at), Some(cause)) => Some(PauseDto {
            at,
            cause,
            by: row.paused_by.and_then(|by| people.get(&by).cloned()),
            note: row.pause_note,
        }),
        _ => None,
    };
    let next = row.next_at.zip(row.next_nominal_at).map(|(at, nominal_at)| SlotDto {
        at,
        local: local(&schedule.timezone, at),
        nominal_at,
    });
    let state = match (row.active, pause.is_some()) {
        (false, _) => ScheduleState::Disabled,
        (true, true) => ScheduleState::Paused,
        (true, false) => ScheduleState::Active,
    };
    Ok(ScheduleDto {
        id: row.id,
        name: row.name,
        kind: row.kind,
        parameters: row.parameters.0,
        description: describe(&schedule, language::current()),
        schedule,
        catch_up: row.catch_up,
        catch_up_hours: row.catch_up_hours,
        overlap: row.overlap,
        pause_after_failures: row.pause_after_failures,
        state,
        // A paused or disabled one fires nothing, whatever its rule says.
        next: next.filter(|_| state == ScheduleState::Active),
        pause,
        last,
        failures_in_row: row.failures_in_row,
        missed,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// An instant on the wall's clock of a zone. A name that this program no longer knows gives UTC.
pub(super) fn local(timezone: &str, at: Instant) -> String {
    match Iana.zone(timezone) {
        Some(zone) => written(zone::local(&zone, at.timestamp())),
        None => written(at.naive_utc()),
    }
}

async fn people(
    conn: &mut DbConn,
    organization: OrganizationId,
    ids: impl Iterator<Item = UserId>,
) -> QueryResult<HashMap<UserId, String>> {
    let ids: BTreeSet<UserId> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(UserId, String)> = with_conn!(conn, |c| users::table
        .filter(users::organization_id.eq(organization).and(users::id.eq_any(ids)))
        .select((users::id, users::name))
        .load(c)
        .await)?;
    Ok(found.into_iter().collect())
}
