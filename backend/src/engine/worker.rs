//! Runs jobs: claims, heartbeats, time-outs, and an orderly stop.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use esteira_shared::ids::{JobId, WorkerId};
use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Failure, JobContext, claim, job::Job, lease, listen, rescue};
use crate::{
    app::App,
    db::{database_now, schema::workers},
    error::AppResult,
    with_conn,
};

/// How a worker behaves.
#[derive(Debug, Clone, Copy)]
pub struct WorkerOptions {
    /// Jobs at once.
    pub slots: usize,
    /// Silence after which others take its jobs.
    pub lease: Duration,
    /// How long running jobs may go on after a stop signal before they are handed back.
    pub grace: Duration,
}

const QUEUE: &str = "default";
/// The truth behind all hints: with signals lost, work still starts within this.
const POLL: Duration = Duration::from_secs(1);
/// A cancelled task has this long to stop by itself.
const CANCEL_DEADLINE: Duration = Duration::from_secs(10);

/// One process's share in the work.
pub struct Worker {
    id: WorkerId,
    app: Arc<App>,
    options: WorkerOptions,
    /// By job and fencing number: after a rescue the same process may hold both the old and the new attempt.
    running: Mutex<HashMap<(JobId, i64), Running>>,
}

struct Running {
    /// Somebody asked for the job's end.
    cancel: CancellationToken,
    /// The job is no longer ours, or must be handed back: stop at once.
    abandon: CancellationToken,
}

impl Worker {
    #[must_use]
    pub fn new(app: Arc<App>, options: WorkerOptions) -> Arc<Self> {
        Arc::new(Self {
            id: WorkerId(Uuid::now_v7()),
            app,
            options,
            running: Mutex::default(),
        })
    }

    /// Works until `stop`, then lets running jobs end within the grace time and hands the rest back.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let ended = CancellationToken::new();
        let beats = tokio::spawn(Arc::clone(&self).heartbeats(ended.clone()));
        let rescues = tokio::spawn(Arc::clone(&self).rescues(ended.clone()));
        let mut jobs = JoinSet::new();
        while !stop.is_cancelled() {
            while jobs.try_join_next().is_some() {}
            let free = self.options.slots.saturating_sub(jobs.len());
            let claimed = if free == 0 {
                Ok(Vec::new())
            } else {
                self.claim(free).await
            };
            match claimed {
                Ok(claimed) => {
                    let more = claimed.len() == free && free > 0;
                    for job in claimed {
                        let tokens = self.register(&job);
                        jobs.spawn(Arc::clone(&self).run_job(job, tokens.0, tokens.1));
                    }
                    if more {
                        continue;
                    }
                }
                Err(error) => {
                    tracing::warn!(error = %error, "cannot claim jobs");
                    tokio::select! { () = tokio::time::sleep(POLL) => {}, () = stop.cancelled() => {} }
                    continue;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.app.bus.work(), if jobs.len() < self.options.slots => {}
                () = async { tokio::time::sleep(self.until_next().await).await }, if jobs.len() < self.options.slots => {}
                Some(_) = jobs.join_next(), if !jobs.is_empty() => {}
            }
        }
        self.drain(&mut jobs).await;
        ended.cancel();
        let _ = tokio::join!(beats, rescues);
        if let Err(error) = self.sign_off().await {
            tracing::warn!(error = %error, "cannot sign this worker off");
        }
    }

    /// Claims what is due, runs it to its end side by side, and repeats until nothing is due: for commands and tests.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_until_idle(self: &Arc<Self>) -> AppResult<usize> {
        let mut count = 0;
        loop {
            let claimed = self.claim(self.options.slots).await?;
            if claimed.is_empty() {
                return Ok(count);
            }
            count += claimed.len();
            let jobs = claimed.into_iter().map(|job| {
                let (cancel, abandon) = self.register(&job);
                Arc::clone(self).run_job(job, cancel, abandon)
            });
            futures_util::future::join_all(jobs).await;
        }
    }

    async fn claim(&self, free: usize) -> AppResult<Vec<Job>> {
        let count = i64::try_from(free).unwrap_or(1);
        // Looking costs nothing on SQLite; the one writer is taken only when something is due.
        let mut reader = self.app.db.read().await?;
        let now = database_now(&mut reader, self.app.clock.as_ref()).await?;
        match claim::next_due(&mut reader, QUEUE).await? {
            Some(due) if due <= now => {}
            _ => return Ok(Vec::new()),
        }
        drop(reader);
        let mut tx = self.app.db.begin().await?;
        // Read again: waiting for the writer must not shorten the lease.
        let now = database_now(tx.conn(), self.app.clock.as_ref()).await?;
        let jobs = claim::claim(&mut tx, QUEUE, self.id, count, now, self.options.lease).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// Sleeps to the next due time, at most the poll interval.
    async fn until_next(&self) -> Duration {
        let next = async {
            let mut conn = self.app.db.read().await.ok()?;
            let now = database_now(&mut conn, self.app.clock.as_ref()).await.ok()?;
            let due = claim::next_due(&mut conn, QUEUE).await.ok()??;
            (due - now).to_std().ok()
        };
        next.await.unwrap_or(POLL).clamp(Duration::from_millis(5), POLL)
    }

    fn register(&self, job: &Job) -> (CancellationToken, CancellationToken) {
        let (cancel, abandon) = (CancellationToken::new(), CancellationToken::new());
        let running = Running {
            cancel: cancel.clone(),
            abandon: abandon.clone(),
        };
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((job.id, job.fence), running);
        (cancel, abandon)
    }

    async fn run_job(self: Arc<Self>, job: Job, cancel: CancellationToken, abandon: CancellationToken) {
        let key = (job.id, job.fence);
        let timeout = Duration::from_millis(job.timeout_ms.unsigned_abs());
        let context = JobContext::new(Arc::clone(&self.app), job, cancel.clone());
        let started = std::time::Instant::now();
        let registry = &self.app.tasks;
        let work = AssertUnwindSafe(registry.run(&context)).catch_unwind();
        let outcome = tokio::select! {
            done = work => done.unwrap_or_else(|panic| Err(Failure::Technical(panicked(panic.as_ref())))),
            () = abandon.cancelled() => Err(Failure::LeaseLost),
            () = tokio::time::sleep(timeout) => Err(Failure::Technical(anyhow::anyhow!("sem fim depois de {} s", timeout.as_secs()))),
            () = async { cancel.cancelled().await; tokio::time::sleep(CANCEL_DEADLINE).await } => Err(Failure::Cancelled),
        };
        let word = match &outcome {
            Ok(_) => "succeeded",
            Err(failure) => failure.kind().map_or("stopped", |kind| kind.as_str()),
        };
        metrics::histogram!("esteira_job_seconds", "task" => context.row().task.clone(), "outcome" => word)
            .record(started.elapsed().as_secs_f64());
        self.conclude(&context, outcome).await;
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Writes how the attempt ended, again and again while the database is away; should the lease expire meanwhile,
    /// somebody else has the job and there is nothing to write.
    async fn conclude(&self, context: &JobContext, outcome: Result<serde_json::Value, Failure>) {
        if let Err(failure @ (Failure::Business { .. } | Failure::Technical(_))) = &outcome {
            let chain = match failure {
                Failure::Technical(error) => format!("{error:#}"),
                other => other.to_string(),
            };
            tracing::info!(job = %context.row().id, task = context.row().task, failure = chain, "attempt failed");
            context.error(failure.to_string());
        }
        if context.is_finished() || matches!(outcome, Err(Failure::LeaseLost)) {
            return;
        }
        let deadline = tokio::time::Instant::now() + self.options.lease;
        while let Err(error) = self.write_end(context, &outcome).await {
            if matches!(error, Failure::LeaseLost) || tokio::time::Instant::now() > deadline {
                tracing::warn!(job = %context.row().id, error = %error, "the end of an attempt could not be written");
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    async fn write_end(
        &self,
        context: &JobContext,
        outcome: &Result<serde_json::Value, Failure>,
    ) -> Result<(), Failure> {
        let mut tx = context.begin().await?;
        context.flush_log(&mut tx).await?;
        match outcome {
            Ok(result) => lease::succeed(&mut tx, context.row(), result).await?,
            Err(failure) => {
                // Not the row as it was claimed: somebody may have asked for its end meanwhile.
                let row = context.current_row(&mut tx).await?;
                lease::fail(&mut tx, &self.app.tasks, &row, failure).await?;
            }
        }
        tx.commit().await?;
        context.log_written();
        Ok(())
    }

    async fn drain(&self, jobs: &mut JoinSet<()>) {
        if !jobs.is_empty() {
            tracing::info!(jobs = jobs.len(), "waiting for running jobs");
        }
        let all = async { while jobs.join_next().await.is_some() {} };
        if tokio::time::timeout(self.options.grace, all).await.is_ok() {
            return;
        }
        let held: Vec<(JobId, i64, CancellationToken)> = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|((id, fence), running)| (*id, *fence, running.abandon.clone()))
            .collect();
        for (id, fence, abandon) in held {
            abandon.cancel();
            if let Err(error) = self.hand_back(id, fence).await {
                tracing::warn!(job = %id, error = %error, "cannot hand a job back; its lease will expire");
            }
        }
        jobs.shutdown().await;
    }

    async fn hand_back(&self, id: JobId, fence: i64) -> AppResult<()> {
        let mut tx = self.app.db.begin().await?;
        if lease::holds(&mut tx, id, fence).await?.is_some() {
            let job: Job = with_conn!(tx.conn(), |c| crate::db::schema::jobs::table
                .find(id)
                .select(Job::as_select())
                .first(c)
                .await)?;
            lease::release(&mut tx, &self.app.tasks, &job).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn heartbeats(self: Arc<Self>, ended: CancellationToken) {
        let every = self.options.lease / 3;
        let listening = tokio::spawn(listen::run(self.app.config.database.url.clone(), self.app.bus.clone()));
        loop {
            if let Err(error) = self.beat().await {
                tracing::warn!(error = %error, "heartbeat failed");
            }
            tokio::select! { () = ended.cancelled() => break, () = tokio::time::sleep(every) => {} }
        }
        listening.abort();
    }

    /// What runs here at this moment.
    fn held(&self) -> Vec<(JobId, i64)> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.keys().copied().collect()
    }

    async fn beat(&self) -> AppResult<()> {
        let held = self.held();
        let mut tx = self.app.db.begin().await?;
        let now = database_now(tx.conn(), self.app.clock.as_ref()).await?;
        let row = (
            workers::id.eq(self.id),
            workers::host.eq(host()),
            workers::pid.eq(i64::from(std::process::id())),
            workers::version.eq(env!("CARGO_PKG_VERSION")),
            workers::started_at.eq(now),
            workers::heartbeat_at.eq(now),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(workers::table)
            .values(row)
            .on_conflict(workers::id)
            .do_update()
            .set(workers::heartbeat_at.eq(now))
            .execute(c)
            .await)?;
        // Rows of processes that died without signing off.
        let gone = workers::heartbeat_at.lt(now - chrono::TimeDelta::days(1));
        with_conn!(tx.conn(), |c| diesel::delete(workers::table.filter(gone))
            .execute(c)
            .await)?;
        let kept = if held.is_empty() {
            Vec::new()
        } else {
            let ids = held.iter().map(|(id, _)| *id).collect();
            lease::heartbeat(&mut tx, self.id, ids, now, self.options.lease).await?
        };
        tx.commit().await?;
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, job) in running.iter().filter(|(key, _)| held.contains(key)) {
            match kept.iter().find(|(id, fence, _)| (*id, *fence) == *key) {
                Some((_, _, true)) => job.cancel.cancel(),
                Some(_) => {}
                // Its end may be on the way; then the fence makes this harmless.
                None => job.abandon.cancel(),
            }
        }
        Ok(())
    }

    async fn rescues(self: Arc<Self>, ended: CancellationToken) {
        let every = (self.options.lease / 5).max(Duration::from_millis(500));
        loop {
            tokio::select! { () = ended.cancelled() => break, () = tokio::time::sleep(every) => {} }
            if let Err(error) = rescue::rescue(&self.app, &self.held()).await {
                tracing::warn!(error = %error, "cannot look for expired leases");
            }
        }
    }

    async fn sign_off(&self) -> AppResult<()> {
        let mut tx = self.app.db.begin().await?;
        with_conn!(tx.conn(), |c| diesel::delete(
            workers::table.filter(workers::id.eq(self.id))
        )
        .execute(c)
        .await)?;
        Ok(tx.commit().await?)
    }
}

fn host() -> String {
    std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> anyhow::Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    anyhow::anyhow!("a tarefa parou por um erro interno: {}", text.unwrap_or("sem mensagem"))
}
