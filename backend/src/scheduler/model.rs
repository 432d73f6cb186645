//! The rows of schedules and of their slots.

use diesel::prelude::*;
use esteira_shared::{
    ids::{JobId, OrganizationId, ScheduleId, ScheduleRunId, UserId},
    instant::Instant,
    reason::Reason,
    schedule::Schedule,
    status::{CatchUp, MissedCause, Overlap, PauseCause, RunOrigin, ScheduleKind, ScheduleRunStatus},
};
use serde_json::Value;

use super::replan::settle;
use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{schedule_runs, schedules},
        sql_types::Json,
    },
    error::AppResult,
    locked, with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = schedules, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct ScheduleRow {
    pub id: ScheduleId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub sort_name: String,
    pub kind: ScheduleKind,
    pub parameters: Json,
    /// See [`ScheduleRow::read`].
    pub schedule: Json,
    pub catch_up: CatchUp,
    pub catch_up_hours: i32,
    pub overlap: Overlap,
    pub pause_after_failures: i32,
    pub failures_in_row: i32,
    pub active: bool,
    pub paused_at: Option<Instant>,
    pub paused_by: Option<UserId>,
    pub pause_note: Option<String>,
    pub pause_cause: Option<PauseCause>,
    /// The next slot, also while it would not fire: then it is noted as missed.
    pub next_nominal_at: Option<Instant>,
    pub next_at: Option<Instant>,
    pub settled_at: Instant,
    pub created_by: Option<UserId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

impl ScheduleRow {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: ScheduleId) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| schedules::table
            .filter(schedules::organization_id.eq(organization).and(schedules::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// The row, held until the transaction ends: nothing of it fires meanwhile. Every slot that passed has its row then, so
    /// a change of the schedule touches none that was due before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn lock(tx: &mut Tx, organization: OrganizationId, id: ScheduleId) -> AppResult<Option<Self>> {
        let Some(mut row) = Self::hold(tx, organization, id).await? else {
            return Ok(None);
        };
        settle(tx, &mut row).await?;
        Ok(Some(row))
    }

    /// The row, held until the transaction ends.
    pub(super) async fn hold(tx: &mut Tx, organization: OrganizationId, id: ScheduleId) -> QueryResult<Option<Self>> {
        locked!(
            tx,
            for_no_key_update,
            schedules::table
                .filter(schedules::organization_id.eq(organization).and(schedules::id.eq(id)))
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )
    }

    /// The rule with its zone, calendars and exceptions.
    ///
    /// # Errors
    /// When it is none that this program knows.
    pub fn read(&self) -> Result<Schedule, serde_json::Error> {
        serde_json::from_value(self.schedule.0.clone())
    }

    /// Whether its slots fire, maintenance aside.
    #[must_use]
    pub fn fires(&self) -> bool {
        self.active && self.paused_at.is_none()
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = schedule_runs, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct RunRow {
    pub id: ScheduleRunId,
    pub organization_id: OrganizationId,
    pub schedule_id: ScheduleId,
    pub nominal_at: Instant,
    pub due_at: Instant,
    pub origin: RunOrigin,
    pub status: ScheduleRunStatus,
    pub cause: Option<MissedCause>,
    pub blocked_by: Option<ScheduleRunId>,
    pub job_id: Option<JobId>,
    pub requested_by: Option<UserId>,
    /// See [`RunRow::moved`].
    pub moved: Json,
    pub changes: Json,
    pub fired_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub result: Option<Json>,
    pub failure: Option<Reason>,
    pub created_at: Instant,
}

impl RunRow {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: ScheduleRunId) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| schedule_runs::table
            .filter(
                schedule_runs::organization_id
                    .eq(organization)
                    .and(schedule_runs::id.eq(id))
            )
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// Notes what a run did so far, in the transaction in which it does it: another attempt goes on from there, and a run that
    /// ends without success still tells it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note(tx: &mut Tx, organization: OrganizationId, id: ScheduleRunId, did: &Value) -> QueryResult<()> {
        let run = schedule_runs::table.filter(
            schedule_runs::organization_id
                .eq(organization)
                .and(schedule_runs::id.eq(id)),
        );
        with_conn!(tx.conn(), |c| diesel::update(run)
            .set(schedule_runs::result.eq(Some(Json(did.clone()))))
            .execute(c)
            .await)?;
        Ok(())
    }

    /// What moved it from its nominal time.
    #[must_use]
    pub fn moved(&self) -> Vec<Reason> {
        let Value::Array(all) = &self.moved.0 else {
            return Vec::new();
        };
        all.iter().filter_map(Value::as_str).map(Reason::read).collect()
    }

    /// From its due time to its firing; nothing when a person asked for it, or before it fired.
    #[must_use]
    pub fn late_ms(&self) -> Option<i64> {
        let by_itself = matches!(self.origin, RunOrigin::Schedule | RunOrigin::CatchUp);
        let fired_at = self.fired_at.filter(|_| by_itself)?;
        Some((fired_at - self.due_at).num_milliseconds())
    }

    /// Whether it may go once more: it is over, or never began.
    #[must_use]
    pub fn may_run_again(&self) -> bool {
        !matches!(self.status, ScheduleRunStatus::Waiting | ScheduleRunStatus::Running)
    }
}
