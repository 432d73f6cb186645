//! Keeps a queue full while things break, and says what that costs: `cargo xtask bench faults`.
//!
//! Arguments: the address of PostgreSQL, the program under test, the process id of the database server (which is started
//! again by whoever started this when it ends), and the file for the numbers. Two worker programs share the work.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a tool for developers may stop at the unexpected"
)]

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::{App, Diagnostic, Kinds, SharedApp, Tasks},
    clock::SystemClock,
    config::{Config, Vars},
    db::RunQueryDsl,
    db::schema::{job_attempts, job_rollups, jobs},
    engine::{NewJob, diagnostic::Deed, enqueue_all},
    with_conn,
};
use esteira_shared::{
    ids::OrganizationId,
    status::{JobOutcome, JobStatus},
};
use serde_json::{Value, json};

/// Length of each phase, quiet ones too.
const PHASE: Duration = Duration::from_secs(15);
/// Jobs that wait at least, so that the workers never lack any.
const BACKLOG: i64 = 20_000;

struct Workers {
    program: String,
    vars: Vars,
    children: Vec<Child>,
}

impl Workers {
    fn start(program: &str, vars: &Vars) -> Self {
        let mut workers = Self {
            program: program.to_owned(),
            vars: vars.clone(),
            children: Vec::new(),
        };
        workers.children = (0..2).map(|_| workers.spawn()).collect();
        workers
    }

    fn spawn(&self) -> Child {
        let mut command = Command::new(&self.program);
        command
            .arg("worker")
            .envs(&self.vars)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().expect("the program starts")
    }

    /// SIGKILL, and a new one at once, as a service manager would.
    fn kill(&mut self, at: usize) {
        let next = self.spawn();
        let mut killed = std::mem::replace(&mut self.children[at], next);
        killed.kill().expect("it ran");
        killed.wait().expect("it ended");
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for child in &mut self.children {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let (url, program, server) = (&arguments[1], &arguments[2], &arguments[3]);
    let folder = std::env::temp_dir().join(format!("esteira-faults-{}", std::process::id()));
    let vars: Vars = [
        ("ESTEIRA_DATABASE_URL", url.as_str()),
        ("ESTEIRA_DATA_DIR", &folder.display().to_string()),
        ("ESTEIRA_SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("ESTEIRA_ENGINE_DIAGNOSTICS", "true"),
        ("ESTEIRA_LOG", "error"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let config = Config::load(vars.clone()).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let app = App::start(
        config,
        Arc::new(SystemClock),
        Tasks::default().with::<Diagnostic>(),
        Kinds::default(),
    )
    .await?;
    let mut tx = app.db.begin().await?;
    let organization = Organization::create(&mut tx, "Falhas").await?.id;
    tx.commit().await?;
    let feeder = tokio::spawn(feed(Arc::clone(&app), organization));
    let mut workers = Workers::start(program, &vars);
    tokio::time::sleep(Duration::from_secs(5)).await;

    let mut phases = vec![phase(&app, "quiet", async || {}).await?];
    let restart = async || {
        Command::new("kill")
            .args(["-s", "INT", server])
            .status()
            .expect("kill runs");
    };
    phases.push(phase(&app, "database restarted", restart).await?);
    phases.push(phase(&app, "quiet", async || {}).await?);
    let cut = async || {
        for _ in 0..10 {
            // Our own as well; the next round opens another.
            drop(
                ask(
                    url,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
                )
                .await,
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    phases.push(phase(&app, "every connection cut, ten times", cut).await?);
    phases.push(phase(&app, "quiet", async || {}).await?);
    let hog = async || {
        let mut held = Vec::new();
        while let Ok((client, connection)) = tokio_postgres::connect(url, tokio_postgres::NoTls).await {
            tokio::spawn(connection);
            held.push(client);
        }
        drop(ask(url, "SELECT 1").await);
        tokio::time::sleep(Duration::from_secs(8)).await;
    };
    phases.push(phase(&app, "every free connection taken for 8 s", hog).await?);
    phases.push(phase(&app, "quiet", async || {}).await?);
    phases.push(phase(&app, "one of two workers killed", async || workers.kill(0)).await?);
    phases.push(phase(&app, "quiet", async || {}).await?);
    let again = async || {
        for round in 0..6 {
            workers.kill(round % 2);
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    };
    phases.push(phase(&app, "a worker killed every two seconds", again).await?);
    phases.push(phase(&app, "quiet", async || {}).await?);
    feeder.abort();
    drop(feeder.await);

    let report = json!({
        "what": "jobs that do nothing, two workers, PostgreSQL: ended per second while things break",
        "phase_seconds": PHASE.as_secs(), "phases": phases, "after": settled(&app).await?,
    });
    if let Some(file) = arguments.get(4) {
        std::fs::write(file, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    drop(workers);
    drop(std::fs::remove_dir_all(folder));
    Ok(())
}

/// Keeps the backlog, whatever breaks.
async fn feed(app: SharedApp, organization: OrganizationId) {
    loop {
        let fed = async {
            let waiting: i64 = with_conn!(&mut app.db.read().await?, |c| jobs::table
                .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("status = 'queued'"))
                .count()
                .get_result(c)
                .await)?;
            if waiting < BACKLOG {
                let mut tx = app.db.begin().await?;
                let new = (0..5_000).map(|_| NewJob::<Diagnostic>::new(organization, "faults", Deed::Nothing));
                enqueue_all(&mut tx, new.collect()).await?;
                tx.commit().await?;
            }
            anyhow::Ok(())
        };
        let pause = if fed.await.is_ok() { 100 } else { 250 };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

/// Breaks something at the beginning of a phase and counts what ended in each of its seconds.
async fn phase(app: &App, name: &str, fault: impl AsyncFnOnce()) -> anyhow::Result<Value> {
    let began = Instant::now();
    let before = patiently(app).await;
    let count = async {
        let (mut last, mut seconds) = (before, Vec::new());
        while began.elapsed() < PHASE {
            let next = began + Duration::from_secs(seconds.len() as u64 + 1);
            tokio::time::sleep_until(next.into()).await;
            // While the database is away nothing can have ended.
            let now = ended(app).await.unwrap_or(last);
            seconds.push(now - last);
            last = now;
        }
        seconds
    };
    let (seconds, ()) = tokio::join!(count, fault());
    let total: i64 = seconds.iter().sum();
    let still = seconds.iter().filter(|ended| **ended == 0).count();
    let rate = total as f64 / began.elapsed().as_secs_f64();
    println!("{name:<40} {rate:>8.0}/s, {still} s without any, {seconds:?}");
    Ok(json!({ "phase": name, "jobs_per_second": rate, "seconds_without_any": still, "each_second": seconds }))
}

async fn patiently(app: &App) -> i64 {
    loop {
        if let Ok(count) = ended(app).await {
            return count;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Successful attempts so far, from the counts.
async fn ended(app: &App) -> anyhow::Result<i64> {
    let counts: Vec<i64> = with_conn!(&mut app.db.read().await?, |c| job_rollups::table
        .filter(job_rollups::outcome.eq(JobOutcome::Succeeded))
        .select(job_rollups::count)
        .load(c)
        .await)?;
    Ok(counts.iter().sum())
}

/// Waits until everything is over, and checks that each job ended well exactly once.
async fn settled(app: &App) -> anyhow::Result<Value> {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let mut conn = app.db.read().await?;
        let by_status: Vec<(JobStatus, i64)> = with_conn!(&mut conn, |c| jobs::table
            .group_by(jobs::status)
            .select((jobs::status, diesel::dsl::count_star()))
            .load(c)
            .await)?;
        let open = |(status, _): &&(JobStatus, i64)| matches!(status, JobStatus::Queued | JobStatus::Running);
        if by_status.iter().find(open).is_none() {
            let good: i64 = with_conn!(&mut conn, |c| job_attempts::table
                .filter(job_attempts::outcome.eq(JobOutcome::Succeeded))
                .count()
                .get_result(c)
                .await)?;
            let jobs: i64 = by_status.iter().map(|(_, count)| count).sum();
            println!("{jobs} jobs over: {by_status:?}; {good} successful attempts");
            anyhow::ensure!(good == ended(app).await?, "the counts say something else");
            return Ok(json!({ "jobs": jobs, "by_status": by_status, "successful_attempts": good }));
        }
        anyhow::ensure!(Instant::now() < deadline, "jobs are left: {by_status:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn ask(url: &str, statement: &str) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client.batch_execute(statement).await?)
}
