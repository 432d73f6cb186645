//! One job at a time that needs a process of its own.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{
    super::{claim, isolation, job::Job, lease},
    Worker,
};
use crate::{db::database_now, error::AppResult};

impl Worker {
    /// Until `ended`.
    pub(super) async fn isolated_jobs(self: Arc<Self>, ended: CancellationToken) {
        loop {
            tokio::select! { () = ended.cancelled() => return, () = tokio::time::sleep(Duration::from_secs(1)) => {} }
            if self.draining.load(Ordering::Relaxed) {
                continue;
            }
            match self.claim_isolated().await {
                Ok(Some(job)) => {
                    tokio::select! { () = ended.cancelled() => {}, () = self.run_isolated(&job) => {} }
                    if ended.is_cancelled() {
                        self.hand_back(&job.id, job.fence).await;
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(error = %error, "cannot look for isolated jobs"),
            }
        }
    }

    async fn claim_isolated(&self) -> AppResult<Option<Job>> {
        let mut reader = self.app.db.read().await?;
        let now = database_now(&mut reader, self.app.clock.as_ref()).await?;
        if !claim::isolated_waits(&mut reader, now).await? {
            return Ok(None);
        }
        drop(reader);
        let mut tx = self.app.db.begin().await?;
        let now = database_now(tx.conn(), self.app.clock.as_ref()).await?;
        let job = claim::claim_isolated(&mut tx, self.id, now, self.options.lease).await?;
        tx.commit().await?;
        if let Some(job) = &job {
            self.hand.take(job);
        }
        Ok(job)
    }

    async fn run_isolated(&self, job: &Job) {
        tracing::warn!(job = %job.id, task = job.task, "workers died during this job; it runs in a process of its own");
        let Some(held) = self.hand.tokens(job) else { return };
        match isolation::start(job) {
            Ok(child) => isolation::watch(child, self.app.tasks.timeout(&job.task), &held.abandon).await,
            Err(error) => tracing::error!(error = %error, "cannot start a process for a job"),
        }
        // Whatever the process wrote has ended the job; otherwise it died during it.
        if let Err(error) = self.lose(job).await {
            tracing::warn!(job = %job.id, error = %error, "the loss of a job cannot be written; its lease will expire");
        }
        self.hand.leave(job.id, job.fence);
    }

    async fn lose(&self, job: &Job) -> AppResult<()> {
        let mut tx = self.app.db.begin().await?;
        if let Some(row) = lease::holds(&mut tx, job.id, job.fence).await? {
            lease::lose(&mut tx, &self.app.tasks, &row).await?;
        }
        Ok(tx.commit().await?)
    }
}
