//! Drains a queue of jobs that do nothing, and picks single ones up from an idle queue: `cargo xtask bench queue`.
//!
//! Arguments: the number of jobs, the number of single pick-ups, and the file for the numbers. The database is the one
//! that the settings name, and must be empty.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a tool for developers may stop at the unexpected"
)]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use esteira::{
    administration::organization::Organization,
    app::{App, SharedApp},
    config::Config,
    db::schema::{job_attempts, jobs},
    engine::{
        NewJob, Worker, WorkerOptions,
        diagnostic::{Deed, Diagnostic},
        enqueue, enqueue_all,
    },
    with_conn,
};
use esteira_shared::{ids::OrganizationId, status::JobStatus};
use serde_json::json;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let count: usize = arguments[1].parse()?;
    let singles: usize = arguments[2].parse()?;
    let mut config = Config::from_process().map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    config.engine.diagnostics = true;
    let database = config.database.url.to_string();
    let app = App::start(config).await?;
    let mut tx = app.db.begin().await?;
    let organization = Organization::create(&mut tx, "Bancada").await?.id;
    tx.commit().await?;

    let began = Instant::now();
    for chunk in (0..count).collect::<Vec<_>>().chunks(10_000) {
        let mut tx = app.db.begin().await?;
        let new = chunk.iter().map(|_| new(organization)).collect();
        enqueue_all(&mut tx, new).await?;
        tx.commit().await?;
    }
    let enqueued = began.elapsed();

    let stop = CancellationToken::new();
    let cpu = cpu();
    let began = Instant::now();
    let worker = tokio::spawn(worker(&app).run(stop.clone()));
    while unfinished(&app).await? {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let drained = began.elapsed();
    let cpu = self::cpu() - cpu;
    let attempts: i64 = with_conn!(&mut app.db.read().await?, |c| job_attempts::table
        .count()
        .get_result(c)
        .await)?;

    let mut waits = Vec::with_capacity(singles);
    for _ in 0..singles {
        // Idle again.
        tokio::time::sleep(Duration::from_millis(15)).await;
        let mut tx = app.db.begin().await?;
        let id = enqueue(&mut tx, new(organization)).await?;
        tx.commit().await?;
        let began = Instant::now();
        loop {
            let status: JobStatus = with_conn!(&mut app.db.read().await?, |c| jobs::table
                .find(id)
                .select(jobs::status)
                .first(c)
                .await)?;
            if status != JobStatus::Queued {
                break;
            }
        }
        waits.push(began.elapsed());
    }
    waits.sort_unstable();
    stop.cancel();
    worker.await?;

    let rate = |took: Duration| count as f64 / took.as_secs_f64();
    let at = |percent: usize| {
        waits
            .get(waits.len() * percent / 100)
            .map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
    };
    let figures = json!({
        "database": database.split(':').next(), "jobs": count, "exactly_once": attempts == i64::try_from(count)?,
        "enqueue_per_s": rate(enqueued), "drain_per_s": rate(drained), "cpu_s_per_1000": cpu * 1_000.0 / count as f64,
        "pick_up_ms": { "p50": at(50), "p99": at(99), "seen": "as another connection sees the claim" },
    });
    println!("{figures:#}");
    if let Some(file) = arguments.get(3) {
        std::fs::write(file, format!("{figures:#}\n"))?;
    }
    Ok(())
}

fn new(organization: OrganizationId) -> NewJob<Diagnostic> {
    NewJob::new(organization, "bench", Deed::Nothing)
}

fn worker(app: &SharedApp) -> Arc<Worker> {
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

/// Seconds of processor time of this process.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or_default()
    };
    (ticks(11) + ticks(12)) / 100.0
}
