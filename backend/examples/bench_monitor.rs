//! Fills a database with finished jobs and times the monitor over real HTTP: `cargo xtask bench monitor`.
//!
//! Arguments: how many jobs, and the file for the numbers. Rows are written directly, as the engine would have left them
//! over thirty days. Times are of the whole request on loopback, with one client.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_possible_wrap,
    reason = "a tool for developers may stop at the unexpected"
)]

#[path = "support/server.rs"]
mod server;

use std::{collections::BTreeMap, time::Instant as Stopwatch};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DurationRound as _, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::SimpleAsyncConnection as _;
use esteira::{
    administration::organization::Organization,
    app::{App, SharedApp},
    applications,
    config::Config,
    db::{
        RunQueryDsl,
        schema::{job_attempts, job_rollups, job_words, jobs},
        sql_types::Json,
    },
    engine::{job::Job, lane},
    fold::words,
    with_conn,
};
use esteira_shared::{
    ids::{JobId, OrganizationId, SubjectId, WorkerId},
    instant::Instant,
    reason::Reason,
    status::{FailureKind, JobOutcome, JobStatus},
};
use serde_json::json;
use uuid::Uuid;

use self::server::Server;

const TASKS: [&str; 8] = [
    "send_to_sat",
    "deliver_webhook",
    "bulk_move",
    "download_invoice",
    "import_file",
    "message",
    "report",
    "backup",
];
const CAUSES: [&str; 5] = [
    "o portal da operadora não respondeu em 60 s",
    "senha do portal expirada",
    "SAT recusou o documento: CNPJ divergente",
    "conexão encerrada durante o envio",
    "fatura ainda não publicada",
];
const DAYS: i64 = 30;
const REQUESTS: usize = 200;
/// Rows in one statement: 32 columns stay below SQLite's 32,766 parameters.
const CHUNK: usize = 1_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let count: usize = arguments[1].parse()?;
    let config = Config::from_process().map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let database = config.database.url.to_string();
    let app = applications::start(config).await?;
    let mut tx = app.db.begin().await?;
    let organization = Organization::create(&mut tx, "Bancada").await?.id;
    tx.commit().await?;
    let began = Stopwatch::now();
    fill(&app, organization, count).await?;
    println!("{count} jobs in {:.0} s", began.elapsed().as_secs_f64());
    let server = Server::start(&app).await?;
    let mut results = Vec::new();
    println!("{:<36} {:>8} {:>8} {:>8}  (ms)", "request", "p50", "p95", "p99");
    for (name, paths) in requests(&app).await? {
        let mut times = Vec::with_capacity(REQUESTS);
        for number in 0..REQUESTS + 10 {
            let took = server.get(&paths[number % paths.len()]).await?;
            // The first ten warm up.
            if number >= 10 {
                times.push(took);
            }
        }
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| times[times.len() * percent / 100];
        println!("{name:<36} {:>8.2} {:>8.2} {:>8.2}", at(50), at(95), at(99));
        results.push(json!({ "request": name, "p50_ms": at(50), "p95_ms": at(95), "p99_ms": at(99) }));
    }
    let report = json!({
        "what": "the monitor, 50 rows a page", "finished_jobs": count, "requests_each": REQUESTS,
        "database": database.split(':').next(), "results": results,
    });
    if let Some(path) = arguments.get(2) {
        std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

/// What people ask the monitor for; several addresses are asked in turn.
async fn requests(app: &App) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let samples = samples(app).await?;
    let mut all = Vec::new();
    let sorts = [
        "-created",
        "created",
        "-finished",
        "finished",
        "-duration",
        "duration",
        "task",
        "-task",
        "status",
        "-status",
    ];
    for sort in sorts {
        all.push((format!("order {sort}"), vec![format!("/jobs?sort={sort}")]));
        let deep = samples.iter().map(|job| {
            let place = json!({
                "sort": sort, "id": job.id, "finished_at": job.finished_at, "duration_ms": job.duration_ms,
                "task": job.task, "status": job.status,
            });
            format!(
                "/jobs?sort={sort}&cursor={}",
                BASE64_URL_SAFE_NO_PAD.encode(place.to_string())
            )
        });
        all.push((format!("order {sort}, deep"), deep.collect()));
    }
    let since = (Utc::now() - TimeDelta::days(7)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let subject = samples[7].subject_id.expect("every job has a subject");
    let filters = [
        ("status dead", "status=dead".to_owned()),
        ("status succeeded", "status=succeeded".to_owned()),
        ("status running (none)", "status=running".to_owned()),
        ("task", "task=report".to_owned()),
        ("task + status dead", "task=report&status=dead".to_owned()),
        ("one process", format!("subject_id={subject}")),
        ("since a week", format!("since={since}")),
        ("dead, slowest first", "status=dead&sort=-duration".to_owned()),
        ("search, common words", "q=portal".to_owned()),
        ("search, two words", "q=documento%20recusou".to_owned()),
        ("search, rare word", "q=xq77".to_owned()),
        ("search, an id", format!("q={}", samples[3].id)),
    ];
    all.extend(
        filters
            .into_iter()
            .map(|(name, filter)| (name.to_owned(), vec![format!("/jobs?{filter}")])),
    );
    all.push((
        "one job".to_owned(),
        samples.iter().map(|job| format!("/jobs/{}", job.id)).collect(),
    ));
    for range in ["hour", "day", "month"] {
        all.push((format!("graphs, {range}"), vec![format!("/jobs/stats?range={range}")]));
    }
    all.push((
        "graphs, month, one task".to_owned(),
        vec!["/jobs/stats?range=month&task=report".to_owned()],
    ));
    all.push(("queues".to_owned(), vec!["/queues".to_owned()]));
    all.push(("workers".to_owned(), vec!["/workers".to_owned()]));
    Ok(all)
}

/// Jobs from everywhere in the table.
async fn samples(app: &App) -> anyhow::Result<Vec<Job>> {
    let mut conn = app.db.read().await?;
    let count: i64 = with_conn!(&mut conn, |c| jobs::table.count().get_result(c).await)?;
    let mut samples = Vec::new();
    for step in 0..40 {
        let row: Job = with_conn!(&mut conn, |c| jobs::table
            .order(jobs::id)
            .offset(count * step / 40)
            .select(Job::as_select())
            .first(c)
            .await)?;
        samples.push(row);
    }
    Ok(samples)
}

#[derive(Clone, Insertable)]
#[diesel(table_name = job_attempts)]
#[diesel(treat_none_as_default_value = false)]
struct Attempt {
    job_id: JobId,
    fence: i64,
    attempt: i32,
    worker_id: WorkerId,
    started_at: Instant,
    finished_at: Instant,
    outcome: JobOutcome,
    error: Option<String>,
    error_kind: Option<FailureKind>,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = job_words)]
#[diesel(treat_none_as_default_value = false)]
struct Word {
    organization_id: OrganizationId,
    word: String,
    job_id: JobId,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = job_rollups)]
#[diesel(treat_none_as_default_value = false)]
struct Rollup {
    organization_id: OrganizationId,
    grain: String,
    start: Instant,
    task: String,
    outcome: JobOutcome,
    bin: i32,
    count: i64,
}

/// One in fifty failed. Counts are by the minute for the last day and by the hour before, as upkeep leaves them.
async fn fill(app: &SharedApp, organization: OrganizationId, count: usize) -> anyhow::Result<()> {
    let end: Instant = Utc::now().into();
    let start = end - TimeDelta::days(DAYS);
    let worker = WorkerId(Uuid::now_v7());
    let mut counts: BTreeMap<(bool, Instant, &str, JobOutcome, i32), i64> = BTreeMap::new();
    for chunk in (0..count).collect::<Vec<_>>().chunks(CHUNK) {
        let mut tx = app.db.begin().await?;
        let (mut rows, mut attempts, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for number in chunk {
            let created = start + TimeDelta::microseconds(DAYS * 86_400_000_000 / count as i64 * *number as i64);
            let (row, attempt) = finished(organization, worker, *number, created);
            let task = TASKS[number % TASKS.len()];
            let recent = end - created < TimeDelta::hours(24);
            let step = if recent {
                TimeDelta::minutes(1)
            } else {
                TimeDelta::hours(1)
            };
            let at = created.duration_trunc(step)?.into();
            let bin = (row.duration_ms.unwrap_or(1) as f64 * 1e3).log2() * 4.0;
            #[expect(clippy::cast_possible_truncation, reason = "a small number")]
            let key = (recent, at, task, attempt.outcome, bin.round() as i32);
            *counts.entry(key).or_default() += 1;
            if let Some(error) = &row.last_error {
                let word = |word| Word {
                    organization_id: organization,
                    word,
                    job_id: row.id,
                };
                found.extend(words(&error.to_string()).into_iter().map(word));
            }
            rows.push(row);
            attempts.push(attempt);
        }
        with_conn!(tx.conn(), |c| diesel::insert_into(jobs::table)
            .values(&rows)
            .execute(c)
            .await)?;
        with_conn!(tx.conn(), |c| diesel::insert_into(job_attempts::table)
            .values(&attempts)
            .execute(c)
            .await)?;
        with_conn!(tx.conn(), |c| diesel::insert_into(job_words::table)
            .values(&found)
            .execute(c)
            .await)?;
        tx.commit().await?;
    }
    let rollups: Vec<Rollup> = counts
        .into_iter()
        .map(|((recent, start, task, outcome, bin), count)| Rollup {
            organization_id: organization,
            grain: if recent { "minute" } else { "hour" }.to_owned(),
            start,
            task: task.to_owned(),
            outcome,
            bin,
            count,
        })
        .collect();
    println!("{} counts", rollups.len());
    for chunk in rollups.chunks(CHUNK) {
        let mut tx = app.db.begin().await?;
        with_conn!(tx.conn(), |c| diesel::insert_into(job_rollups::table)
            .values(chunk)
            .execute(c)
            .await)?;
        tx.commit().await?;
    }
    if app.db.is_postgres() {
        // As its autovacuum would have done by the time that so many jobs are over.
        let mut tx = app.db.begin().await?;
        with_conn!(tx.conn(), |c| c.batch_execute("ANALYZE").await)?;
        tx.commit().await?;
    }
    Ok(())
}

fn finished(organization: OrganizationId, worker: WorkerId, number: usize, created: Instant) -> (Job, Attempt) {
    let milliseconds = u64::try_from(created.timestamp_millis()).expect("after 1970");
    let mut random = [0; 10];
    random[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    let id = JobId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid());
    let failed = number % 50 == 17;
    let took = 5 + i64::try_from(number * 7_919 % 4_096).expect("small");
    let ended = created + TimeDelta::milliseconds(took);
    let cause = CAUSES[number / 50 % CAUSES.len()];
    let error = failed.then(|| match number % 100_000 {
        17 => format!("{cause} (xq77)"),
        _ => cause.to_owned(),
    });
    let kind = failed.then_some(if number.is_multiple_of(3) {
        FailureKind::Business
    } else {
        FailureKind::Technical
    });
    let task = TASKS[number % TASKS.len()];
    let row = Job {
        id,
        organization_id: organization,
        queue: "default".to_owned(),
        lane: lane(organization, ""),
        task: task.to_owned(),
        payload: Json(json!({ "number": number })),
        status: if failed { JobStatus::Dead } else { JobStatus::Succeeded },
        priority: 5,
        run_at: created,
        rank: created + TimeDelta::minutes(5),
        attempt: 1,
        losses: 0,
        max_attempts: 8,
        fence: 1,
        worker_id: None,
        lease_expires_at: None,
        unique_key: None,
        unique_scope: None,
        subject_id: Some(SubjectId(Uuid::from_u64_pair(7, (number / 10) as u64))),
        requested_by: "Bancada".to_owned(),
        group_id: None,
        waits_for: None,
        progress: 100,
        progress_message: None,
        cancel_requested_at: None,
        last_error: error.clone().map(Reason::quoted),
        last_error_kind: kind,
        result: (!failed).then(|| Json(json!({ "protocolo": number }))),
        created_at: created,
        started_at: Some(created),
        finished_at: Some(ended),
        duration_ms: Some(took),
        elsewhere: None,
    };
    let attempt = Attempt {
        job_id: id,
        fence: 1,
        attempt: 1,
        worker_id: worker,
        started_at: created,
        finished_at: ended,
        outcome: if failed {
            JobOutcome::Failed
        } else {
            JobOutcome::Succeeded
        },
        error,
        error_kind: kind,
    };
    (row, attempt)
}
