//! Two workers on PostgreSQL, and at each slot of a schedule the one that fires it is killed: before its rows are
//! committed, or as soon after as it goes. Each slot has one run and one job all the same.
//!
//! A few slots here; `cargo xtask chaos --slots 200` takes many. Rules know minutes, so that a schedule of its own stands
//! for each slot, and its delay is what puts them some seconds apart.

use std::{collections::BTreeSet, time::Duration};

use chrono_tz::America::Sao_Paulo;
use diesel::prelude::*;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{job_attempts, jobs, schedule_runs, schedules},
        sql_types::Json,
    },
    scheduler::{RunRow, ScheduleRow, plan, replan},
    with_conn,
};
use esteira_shared::{
    ids::{JobId, OrganizationId, ScheduleId},
    instant::Instant,
    schedule::{Calendars, Schedule},
    status::{CatchUp, JobStatus, Overlap, RunOrigin, ScheduleKind, ScheduleRunStatus},
    task::TaskName,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use super::{Program, beside, organization};
use crate::support::{TestApp, eventually_within};

const SLOTS: u32 = 10;
/// From one slot to the next: a worker needs about a second to be back.
const APART: Duration = Duration::from_secs(2);
/// Until the first.
const READY: Duration = Duration::from_secs(8);
/// A slot may be so much later than evenly spaced.
const ROUGHLY: Duration = Duration::from_millis(400);
/// So long before a slot its rows are barred.
const BARRED: Duration = Duration::from_millis(300);
/// As the database knows the workers, each followed by the test's own name.
const WORKERS: [&str; 2] = ["ana_", "bia_"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_slot_runs_once_although_who_fires_it_is_killed() {
    let test = TestApp::postgres().await;
    let organization = organization(&test).await;
    let mut workers = Workers::start(&test).await;
    eventually_within(Duration::from_secs(60), "both workers are there", || async {
        workers.present().await == WORKERS.len()
    })
    .await;
    let slots = spread(&test, organization).await;
    let mut random = StdRng::seed_from_u64(20_261_202);
    let mut killed = [0_usize; 3];
    for (number, slot) in slots.iter().enumerate() {
        let (at, moment) = match number % 2 {
            0 => workers.barred(&test, *slot).await,
            _ => workers.caught(&test, *slot).await,
        };
        // What nobody was seen at is over; then chance decides.
        let at = at.unwrap_or_else(|| random.random_range(0..WORKERS.len()));
        workers.kill(at, &test);
        workers.unbar().await;
        killed[moment as usize] += 1;
    }
    eventually_within(Duration::from_secs(180), "every slot has run", || async {
        succeeded(&test).await == slots.len()
    })
    .await;
    let report = judge(&test, &slots).await;
    let [before, at_work, over] = killed;
    println!(
        "chaos: {} slots, whose worker was killed {before} times before the rows were committed, {at_work} times while its job \
         ran, {over} times when it was over; {report}",
        slots.len()
    );
    if slots.len() >= 10 {
        assert!(before >= slots.len() / 3, "only {before} died while they fired");
    }
}

fn count() -> u32 {
    let told = std::env::var("ESTEIRA_TEST_CHAOS_SLOTS").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(SLOTS)
}

/// A schedule that fires once, and when.
#[derive(Clone, Copy)]
struct Slot {
    schedule: ScheduleId,
    due: Instant,
}

/// When a worker was killed.
#[derive(Clone, Copy)]
enum Moment {
    Firing,
    Working,
    Over,
}

/// Schedules whose slots are evenly spaced. The delay of one comes from its id, so ids are drawn until each place is taken.
async fn spread(test: &TestApp, organization: OrganizationId) -> Vec<Slot> {
    let now = test.app.clock.now();
    let start = now + READY;
    let length = READY + APART * count();
    let rule = json!({
        "timezone": "America/Sao_Paulo",
        "rule": { "type": "once", "at": now.with_timezone(&Sao_Paulo).format("%Y-%m-%dT%H:%M").to_string() },
        // The rule's minute began up to a minute ago.
        "jitter_seconds": length.as_secs() + 60,
    });
    let schedule: Schedule = serde_json::from_value(rule.clone()).unwrap();
    let mut places: Vec<Option<Slot>> = vec![None; usize::try_from(count()).unwrap()];
    while places.iter().any(Option::is_none) {
        let id = ScheduleId(Uuid::now_v7());
        let planned = plan(id, &schedule, &Calendars::default()).unwrap();
        let Some(due) = planned.next_after(now).map(|slot| slot.at) else {
            continue;
        };
        let Ok(after) = (due - start).to_std() else {
            continue;
        };
        let (place, late) = (
            after.as_millis() / APART.as_millis(),
            after.as_millis() % APART.as_millis(),
        );
        let place = usize::try_from(place).unwrap();
        if late <= ROUGHLY.as_millis() && places.get(place).is_some_and(Option::is_none) {
            places[place] = Some(Slot { schedule: id, due });
        }
    }
    let slots: Vec<Slot> = places.into_iter().flatten().collect();
    let mut tx = test.app.db.begin().await.unwrap();
    for slot in &slots {
        let mut row = row(slot.schedule, organization, rule.clone(), now);
        with_conn!(tx.conn(), |c| diesel::insert_into(schedules::table)
            .values(&row)
            .execute(c)
            .await)
        .unwrap();
        replan(&mut tx, &mut row).await.unwrap();
        assert_eq!(row.next_at, Some(slot.due));
    }
    tx.commit().await.unwrap();
    slots
}

/// Opens the month for nobody: there are no accounts.
fn row(id: ScheduleId, organization: OrganizationId, schedule: Value, now: Instant) -> ScheduleRow {
    let name = id.to_string();
    ScheduleRow {
        id,
        organization_id: organization,
        sort_name: name.clone(),
        name,
        kind: ScheduleKind::OpenMonth,
        parameters: Json(json!({ "month_offset": 0 })),
        schedule: Json(schedule),
        catch_up: CatchUp::All,
        catch_up_hours: 24,
        overlap: Overlap::Skip,
        pause_after_failures: 5,
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

/// The two programs, as the database sees them.
struct Workers {
    programs: Vec<Option<Program>>,
    names: Vec<String>,
    /// For looking.
    eye: Client,
    /// For a transaction that holds the runs.
    bar: Client,
}

impl Workers {
    async fn start(test: &TestApp) -> Self {
        let named = |at: &usize| address(test, *at).1;
        let places: Vec<usize> = (0..WORKERS.len()).collect();
        Self {
            programs: places.iter().map(|at| Some(program(test, *at))).collect(),
            names: places.iter().map(named).collect(),
            eye: connect(test).await,
            bar: connect(test).await,
        }
    }

    async fn present(&self) -> usize {
        let sql = "SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name = ANY($1)";
        self.eye.query(sql, &[&self.names]).await.unwrap().len()
    }

    /// Keeps everybody from writing runs, and waits until somebody stands there with this slot in its hands.
    async fn barred(&self, test: &TestApp, slot: Slot) -> (Option<usize>, Moment) {
        sleep_until(test, slot.due, BARRED).await;
        let bar = "BEGIN; LOCK TABLE schedule_runs IN SHARE MODE";
        self.bar.batch_execute(bar).await.unwrap();
        let waits = "wait_event_type = 'Lock' AND query LIKE 'INSERT INTO schedule_runs%'";
        self.see(slot, waits).await
    }

    async fn unbar(&self) {
        self.bar.batch_execute("COMMIT").await.unwrap();
    }

    /// Looks as often as it can, from just before the slot on.
    async fn caught(&self, test: &TestApp, slot: Slot) -> (Option<usize>, Moment) {
        sleep_until(test, slot.due, Duration::from_millis(5)).await;
        self.see(slot, "backend_xid IS NOT NULL AND query LIKE '%schedule%'")
            .await
    }

    async fn see(&self, slot: Slot, firing: &str) -> (Option<usize>, Moment) {
        let firing = format!(
            "SELECT application_name FROM pg_stat_activity WHERE application_name = ANY($1) AND {firing} ORDER BY xact_start LIMIT 1"
        );
        let work = "SELECT workers.pid FROM schedule_runs LEFT JOIN jobs ON jobs.id = schedule_runs.job_id AND \
                    jobs.status = 'running' LEFT JOIN workers ON workers.id = jobs.worker_id \
                    WHERE schedule_runs.schedule_id::text = $1";
        let began = std::time::Instant::now();
        loop {
            let found = self.eye.query_opt(work, &[&slot.schedule.to_string()]).await.unwrap();
            if let Some(row) = found {
                let pid: Option<i64> = row.get(0);
                let at = pid.and_then(|pid| self.position(pid));
                let moment = match at {
                    Some(_) => Moment::Working,
                    None => Moment::Over,
                };
                return (at, moment);
            }
            let found = self.eye.query_opt(&firing, &[&self.names]).await.unwrap();
            if let Some(name) = found.map(|row| row.get::<_, String>(0)) {
                return (self.names.iter().position(|known| *known == name), Moment::Firing);
            }
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "nobody fires {}",
                slot.schedule
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn position(&self, pid: i64) -> Option<usize> {
        let is = |program: &Option<Program>| program.as_ref().is_some_and(|program| i64::from(program.pid()) == pid);
        self.programs.iter().position(is)
    }

    /// SIGKILL, and another in its place.
    fn kill(&mut self, at: usize, test: &TestApp) {
        if let Some(program) = self.programs[at].take() {
            program.kill();
        }
        self.programs[at] = Some(program(test, at));
    }
}

fn program(test: &TestApp, at: usize) -> Program {
    let mut vars = beside(test);
    vars.insert("ESTEIRA_DATABASE_URL".to_owned(), address(test, at).0);
    Program::start(&["worker"], &vars)
}

/// The test's own database under another name, with that name.
fn address(test: &TestApp, at: usize) -> (String, String) {
    const NAME: &str = "application_name=";
    let url = &test.vars()["ESTEIRA_DATABASE_URL"];
    let (before, after) = url.split_once(NAME).unwrap();
    let own = after.split('&').next().unwrap();
    let mark = WORKERS[at];
    (format!("{before}{NAME}{mark}{after}"), format!("{mark}{own}"))
}

async fn connect(test: &TestApp) -> Client {
    let url = &test.vars()["ESTEIRA_DATABASE_URL"];
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// At once when it has passed.
async fn sleep_until(test: &TestApp, due: Instant, before: Duration) {
    let left = (due - test.app.clock.now()).to_std().unwrap_or_default();
    tokio::time::sleep(left.saturating_sub(before)).await;
}

async fn succeeded(test: &TestApp) -> usize {
    let mut conn = test.app.db.read().await.unwrap();
    let count: i64 = with_conn!(&mut conn, |c| schedule_runs::table
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Succeeded))
        .count()
        .get_result(c)
        .await)
    .unwrap();
    usize::try_from(count).unwrap()
}

async fn judge(test: &TestApp, slots: &[Slot]) -> String {
    let mut conn = test.app.db.read().await.unwrap();
    let runs: Vec<RunRow> = with_conn!(&mut conn, |c| schedule_runs::table
        .order((schedule_runs::due_at, schedule_runs::id))
        .select(RunRow::as_select())
        .load(c)
        .await)
    .unwrap();
    let of_schedules: Vec<(JobId, JobStatus)> = with_conn!(&mut conn, |c| jobs::table
        .filter(jobs::task.eq(TaskName::RunSchedule.as_str()))
        .select((jobs::id, jobs::status))
        .load(c)
        .await)
    .unwrap();
    let attempts: i64 = with_conn!(&mut conn, |c| job_attempts::table.count().get_result(c).await).unwrap();
    let ran: Vec<(ScheduleId, Instant)> = runs.iter().map(|run| (run.schedule_id, run.due_at)).collect();
    let wanted: Vec<(ScheduleId, Instant)> = slots.iter().map(|slot| (slot.schedule, slot.due)).collect();
    assert_eq!(ran, wanted, "each slot has one run, and no other has");
    let queued: BTreeSet<JobId> = of_schedules.iter().map(|(id, _)| *id).collect();
    let fired: BTreeSet<JobId> = runs.iter().filter_map(|run| run.job_id).collect();
    assert_eq!(
        (of_schedules.len(), queued),
        (slots.len(), fired),
        "each run has one job, and no other is queued"
    );
    assert!(of_schedules.iter().all(|(_, status)| *status == JobStatus::Succeeded));
    let mut latest = 0;
    for run in &runs {
        assert_eq!(
            (run.status, run.origin),
            (ScheduleRunStatus::Succeeded, RunOrigin::Schedule),
            "{run:?}"
        );
        let late = run.late_ms().unwrap();
        assert!(late >= 0, "{late} ms early");
        latest = latest.max(late);
    }
    format!("one run and one job each, {attempts} attempts, the latest fired after {latest} ms")
}
