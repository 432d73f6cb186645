//! The scheduler: each slot has one row and at most one job, whatever stands in its way.

mod by_hand;
mod catch_up;
mod deeds;
mod ends;
mod overlap;
mod preview;
mod replicas;
mod unusable;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use esteira::{
    app::{App, Kinds, Scheduler, SharedApp},
    db::{
        RunQueryDsl,
        schema::{jobs, schedule_runs, schedules},
        sql_types::Json,
    },
    engine::Worker,
    scheduler::{RunRow, ScheduleRow, replan},
    with_conn,
};
use esteira_shared::{
    ids::{OrganizationId, ScheduleId},
    instant::Instant,
    status::{CatchUp, Overlap, ScheduleKind},
    task::TaskName,
};
use serde_json::{Value, json};
use uuid::Uuid;

use self::deeds::Deeds;
use crate::support::{Fixture, TestApp, worker};

/// A server that has the tests' own kind of schedule, and an organisation.
struct Stage {
    app: SharedApp,
    scheduler: Arc<Scheduler>,
    fixture: Fixture,
    organization: OrganizationId,
}

fn kinds() -> Kinds {
    Kinds::default().with::<Deeds>().on_paused(deeds::paused)
}

impl Stage {
    async fn new(test: &TestApp) -> Self {
        let fixture = Fixture::new(test, "agendas").await;
        let app = test.replica_with(kinds()).await;
        Self {
            scheduler: Scheduler::new(Arc::clone(&app)),
            organization: fixture.organization,
            app,
            fixture,
        }
    }

    fn worker(&self) -> Arc<Worker<App>> {
        worker(&self.app)
    }

    /// A schedule that fires every hour and notes each run under its name.
    async fn hourly(&self, change: impl FnOnce(&mut ScheduleRow)) -> ScheduleRow {
        self.schedule(json!({ "type": "interval", "minutes": 60 }), change)
            .await
    }

    async fn schedule(&self, rule: Value, change: impl FnOnce(&mut ScheduleRow)) -> ScheduleRow {
        let mut row = self.row(json!({ "timezone": "America/Sao_Paulo", "rule": rule }));
        change(&mut row);
        self.insert(row).await
    }

    fn row(&self, schedule: Value) -> ScheduleRow {
        let (id, now) = (ScheduleId(Uuid::now_v7()), self.app.clock.now());
        let name = id.to_string();
        ScheduleRow {
            id,
            organization_id: self.organization,
            sort_name: name.clone(),
            parameters: Json(json!({ "key": name })),
            name,
            kind: ScheduleKind::CleanUp,
            schedule: Json(schedule),
            catch_up: CatchUp::None,
            catch_up_hours: 24,
            overlap: Overlap::Allow,
            pause_after_failures: 0,
            failures_in_row: 0,
            active: true,
            paused_at: None,
            paused_by: None,
            pause_note: None,
            pause_cause: None,
            next_nominal_at: None,
            next_at: None,
            settled_at: now,
            created_by: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    async fn insert(&self, mut row: ScheduleRow) -> ScheduleRow {
        let mut tx = self.app.db.begin().await.unwrap();
        with_conn!(tx.conn(), |c| diesel::insert_into(schedules::table)
            .values(&row)
            .execute(c)
            .await)
        .unwrap();
        replan(&mut tx, &mut row).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn find(&self, id: ScheduleId) -> ScheduleRow {
        let mut conn = self.app.db.read().await.unwrap();
        ScheduleRow::find(&mut conn, self.organization, id)
            .await
            .unwrap()
            .unwrap()
    }

    /// All runs of a schedule, in the order of time.
    async fn runs(&self, id: ScheduleId) -> Vec<RunRow> {
        let mut conn = self.app.db.read().await.unwrap();
        with_conn!(&mut conn, |c| schedule_runs::table
            .filter(schedule_runs::schedule_id.eq(id))
            .order((schedule_runs::due_at, schedule_runs::id))
            .select(RunRow::as_select())
            .load(c)
            .await)
        .unwrap()
    }

    /// What became of each slot: its status, with its origin or its cause.
    async fn outcomes(&self, id: ScheduleId) -> Vec<String> {
        let runs = self.runs(id).await;
        runs.iter()
            .map(|run| match run.cause {
                Some(cause) => format!("{} {cause}", run.status),
                None => format!("{} {}", run.status, run.origin),
            })
            .collect()
    }

    /// Jobs of schedules that were ever queued.
    async fn jobs(&self) -> usize {
        let mut conn = self.app.db.read().await.unwrap();
        let count: i64 = with_conn!(&mut conn, |c| jobs::table
            .filter(jobs::task.eq(TaskName::RunSchedule.as_str()))
            .count()
            .get_result(c)
            .await)
        .unwrap();
        usize::try_from(count).unwrap()
    }

    async fn fire(&self, at: Instant) -> usize {
        self.scheduler.fire_due_at(at).await.unwrap()
    }

    async fn run_jobs(&self) -> usize {
        self.worker().run_until_idle().await.unwrap()
    }

    /// Puts a schedule back as if nobody had looked at it since then.
    async fn wind_back(&self, id: ScheduleId, to: Instant) {
        let mut tx = self.app.db.begin().await.unwrap();
        with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(id))
            .set((
                schedules::settled_at.eq(to),
                schedules::next_at.eq(Some(to)),
                schedules::next_nominal_at.eq(Some(to)),
            ))
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
    }
}

/// The first slot of a schedule.
fn first(row: &ScheduleRow) -> Instant {
    row.next_at.unwrap()
}

fn hours(hours: i64) -> TimeDelta {
    TimeDelta::hours(hours)
}

fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

fn at(text: &str) -> Instant {
    text.parse::<DateTime<Utc>>().unwrap().into()
}
