//! What a running task sees of its job.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use diesel::prelude::*;
use esteira_shared::{event::Topic, ids::OrganizationId, reason::Reason};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    Failure, Host, TaskResult,
    ends::{self, Done},
    history::{self, LogLine},
    job::Job,
    lease,
};
use crate::{
    db::{RunQueryDsl, Tx, schema::jobs},
    error::AppResult,
    with_conn,
};

/// One attempt of a job.
pub struct JobContext<A> {
    /// The program that the task belongs to.
    pub app: Arc<A>,
    job: Arc<Job>,
    began: std::time::Instant,
    cancelled: CancellationToken,
    log: Mutex<Vec<LogLine>>,
    /// Lines in a transaction that is not committed yet.
    writing: AtomicUsize,
    /// Set when the task itself ended the job, together with its effects.
    finished: AtomicBool,
}

/// How an attempt ended, as it is to be written.
pub(super) enum Conclusion {
    /// It is written already, or another worker has the job.
    Nothing,
    Success(Done),
    Failure(Failure),
}

impl<A: Host> JobContext<A> {
    pub(super) fn new(app: Arc<A>, job: Job, cancelled: CancellationToken) -> Self {
        Self {
            app,
            job: Arc::new(job),
            began: std::time::Instant::now(),
            cancelled,
            log: Mutex::default(),
            writing: AtomicUsize::new(0),
            finished: false.into(),
        }
    }

    /// The row as it was claimed.
    #[must_use]
    pub fn row(&self) -> &Job {
        &self.job
    }

    #[must_use]
    pub fn organization_id(&self) -> OrganizationId {
        self.job.organization_id
    }

    /// Returns when somebody asked for the job's end; the task should then stop with [`Failure::Cancelled`].
    pub async fn cancelled(&self) {
        self.cancelled.cancelled().await;
    }

    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// Adds a line to the job's log; written with the next progress or at the end.
    pub fn log(&self, message: Reason) {
        self.push("info", message);
    }

    pub fn warn(&self, message: Reason) {
        self.push("warn", message);
    }

    fn push(&self, level: &'static str, message: Reason) {
        let line = LogLine {
            at: self.app.db().clock().now(),
            level,
            message,
        };
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// Shows progress (0 to 100) and writes the log so far.
    ///
    /// # Errors
    /// When the lease was lost, or the database does not answer.
    pub async fn progress(&self, percent: i32, message: &Reason) -> Result<(), Failure> {
        let mut tx = self.begin().await?;
        with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(self.job.id))
            .set((
                jobs::progress.eq(percent.clamp(0, 100)),
                jobs::progress_message.eq(Some(message))
            ))
            .execute(c)
            .await)?;
        self.flush_log(&mut tx).await?;
        tx.changed(self.job.organization_id, Topic::Jobs, self.job.id.0);
        tx.commit().await?;
        self.log_written();
        Ok(())
    }

    /// A transaction in which this attempt still holds the job, so a stale worker cannot write in it.
    ///
    /// # Errors
    /// `LeaseLost` when another worker may have the job.
    pub async fn begin(&self) -> Result<Tx, Failure> {
        self.held(self.app.db().begin().await?).await
    }

    /// The same for one that removes very many rows.
    ///
    /// # Errors
    /// As [`JobContext::begin`].
    pub async fn begin_long(&self) -> Result<Tx, Failure> {
        self.held(self.app.db().begin_long().await?).await
    }

    async fn held(&self, mut tx: Tx) -> Result<Tx, Failure> {
        match lease::holds(&mut tx, self.job.id, self.job.fence).await? {
            Some(_) => Ok(tx),
            None => Err(Failure::LeaseLost),
        }
    }

    /// Ends the job with success in a transaction from [`JobContext::begin`]. Both the end and what the task wrote
    /// there become true, or neither.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish(&self, mut tx: Tx, result: &Value) -> Result<(), Failure> {
        let done = self.done(result.clone());
        ends::succeed(&mut tx, &[done]).await?;
        tx.commit().await?;
        self.finished.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// What is to be written about the end of this attempt. A failure becomes a line of the job's log.
    pub(super) fn conclude(&self, outcome: TaskResult) -> Conclusion {
        match outcome {
            _ if AtomicBool::load(&self.finished, Ordering::SeqCst) => Conclusion::Nothing,
            Ok(result) => Conclusion::Success(self.done(result)),
            Err(Failure::LeaseLost) => Conclusion::Nothing,
            Err(Failure::Cancelled) => Conclusion::Failure(Failure::Cancelled),
            Err(failure) => {
                let chain = match &failure {
                    Failure::Technical(error) | Failure::Later { cause: error, .. } => format!("{error:#}"),
                    other => other.to_string(),
                };
                tracing::info!(job = %self.job.id, task = self.job.task, failure = chain, "attempt failed");
                self.push("error", failure.reason());
                Conclusion::Failure(failure)
            }
        }
    }

    /// Ends this attempt without success, unless another worker has the job.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub(super) async fn fail(&self, failure: &Failure) -> AppResult<()> {
        let mut tx = self.app.db().begin().await?;
        // Not the row as it was claimed: somebody may have asked for its end meanwhile.
        let Some(row) = lease::holds(&mut tx, self.job.id, self.job.fence).await? else {
            tracing::warn!(job = %self.job.id, "another worker has the job; the end of this attempt is not written");
            return Ok(());
        };
        self.flush_log(&mut tx).await?;
        ends::fail(&mut tx, self.app.tasks(), &row, self.took(), failure).await?;
        tx.commit().await?;
        self.log_written();
        Ok(())
    }

    /// This attempt as one that went well.
    fn done(&self, result: Value) -> Done {
        Done {
            job: Arc::clone(&self.job),
            result,
            took: self.began.elapsed(),
            log: self.log.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// How long this attempt has been running.
    pub(super) fn took(&self) -> Duration {
        self.began.elapsed()
    }

    /// Writes the lines so far. After the commit, [`JobContext::log_written`] forgets them.
    async fn flush_log(&self, tx: &mut Tx) -> Result<(), diesel::result::Error> {
        let lines = self.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.writing.store(lines.len(), Ordering::SeqCst);
        if lines.is_empty() {
            Ok(())
        } else {
            history::append_logs(tx.conn(), &[(self.job.id, &lines)]).await
        }
    }

    fn log_written(&self) {
        let written = self.writing.swap(0, Ordering::SeqCst);
        self.log.lock().unwrap_or_else(PoisonError::into_inner).drain(..written);
    }
}
