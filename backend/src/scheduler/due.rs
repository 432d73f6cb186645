//! Schedules that are due, of all organisations: one clock serves them all. Everything that is then read or written for a
//! schedule goes by its own organisation.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    ids::{JobId, OrganizationId, ScheduleId, ScheduleRunId},
    instant::Instant,
    status::{CatchUp, MaintenanceArea, Overlap, RunOrigin, ScheduleRunStatus},
};

use super::ScheduleRow;
use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{maintenances, schedule_runs, schedules},
    },
    locked, with_conn,
};

/// What firing needs of a schedule, without its rule and parameters: those are long, and the plan is known already.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = schedules, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct DueRow {
    pub(super) id: ScheduleId,
    pub(super) organization_id: OrganizationId,
    pub(super) name: String,
    pub(super) catch_up: CatchUp,
    pub(super) catch_up_hours: i32,
    pub(super) overlap: Overlap,
    pub(super) active: bool,
    pub(super) paused_at: Option<Instant>,
    pub(super) settled_at: Instant,
    pub(super) updated_at: Instant,
    pub(super) version: i32,
}

impl From<&ScheduleRow> for DueRow {
    fn from(row: &ScheduleRow) -> Self {
        Self {
            id: row.id,
            organization_id: row.organization_id,
            name: row.name.clone(),
            catch_up: row.catch_up,
            catch_up_hours: row.catch_up_hours,
            overlap: row.overlap,
            active: row.active,
            paused_at: row.paused_at,
            settled_at: row.settled_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// When the first schedule of all is due.
pub(super) async fn next(conn: &mut DbConn) -> QueryResult<Option<Instant>> {
    let found: Option<Option<Instant>> = with_conn!(conn, |c| schedules::table
        .filter(schedules::next_at.is_not_null())
        .order(schedules::next_at)
        .select(schedules::next_at)
        .first(c)
        .await
        .optional())?;
    Ok(found.flatten())
}

/// Up to `most` schedules that are due, held until the transaction ends. Those that another replica holds are passed
/// over: it fires them.
pub(super) async fn take(tx: &mut Tx, now: Instant, most: i64) -> QueryResult<Vec<DueRow>> {
    locked!(
        tx,
        for_no_key_update.skip_locked,
        schedules::table
            .filter(schedules::next_at.le(Some(now)))
            .order(schedules::next_at)
            .limit(most)
            .select(DueRow::as_select()),
        |found, c| found.load(c).await
    )
}

/// Schedules that are due after an instant and up to another.
pub(super) async fn between(conn: &mut DbConn, after: Instant, until: Instant, most: i64) -> QueryResult<Vec<DueRow>> {
    with_conn!(conn, |c| schedules::table
        .filter(
            schedules::next_at
                .gt(Some(after))
                .and(schedules::next_at.le(Some(until)))
        )
        .order(schedules::next_at)
        .limit(most)
        .select(DueRow::as_select())
        .load(c)
        .await)
}

/// A run that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) id: ScheduleRunId,
    pub(super) status: ScheduleRunStatus,
    pub(super) job_id: Option<JobId>,
}

/// Runs of these schedules that are not over, oldest first. Those of a backfill stand in nobody's way.
pub(super) async fn open(conn: &mut DbConn, rows: &[DueRow]) -> QueryResult<HashMap<ScheduleId, Vec<Open>>> {
    let ids: Vec<ScheduleId> = rows.iter().map(|row| row.id).collect();
    let found: Vec<(ScheduleId, ScheduleRunId, ScheduleRunStatus, Option<JobId>)> =
        with_conn!(conn, |c| schedule_runs::table
            .filter(schedule_runs::schedule_id.eq_any(ids))
            .filter(sql::<Bool>("status IN ('waiting', 'running')"))
            .filter(schedule_runs::origin.ne(RunOrigin::Backfill))
            .order((schedule_runs::schedule_id, schedule_runs::due_at, schedule_runs::id))
            .select((
                schedule_runs::schedule_id,
                schedule_runs::id,
                schedule_runs::status,
                schedule_runs::job_id,
            ))
            .load(c)
            .await)?;
    let mut open: HashMap<ScheduleId, Vec<Open>> = HashMap::new();
    for (schedule, id, status, job_id) in found {
        open.entry(schedule).or_default().push(Open { id, status, job_id });
    }
    Ok(open)
}

/// Which of these slots of a schedule have their row.
pub(super) async fn written(conn: &mut DbConn, row: &DueRow, nominal: Vec<Instant>) -> QueryResult<HashSet<Instant>> {
    let found: Vec<Instant> = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::organization_id.eq(row.organization_id))
        .filter(schedule_runs::schedule_id.eq(row.id))
        .filter(schedule_runs::nominal_at.eq_any(nominal))
        .select(schedule_runs::nominal_at)
        .load(c)
        .await)?;
    Ok(found.into_iter().collect())
}

/// A time in which no schedule of an organisation fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) from: Instant,
    /// Not included.
    pub(super) until: Instant,
}

/// Maintenance that touches the time from `since` to `now`.
pub(super) async fn rests(
    conn: &mut DbConn,
    rows: &[DueRow],
    now: Instant,
) -> QueryResult<HashMap<OrganizationId, Vec<Rest>>> {
    let organizations: BTreeSet<OrganizationId> = rows.iter().map(|row| row.organization_id).collect();
    let Some(since) = rows.iter().map(|row| row.settled_at).min() else {
        return Ok(HashMap::new());
    };
    let found: Vec<(OrganizationId, Instant, Instant, Option<Instant>)> = with_conn!(conn, |c| maintenances::table
        .filter(maintenances::organization_id.eq_any(organizations))
        .filter(maintenances::area.eq_any([MaintenanceArea::Everything, MaintenanceArea::Schedules]))
        .filter(maintenances::ends_at.gt(since).and(maintenances::starts_at.le(now)))
        .select((
            maintenances::organization_id,
            maintenances::starts_at,
            maintenances::ends_at,
            maintenances::ended_at,
        ))
        .load(c)
        .await)?;
    let mut rests: HashMap<OrganizationId, Vec<Rest>> = HashMap::new();
    for (organization, from, ends_at, ended_at) in found {
        let until = ended_at.map_or(ends_at, |ended| ended.min(ends_at));
        rests.entry(organization).or_default().push(Rest { from, until });
    }
    Ok(rests)
}
