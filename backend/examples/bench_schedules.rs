//! Our side of `cargo xtask bench schedules`, reported as its peers are (see `xtask/peers/README.md`).
//!
//! `bench_schedules [options] fire <server>` has very many schedules due at one instant on the real server, `idle <server>`
//! very many that are due hours later: on SQLite, or in a schema of its own on PostgreSQL, which is made anew. What they
//! start is the opening of a month for an organisation without accounts: the shortest work there is. Prints one line of
//! JSON.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a tool for developers may stop at the unexpected"
)]

#[path = "support/meter.rs"]
mod meter;
#[allow(dead_code, reason = "other tools use the rest")]
#[path = "support/program.rs"]
mod program;

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context as _, anyhow, ensure};
use chrono::{DateTime, TimeDelta};
use chrono_tz::America::Sao_Paulo;
use clap::{Parser, Subcommand};
use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::SharedApp,
    applications,
    config::{Config, Vars},
    db::{
        RunQueryDsl,
        schema::{job_attempts, schedule_runs, schedules},
        sql_types::Json,
    },
    scheduler::{ScheduleRow, plan},
    with_conn,
};
use esteira_shared::{
    ids::{JobId, OrganizationId, ScheduleId},
    instant::Instant,
    schedule::{Calendars, Schedule},
    status::{CatchUp, Overlap, ScheduleKind, ScheduleRunStatus},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use self::program::Program;

/// Opens nothing anywhere else: the key of a throw-away database.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// To write the schedules and to start the server.
const ROOM: TimeDelta = TimeDelta::seconds(35);
/// So long before the instant the server must be there: it makes its plans ten seconds before.
const READY: TimeDelta = TimeDelta::seconds(15);
/// From the instant until all have run.
const PATIENCE: Duration = Duration::from_secs(300);
/// Schedules that are written in one transaction.
const AT_ONCE: usize = 1_000;

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 10_000)]
    schedules: usize,
    #[arg(long)]
    database_url: Option<String>,
    /// Process of the database server, for its processor time
    #[arg(long)]
    database_id: Option<u32>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All due at the same second
    Fire { server: PathBuf },
    /// None due: what the server costs then
    Idle {
        server: PathBuf,
        /// Seconds before it is looked at
        #[arg(long, default_value_t = 60)]
        settle: u64,
        /// Seconds for which it is looked at
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let stage = Stage::new(arguments.database_url.as_deref()).await?;
    let figures = match &arguments.command {
        Command::Fire { server } => stage.fire(&arguments, server.clone()).await?,
        Command::Idle {
            server,
            settle,
            seconds,
        } => {
            let times = (Duration::from_secs(*settle), Duration::from_secs(*seconds));
            stage.idle(&arguments, server.clone(), times).await?
        }
    };
    let mut report = stage.facts(&arguments);
    if let (Some(all), Value::Object(figures)) = (report.as_object_mut(), figures) {
        all.extend(figures);
    }
    println!("{report}");
    Ok(())
}

/// An empty database with an organisation, and what a server on it is started with.
struct Stage {
    app: SharedApp,
    organization: OrganizationId,
    vars: Vars,
    _folder: TempDir,
}

impl Stage {
    async fn new(database_url: Option<&str>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut vars: Vars = [
            ("ESTEIRA_DATA_DIR", folder.path().to_str().context("a path is UTF-8")?),
            ("ESTEIRA_SECRET_KEY", KEY),
            ("ESTEIRA_LOG", "warn"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        if let Some(url) = database_url {
            let anew = "DROP SCHEMA IF EXISTS esteira_bench CASCADE; CREATE SCHEMA esteira_bench";
            ask(url, anew).await?;
            let url = format!("{url}?options=-c%20search_path%3Desteira_bench");
            vars.insert("ESTEIRA_DATABASE_URL".to_owned(), url);
        }
        let config = Config::load(vars.clone()).map_err(|problems| anyhow!("{problems:?}"))?;
        let app = applications::start(config).await?;
        let mut tx = app.db.begin().await?;
        let organization = Organization::create(&mut tx, "Bancada").await?.id;
        tx.commit().await?;
        Ok(Self {
            app,
            organization,
            vars,
            _folder: folder,
        })
    }

    fn facts(&self, arguments: &Arguments) -> Value {
        let (server, durability) = match self.app.db.is_postgres() {
            true => ("postgresql", "fsync on, synchronous_commit on"),
            false => ("sqlite", "WAL, synchronous FULL"),
        };
        json!({
            "version": env!("CARGO_PKG_VERSION"), "runtime": "rust", "server": server, "durability": durability,
            "setting": format!("{server}, {} slots", self.app.config.engine.slots), "schedules": arguments.schedules,
        })
    }

    async fn fire(&self, arguments: &Arguments, server: PathBuf) -> anyhow::Result<Value> {
        let due = next_minute(self.app.clock.now() + ROOM)?;
        self.write(arguments.schedules, |_| due).await?;
        if let Some(url) = &arguments.database_url {
            // As for the queue: the statistics that autovacuum would have brought to schedules that come less suddenly.
            ask(url, "VACUUM ANALYZE").await?;
        }
        let server = Program::serve(&server, &self.vars).await?;
        let left = due - self.app.clock.now();
        ensure!(
            left > READY,
            "getting ready took {} s too long",
            (READY - left).num_seconds()
        );
        let cpu = || {
            let database = arguments.database_id.map(meter::family_cpu_seconds);
            (meter::cpu_seconds(server.id()), database)
        };
        tokio::time::sleep((left - TimeDelta::seconds(1)).to_std()?).await;
        let before = cpu();
        let began = std::time::Instant::now();
        while self.succeeded().await? < arguments.schedules && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let after = cpu();
        // Whatever runs twice has time to.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mut report = self.what_ran().await?;
        report["cpu_seconds"] = json!(after.0 - before.0);
        report["server_cpu_seconds"] = json!(after.1.zip(before.1).map(|(after, before)| after - before));
        report["peak_rss_bytes"] = json!(meter::memory_bytes(server.id(), "VmHWM"));
        Ok(report)
    }

    async fn idle(
        &self,
        arguments: &Arguments,
        server: PathBuf,
        (settle, length): (Duration, Duration),
    ) -> anyhow::Result<Value> {
        // Between six and sixteen hours from now.
        let first = next_minute(self.app.clock.now() + Duration::from_hours(6))?;
        let minutes = |number: usize| Duration::from_mins(u64::try_from(number % 600).unwrap_or_default());
        self.write(arguments.schedules, |number| first + minutes(number))
            .await?;
        let server = Program::serve(&server, &self.vars).await?;
        tokio::time::sleep(settle).await;
        let before = meter::cpu_seconds(server.id());
        let database = arguments.database_id.map(meter::family_cpu_seconds);
        tokio::time::sleep(length).await;
        let percent = |after: f64, before: f64| 100.0 * (after - before) / length.as_secs_f64();
        let database = arguments
            .database_id
            .zip(database)
            .map(|(id, before)| percent(meter::family_cpu_seconds(id), before));
        Ok(json!({
            "memory_bytes": meter::memory_bytes(server.id(), "VmRSS"),
            "cpu_percent": percent(meter::cpu_seconds(server.id()), before),
            "database_cpu_percent": database, "parts": {},
        }))
    }

    /// Writes schedules of one daily rule each, as they stand when they were saved a moment ago.
    async fn write(&self, count: usize, due: impl Fn(usize) -> Instant) -> anyhow::Result<()> {
        let now = self.app.clock.now();
        let mut slots = HashMap::new();
        for numbers in (0..count).collect::<Vec<_>>().chunks(AT_ONCE) {
            let mut tx = self.app.db.begin().await?;
            for number in numbers {
                let due = due(*number);
                let (schedule, nominal_at, at) = match slots.entry(due) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(daily(due, now)?),
                };
                ensure!(*at == due, "it is due at {}, not at {}", **at, *due);
                let row = self.row(*number, now, schedule.clone(), (*nominal_at, *at));
                with_conn!(tx.conn(), |c| diesel::insert_into(schedules::table)
                    .values(&row)
                    .execute(c)
                    .await)?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    fn row(&self, number: usize, now: Instant, schedule: Value, (nominal_at, at): (Instant, Instant)) -> ScheduleRow {
        let name = format!("agenda {number:05}");
        ScheduleRow {
            id: ScheduleId(Uuid::now_v7()),
            organization_id: self.organization,
            sort_name: name.clone(),
            name,
            kind: ScheduleKind::OpenMonth,
            parameters: Json(json!({ "month_offset": 0 })),
            schedule: Json(schedule),
            catch_up: CatchUp::None,
            catch_up_hours: 24,
            overlap: Overlap::Skip,
            pause_after_failures: 5,
            failures_in_row: 0,
            active: true,
            paused_at: None,
            paused_by: None,
            pause_note: None,
            pause_cause: None,
            next_nominal_at: Some(nominal_at),
            next_at: Some(at),
            settled_at: now,
            created_by: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    async fn succeeded(&self) -> anyhow::Result<usize> {
        let mut conn = self.app.db.read().await?;
        let count: i64 = with_conn!(&mut conn, |c| schedule_runs::table
            .filter(schedule_runs::status.eq(ScheduleRunStatus::Succeeded))
            .count()
            .get_result(c)
            .await)?;
        Ok(usize::try_from(count)?)
    }

    /// Microseconds from the instant at which each was due to its firing, and to the start of its job.
    async fn what_ran(&self) -> anyhow::Result<Value> {
        let mut conn = self.app.db.read_long().await?;
        let runs: Vec<(ScheduleId, Instant, Option<Instant>, Option<JobId>)> =
            with_conn!(&mut conn, |c| schedule_runs::table
                .filter(schedule_runs::fired_at.is_not_null())
                .select((
                    schedule_runs::schedule_id,
                    schedule_runs::due_at,
                    schedule_runs::fired_at,
                    schedule_runs::job_id,
                ))
                .load(c)
                .await)?;
        let attempts: Vec<(JobId, Instant)> = with_conn!(&mut conn, |c| job_attempts::table
            .order((job_attempts::job_id, job_attempts::fence))
            .select((job_attempts::job_id, job_attempts::started_at))
            .load(c)
            .await)?;
        let late = |at: Instant, due: Instant| (at - due).num_microseconds().unwrap_or(i64::MAX);
        let due: HashMap<JobId, (ScheduleId, Instant)> = runs
            .iter()
            .filter_map(|(schedule, due, _, job)| Some(((*job)?, (*schedule, *due))))
            .collect();
        let ran: HashSet<ScheduleId> = attempts.iter().filter_map(|(job, _)| Some(due.get(job)?.0)).collect();
        let fired: Vec<i64> = runs
            .iter()
            .filter_map(|(_, due, fired, _)| Some(late((*fired)?, *due)))
            .collect();
        let started: Vec<i64> = attempts
            .iter()
            .filter_map(|(job, at)| Some(late(*at, due.get(job)?.1)))
            .collect();
        Ok(json!({
            "fired_us": fired, "started_us": started, "executed": attempts.len(), "distinct": ran.len(),
        }))
    }
}

/// A daily rule for this instant, with its first slot.
fn daily(due: Instant, now: Instant) -> anyhow::Result<(Value, Instant, Instant)> {
    let time = due.with_timezone(&Sao_Paulo).format("%H:%M").to_string();
    let rule = json!({ "timezone": "America/Sao_Paulo", "rule": { "type": "daily", "every": 1, "times": [time] } });
    let schedule: Schedule = serde_json::from_value(rule.clone())?;
    let plan =
        plan(ScheduleId(Uuid::nil()), &schedule, &Calendars::default()).map_err(|problems| anyhow!("{problems:?}"))?;
    let slot = plan.next_after(now).context("it fires every day")?;
    Ok((rule, slot.nominal_at, slot.at))
}

/// The first full minute after an instant.
fn next_minute(after: Instant) -> anyhow::Result<Instant> {
    let minute = after.timestamp().div_euclid(60) + 1;
    let at = DateTime::from_timestamp(minute * 60, 0).context("a time that exists")?;
    Ok(at.into())
}

async fn ask(url: &str, statements: &str) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client.batch_execute(statements).await?)
}
