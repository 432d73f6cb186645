//! Writes what was decided about many schedules with few statements. Rows travel as JSON, since the number of bound values
//! is limited and each batch has another size.

use std::collections::{BTreeMap, HashSet};

use chrono::SecondsFormat;
use diesel::{prelude::*, sql_types::Text};
use esteira_shared::{
    event::Topic,
    ids::{OrganizationId, ScheduleId, ScheduleRunId, SubjectId, UserId},
    instant::Instant,
    reason::Reason,
    status::{MissedCause, PauseCause, RunOrigin, ScheduleRunStatus},
};
use serde_json::{Map, Value, json};

use super::{
    RunPayload, Slot,
    decide::{Decided, Fate},
    due::DueRow,
    task::Queued,
};
use crate::{
    db::{
        RunQueryDsl, Tx,
        schema::{schedule_runs, schedules},
        sql_types::{Json, SqlJson, SqlUuid},
    },
    engine::{NewJob, enqueue, enqueue_all},
    error::AppResult,
    on_backend, with_conn,
};

/// What is to be written.
pub(super) struct Writes {
    now: Instant,
    runs: Vec<NewRun>,
    pub(super) advances: Vec<Advance>,
    /// Runs that waited and never begin.
    pub(super) gives_up: Vec<ScheduleRunId>,
    /// Schedules that cannot be planned, and whether each fired until now.
    unusable: Vec<(OrganizationId, ScheduleId, bool)>,
}

/// A slot's row to be, with the job if there is one.
pub(super) struct NewRun {
    pub(super) id: ScheduleRunId,
    pub(super) organization: OrganizationId,
    pub(super) schedule: ScheduleId,
    pub(super) slot: Slot,
    pub(super) origin: RunOrigin,
    pub(super) status: ScheduleRunStatus,
    pub(super) cause: Option<MissedCause>,
    pub(super) blocked_by: Option<ScheduleRunId>,
    pub(super) requested_by: Option<UserId>,
    pub(super) job: Option<NewJob<Queued>>,
}

/// How a schedule's row stands when its slots have theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advance {
    pub(super) id: ScheduleId,
    pub(super) settled_at: Instant,
    /// Nominal and due.
    pub(super) next: Option<(Instant, Instant)>,
}

impl Writes {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            now,
            runs: Vec::new(),
            advances: Vec::new(),
            gives_up: Vec::new(),
            unusable: Vec::new(),
        }
    }

    pub(super) fn slots(&mut self, row: &DueRow, decided: Vec<Decided>) {
        let runs = decided.into_iter().map(|Decided { id, slot, fate }| {
            use ScheduleRunStatus::{Missed, Running, Waiting};
            let (status, origin, cause, blocked_by) = match fate {
                Fate::Runs(origin) => (Running, origin, None, None),
                Fate::Waits(origin, earlier) => (Waiting, origin, None, Some(earlier)),
                Fate::Missed(cause) => (Missed, RunOrigin::Schedule, Some(cause), None),
                Fate::Blocked(earlier) => (Missed, RunOrigin::Schedule, Some(MissedCause::Overlap), Some(earlier)),
            };
            NewRun {
                id,
                organization: row.organization_id,
                schedule: row.id,
                slot,
                origin,
                status,
                cause,
                blocked_by,
                requested_by: None,
                job: (status == Running).then(|| job(row.organization_id, id, &row.name)),
            }
        });
        self.runs.extend(runs);
    }

    /// Pauses a schedule that cannot be planned; its administrators hear of it.
    pub(super) fn unusable(&mut self, row: &DueRow, why: &Reason) {
        tracing::warn!(schedule = %row.id, why = why.code(), "a schedule cannot be planned; it is paused");
        let fired = row.active && row.paused_at.is_none();
        self.unusable.push((row.organization_id, row.id, fired));
    }

    /// Writes everything, and says how many slots got their row.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn apply(self, tx: &mut Tx) -> AppResult<usize> {
        self.tell(tx);
        let written = insert(tx, self.runs, self.now).await?;
        advance(tx, &self.advances).await?;
        end_waiting(tx, self.gives_up, ScheduleRunStatus::Cancelled, None, self.now).await?;
        for (organization, schedule, fired) in self.unusable {
            stop(tx, organization, schedule, fired, self.now).await?;
        }
        Ok(written)
    }

    /// When many schedules fired together, one event says so, and each page reads once.
    fn tell(&self, tx: &mut Tx) {
        const EACH: usize = 8;
        let mut of: BTreeMap<OrganizationId, HashSet<ScheduleId>> = BTreeMap::new();
        let unusable = self.unusable.iter().map(|(organization, id, _)| (*organization, *id));
        for (organization, id) in self
            .runs
            .iter()
            .map(|run| (run.organization, run.schedule))
            .chain(unusable)
        {
            of.entry(organization).or_default().insert(id);
        }
        for (organization, ids) in of {
            if ids.len() > EACH {
                tx.changed(organization, Topic::Schedules, None);
            } else {
                ids.into_iter()
                    .for_each(|id| tx.changed(organization, Topic::Schedules, id.0));
            }
        }
    }
}

/// The job of a run. `requested_by` is who wants it, as people read it.
pub(super) fn job(organization: OrganizationId, run: ScheduleRunId, requested_by: &str) -> NewJob<Queued> {
    NewJob::new(organization, requested_by, RunPayload::Run(run)).about(SubjectId(run.0))
}

#[derive(diesel::QueryableByName)]
struct Inserted {
    #[diesel(sql_type = SqlUuid)]
    id: ScheduleRunId,
}

/// Writes rows and queues the jobs of those that were new: a slot that has its row already gets no second one. Says how
/// many were new.
///
/// # Errors
/// When the database refuses.
pub(super) async fn insert(tx: &mut Tx, runs: Vec<NewRun>, now: Instant) -> AppResult<usize> {
    const COLUMNS: &str = "id, organization_id, schedule_id, nominal_at, due_at, origin, status, cause, blocked_by, job_id, \
                           requested_by, moved, changes, fired_at, created_at";
    const NEW: &str = "ON CONFLICT (schedule_id, nominal_at) DO NOTHING RETURNING id";
    if runs.is_empty() {
        return Ok(0);
    }
    let rows = Value::Array(runs.iter().map(|run| run.row(now)).collect());
    let inserted: Vec<Inserted> = on_backend!(
        tx.conn(),
        sqlite = |c| {
            diesel::sql_query(format!(
            "INSERT INTO schedule_runs ({COLUMNS}) SELECT value ->> 'id', value ->> 'organization_id', \
             value ->> 'schedule_id', value ->> 'nominal_at', value ->> 'due_at', value ->> 'origin', value ->> 'status', \
             value ->> 'cause', value ->> 'blocked_by', value ->> 'job_id', value ->> 'requested_by', value -> 'moved', \
             value -> 'changes', value ->> 'fired_at', value ->> 'created_at' FROM json_each(?) WHERE true {NEW}"
        ))
        .bind::<Text, _>(rows.to_string())
        .load(c)
        .await?
        },
        postgres = |c| {
            diesel::sql_query(format!(
            "INSERT INTO schedule_runs ({COLUMNS}) SELECT {COLUMNS} FROM jsonb_to_recordset($1) AS d (id uuid, \
             organization_id uuid, schedule_id uuid, nominal_at timestamptz, due_at timestamptz, origin text, status text, \
             cause text, blocked_by uuid, job_id uuid, requested_by uuid, moved jsonb, changes jsonb, \
             fired_at timestamptz, created_at timestamptz) {NEW}"
        ))
        .bind::<SqlJson, _>(Json(rows))
        .load(c)
        .await?
        },
    );
    let new: HashSet<ScheduleRunId> = inserted.into_iter().map(|row| row.id).collect();
    let jobs: Vec<NewJob<Queued>> = runs
        .into_iter()
        .filter(|run| new.contains(&run.id))
        .filter_map(|run| run.job)
        .collect();
    if !jobs.is_empty() {
        enqueue_all(tx, jobs).await?;
    }
    Ok(new.len())
}

impl NewRun {
    fn row(&self, now: Instant) -> Value {
        let fired_at = self.job.as_ref().map(|_| text(now));
        json!({
            "id": self.id, "organization_id": self.organization, "schedule_id": self.schedule,
            "nominal_at": text(self.slot.nominal_at), "due_at": text(self.slot.due_at),
            "origin": self.origin, "status": self.status, "cause": self.cause, "blocked_by": self.blocked_by,
            "job_id": self.job.as_ref().map(NewJob::id), "requested_by": self.requested_by,
            "moved": moved(&self.slot.moved), "changes": changes(&self.slot.changes),
            "fired_at": fired_at, "created_at": text(now),
        })
    }
}

/// As the column `moved` keeps reasons.
pub(super) fn moved(reasons: &[Reason]) -> Value {
    reasons.iter().map(Reason::stored).collect()
}

fn changes(changes: &Map<String, Value>) -> Value {
    Value::Object(changes.clone())
}

/// As both databases read it.
fn text(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

async fn advance(tx: &mut Tx, all: &[Advance]) -> QueryResult<()> {
    const SET: &str = "UPDATE schedules SET settled_at = d.settled_at, next_nominal_at = d.next_nominal_at, \
                       next_at = d.next_at FROM";
    if all.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = all
        .iter()
        .map(|advance| {
            let (nominal, due) = advance.next.unzip();
            json!({
                "id": advance.id, "settled_at": text(advance.settled_at),
                "next_nominal_at": nominal.map(text), "next_at": due.map(text),
            })
        })
        .collect();
    let rows = Value::Array(rows);
    on_backend!(
        tx.conn(),
        sqlite = |c| diesel::sql_query(format!(
            "{SET} (SELECT value ->> 'id' AS id, value ->> 'settled_at' AS settled_at, \
             value ->> 'next_nominal_at' AS next_nominal_at, value ->> 'next_at' AS next_at FROM json_each(?)) AS d \
             WHERE schedules.id = d.id"
        ))
        .bind::<Text, _>(rows.to_string())
        .execute(c)
        .await?,
        postgres = |c| diesel::sql_query(format!(
            "{SET} jsonb_to_recordset($1) AS d (id uuid, settled_at timestamptz, next_nominal_at timestamptz, \
             next_at timestamptz) WHERE schedules.id = d.id"
        ))
        .bind::<SqlJson, _>(Json(rows))
        .execute(c)
        .await?,
    );
    Ok(())
}

/// Ends runs that have not begun.
pub(super) async fn end_waiting(
    tx: &mut Tx,
    ids: Vec<ScheduleRunId>,
    status: ScheduleRunStatus,
    cause: Option<MissedCause>,
    now: Instant,
) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let waiting = schedule_runs::table
        .filter(schedule_runs::id.eq_any(ids))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Waiting));
    with_conn!(tx.conn(), |c| diesel::update(waiting)
        .set((
            schedule_runs::status.eq(status),
            schedule_runs::cause.eq(cause),
            schedule_runs::ended_at.eq(Some(now)),
        ))
        .execute(c)
        .await)?;
    Ok(())
}

/// A schedule without a plan has no next slot. If it fired until now, it is paused, and that is told.
async fn stop(tx: &mut Tx, organization: OrganizationId, id: ScheduleId, fired: bool, now: Instant) -> AppResult<()> {
    let row = schedules::table.filter(schedules::organization_id.eq(organization).and(schedules::id.eq(id)));
    let next = (
        schedules::next_nominal_at.eq(None::<Instant>),
        schedules::next_at.eq(None::<Instant>),
    );
    with_conn!(tx.conn(), |c| diesel::update(row).set(next).execute(c).await)?;
    if fired {
        pause(tx, organization, id, PauseCause::Unusable, now).await?;
    }
    Ok(())
}

/// Pauses a schedule for the program's own reason. A job tells it, so that it is told once and surely.
///
/// # Errors
/// When the database refuses.
pub(super) async fn pause(
    tx: &mut Tx,
    organization: OrganizationId,
    id: ScheduleId,
    cause: PauseCause,
    now: Instant,
) -> AppResult<()> {
    let row = schedules::table.filter(schedules::organization_id.eq(organization).and(schedules::id.eq(id)));
    with_conn!(tx.conn(), |c| diesel::update(row)
        .set((
            schedules::paused_at.eq(Some(now)),
            schedules::paused_by.eq(None::<UserId>),
            schedules::pause_note.eq(None::<String>),
            schedules::pause_cause.eq(Some(cause)),
        ))
        .execute(c)
        .await)?;
    let tell = NewJob::<Queued>::new(organization, "scheduler", RunPayload::Paused(id)).about(SubjectId(id.0));
    enqueue(tx, tell).await?;
    Ok(())
}
