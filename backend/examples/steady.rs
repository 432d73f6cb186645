//! Works at a steady rate for a long time and reports each minute: `cargo xtask soak`.
//!
//! Arguments: minutes, jobs a second, and the file for the numbers. Ended jobs are kept for five minutes only, so that
//! memory and database must stop growing.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a tool for developers may stop at the unexpected"
)]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::{App, JobContext, Kinds, Tasks},
    clock::SystemClock,
    config::Config,
    db::{RunQueryDsl, schema::jobs},
    engine::{NewJob, Task, TaskResult, Worker, WorkerOptions, enqueue_all},
    on_backend, with_conn,
};
use esteira_shared::reason::Reason;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Every tenth job works for a while, every hundredth fails once before it goes well.
struct Chore;

static WAITS: Mutex<Vec<Duration>> = Mutex::new(Vec::new());

impl Task for Chore {
    const NAME: &'static str = "chore";
    const KEEP: Duration = Duration::from_secs(300);
    type App = App;
    type Payload = u64;

    async fn run(job: &JobContext, number: u64) -> TaskResult {
        if job.row().attempt == 1 {
            let waited = job.app.clock.now() - job.row().run_at;
            WAITS
                .lock()
                .expect("no run panics")
                .push(waited.to_std().unwrap_or_default());
        }
        job.log(Reason::quoted(format!("tarefa {number}")));
        if number.is_multiple_of(10) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if number.is_multiple_of(100) && job.row().attempt == 1 {
            return Err(anyhow::anyhow!("a primeira vez falha").into());
        }
        Ok(Value::Null)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let (minutes, rate): (u64, u64) = (arguments[1].parse()?, arguments[2].parse()?);
    let config = Config::from_process().map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let database = config.database.url.to_string();
    let app = App::start(
        config,
        Arc::new(SystemClock),
        Tasks::default().with::<Chore>(),
        Kinds::default(),
    )
    .await?;
    let mut tx = app.db.begin().await?;
    let organization = Organization::create(&mut tx, "Constância").await?.id;
    tx.commit().await?;
    let stop = CancellationToken::new();
    let options = WorkerOptions {
        slots: app.config.engine.slots,
        lease: app.config.engine.lease,
        grace: Duration::from_secs(5),
    };
    let worker = tokio::spawn(Worker::new(Arc::clone(&app), options).run(stop.clone()));
    let mut report = Vec::new();
    let mut number = 0;
    println!(
        "{:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "minute", "started", "p50 ms", "p99 ms", "MiB", "db MiB", "rows"
    );
    for minute in 1..=minutes {
        let until = Instant::now() + Duration::from_secs(60);
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        while Instant::now() < until {
            tick.tick().await;
            let mut tx = app.db.begin().await?;
            let new = (0..rate / 10)
                .map(|next| NewJob::<Chore>::new(organization, "soak", number + next))
                .collect();
            enqueue_all(&mut tx, new).await?;
            tx.commit().await?;
            number += rate / 10;
        }
        let mut waits = std::mem::take(&mut *WAITS.lock().expect("no run panics"));
        waits.sort_unstable();
        let at = |percent: usize| {
            waits
                .get(waits.len() * percent / 100)
                .map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
        };
        let (rows, bytes) = size(&app).await?;
        let line = json!({
            "minute": minute, "started": waits.len(), "wait_p50_ms": at(50), "wait_p99_ms": at(99),
            "rss_bytes": rss_bytes(), "database_bytes": bytes, "jobs_kept": rows,
        });
        println!(
            "{minute:>6} {:>8} {:>8.1} {:>8.1} {:>8} {:>8} {rows:>8}",
            waits.len(),
            at(50),
            at(99),
            rss_bytes() >> 20,
            bytes >> 20
        );
        report.push(line);
    }
    stop.cancel();
    worker.await?;
    let report = json!({ "what": "a steady rate", "jobs_per_second": rate, "database": database.split(':').next(), "minutes": report });
    if let Some(path) = arguments.get(3) {
        std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    bytes: i64,
}

/// Rows of jobs, and bytes of the whole database.
async fn size(app: &App) -> anyhow::Result<(i64, i64)> {
    let mut conn = app.db.read().await?;
    let rows = with_conn!(&mut conn, |c| jobs::table.count().get_result(c).await)?;
    let size: Size = on_backend!(
        &mut conn,
        sqlite = |c| {
            diesel::sql_query("SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size")
                .get_result(c)
                .await?
        },
        postgres = |c| {
            diesel::sql_query("SELECT pg_database_size(current_database()) AS bytes")
                .get_result(c)
                .await?
        },
    );
    Ok((rows, size.bytes))
}

fn rss_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1_024
}
