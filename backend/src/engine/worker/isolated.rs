//! The jobs that need processes of their own.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    super::{Host, claim, ends, isolation, job::Job, lease},
    Worker,
};
use crate::{db::database_now, error::AppResult};

/// Such processes at once, beside the worker's slots. When workers died, many jobs are suspects, but hardly ever more
/// than one is to blame.
const AT_ONCE: usize = 4;
/// No signal tells of such jobs, so the worker looks for them this often.
const LOOK: Duration = Duration::from_secs(1);

impl<A: Host> Worker<A> {
    /// Until `ended`.
    pub(super) async fn isolated_jobs(self: Arc<Self>, ended: CancellationToken) {
        let mut running = JoinSet::new();
        while !ended.is_cancelled() {
            let free = running.len() < AT_ONCE && !self.draining.load(Ordering::Relaxed);
            let claimed = if free { self.claim_isolated().await } else { Ok(None) };
            match claimed {
                Ok(Some(job)) => {
                    running.spawn(Arc::clone(&self).run_until(job, ended.clone()));
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(error = %error, "cannot look for isolated jobs"),
            }
            tokio::select! {
                () = ended.cancelled() => {}
                Some(_) = running.join_next(), if !running.is_empty() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn run_until(self: Arc<Self>, job: Job, ended: CancellationToken) {
        tokio::select! { () = ended.cancelled() => {}, () = self.run_isolated(&job) => return }
        self.hand_back(&job.id, job.fence).await;
    }

    async fn claim_isolated(&self) -> AppResult<Option<Job>> {
        let mut reader = self.app.db().read().await?;
        let now = database_now(&mut reader, self.app.db().clock()).await?;
        if !claim::isolated_waits(&mut reader, now).await? {
            return Ok(None);
        }
        drop(reader);
        let mut tx = self.app.db().begin().await?;
        let now = database_now(tx.conn(), self.app.db().clock()).await?;
        let job = claim::claim_isolated(&mut tx, self.app.tasks(), self.id, now, self.options.lease).await?;
        tx.commit().await?;
        if let Some(job) = &job {
            self.take(job);
        }
        Ok(job)
    }

    async fn run_isolated(&self, job: &Job) {
        tracing::warn!(job = %job.id, task = job.task, "workers died during this job; it runs in a process of its own");
        let Some(held) = self.hand.tokens(job) else { return };
        match isolation::start(job) {
            Ok(child) => isolation::watch(child, self.app.tasks().timeout(&job.task), &held.abandon).await,
            Err(error) => tracing::error!(error = %error, "cannot start a process for a job"),
        }
        // Whatever the process wrote has ended the job; otherwise it died during it.
        if let Err(error) = self.lose(job).await {
            tracing::warn!(job = %job.id, error = %error, "the loss of a job cannot be written; its lease will expire");
        }
        self.hand.leave(job.id, job.fence);
    }

    async fn lose(&self, job: &Job) -> AppResult<()> {
        let mut tx = self.app.db().begin().await?;
        if let Some(row) = lease::holds(&mut tx, job.id, job.fence).await? {
            ends::lose(&mut tx, self.app.tasks(), &row).await?;
        }
        Ok(tx.commit().await?)
    }
}
