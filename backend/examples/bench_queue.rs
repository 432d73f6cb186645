//! Our side of `cargo xtask bench queue`, measured and reported as its peers are (see `xtask/peers/README.md`).
//!
//! `bench_queue drain <jobs> [url]` or `bench_queue pickup <jobs> [url]`: on PostgreSQL in a schema of its own, which is made
//! anew, or on SQLite in `ESTEIRA_DATA_DIR`. Prints one line of JSON.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a tool for developers may stop at the unexpected"
)]

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::{App, JobContext, Kinds, SharedApp, Tasks},
    clock::SystemClock,
    config::{Config, Vars},
    db::{RunQueryDsl, schema::jobs},
    engine::{NewJob, Task, TaskResult, Worker, WorkerOptions, enqueue, enqueue_all},
    with_conn,
};
use esteira_shared::{ids::OrganizationId, status::JobStatus};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Notes that it ran, and does nothing else.
struct Note;

static RUNS: Mutex<Vec<(usize, Instant)>> = Mutex::new(Vec::new());

impl Task for Note {
    const NAME: &'static str = "note";
    type App = App;
    type Payload = usize;

    async fn run(_: &JobContext, number: usize) -> TaskResult {
        let now = Instant::now();
        RUNS.lock().expect("no run panics").push((number, now));
        Ok(Value::Null)
    }
}

/// Pick-ups that are not reported: the first ones open connections.
const WARM_UP: usize = 20;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let count: usize = arguments[2].parse()?;
    let mut vars: Vars = std::env::vars()
        .filter(|(name, _)| name.starts_with("ESTEIRA_"))
        .collect();
    if let Some(url) = arguments.get(3) {
        let schema = format!("{url}?options=-c%20search_path%3Desteira_bench");
        vars.insert("ESTEIRA_DATABASE_URL".to_owned(), schema);
        ask(
            url,
            "DROP SCHEMA IF EXISTS esteira_bench CASCADE; CREATE SCHEMA esteira_bench",
        )
        .await?;
    }
    let config = Config::load(vars).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let app = App::start(
        config,
        Arc::new(SystemClock),
        Tasks::default().with::<Note>(),
        Kinds::default(),
    )
    .await?;
    let mut tx = app.db.begin().await?;
    let organization = Organization::create(&mut tx, "Bancada").await?.id;
    tx.commit().await?;
    let (server, durability) = match app.db.is_postgres() {
        true => ("postgresql", "fsync on, synchronous_commit on"),
        false => ("sqlite", "WAL, synchronous FULL"),
    };
    let mut report = json!({
        "peer": "esteira", "version": env!("CARGO_PKG_VERSION"), "runtime": "rust", "server": server,
        "setting": format!("{} slots", app.config.engine.slots), "durability": durability, "jobs": count,
    });
    let figures = match arguments[1].as_str() {
        "drain" => drain(&app, organization, count, arguments.get(3)).await?,
        _ => pick_up(&app, organization, count).await?,
    };
    if let (Some(all), Value::Object(figures)) = (report.as_object_mut(), figures) {
        all.extend(figures);
    }
    println!("{report}");
    Ok(())
}

async fn drain(
    app: &SharedApp,
    organization: OrganizationId,
    count: usize,
    url: Option<&String>,
) -> anyhow::Result<Value> {
    let began = Instant::now();
    for chunk in (0..count).collect::<Vec<_>>().chunks(10_000) {
        let mut tx = app.db.begin().await?;
        let new = chunk.iter().map(|number| job(organization, *number)).collect();
        enqueue_all(&mut tx, new).await?;
        tx.commit().await?;
    }
    let enqueued = began.elapsed();
    if let Some(url) = url {
        // As for the peers: the statistics that autovacuum would have brought a queue that fills less suddenly.
        ask(url, "VACUUM ANALYZE").await?;
    }
    let stop = CancellationToken::new();
    let cpu = cpu_seconds();
    let began = Instant::now();
    let worker = tokio::spawn(worker(app).run(stop.clone()));
    while unfinished(app).await? {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let drained = began.elapsed();
    let cpu = cpu_seconds() - cpu;
    stop.cancel();
    worker.await?;
    let runs = RUNS.lock().expect("no run panics");
    let distinct: HashSet<usize> = runs.iter().map(|(number, _)| *number).collect();
    Ok(json!({
        "enqueue_seconds": enqueued.as_secs_f64(), "seconds": drained.as_secs_f64(), "cpu_seconds": cpu,
        "peak_rss_bytes": peak_rss_bytes(), "executed": runs.len(), "distinct": distinct.len(),
    }))
}

async fn pick_up(app: &SharedApp, organization: OrganizationId, count: usize) -> anyhow::Result<Value> {
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker(app).run(stop.clone()));
    let mut latencies_us = Vec::with_capacity(count);
    for number in 0..count + WARM_UP {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let began = Instant::now();
        let mut tx = app.db.begin().await?;
        enqueue(&mut tx, job(organization, number)).await?;
        tx.commit().await?;
        let started = loop {
            let last = RUNS.lock().expect("no run panics").last().copied();
            match last {
                Some((ran, at)) if ran == number => break at,
                _ => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        };
        if number >= WARM_UP {
            latencies_us.push((started - began).as_micros());
        }
    }
    stop.cancel();
    worker.await?;
    Ok(json!({ "latencies_us": latencies_us }))
}

async fn ask(url: &str, statements: &str) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client.batch_execute(statements).await?)
}

fn job(organization: OrganizationId, number: usize) -> NewJob<Note> {
    NewJob::new(organization, "bench", number)
}

fn worker(app: &SharedApp) -> Arc<Worker<App>> {
    let options = WorkerOptions {
        slots: app.config.engine.slots,
        lease: app.config.engine.lease,
        grace: Duration::from_secs(5),
    };
    Worker::new(Arc::clone(app), options)
}

async fn unfinished(app: &App) -> anyhow::Result<bool> {
    let found: Option<JobStatus> = with_conn!(&mut app.db.read().await?, |c| jobs::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "status IN ('queued', 'running')"
        ))
        .select(jobs::status)
        .first(c)
        .await
        .optional())?;
    Ok(found.is_some())
}

/// Processor time of this process: hundredths of a second in /proc on every Linux.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("a number of ticks");
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_rss_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1_024
}
