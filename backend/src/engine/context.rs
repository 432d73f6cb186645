//! What a running task sees of its job.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use esteira_shared::{event::Topic, ids::OrganizationId, reason::Reason};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    Failure,
    ends::{self, Done},
    history::{self, LogLine},
    job::Job,
    lease,
};
use crate::{app::App, db::Tx};

/// One attempt of a job.
pub struct JobContext {
    pub app: Arc<App>,
    job: Arc<Job>,
    began: std::time::Instant,
    cancelled: CancellationToken,
    log: Mutex<Vec<LogLine>>,
    /// Lines in a transaction that is not committed yet.
    writing: AtomicUsize,
    /// Set once the task itself has ended the job together with its effects.
    finished: AtomicBool,
}

impl JobContext {
    pub(super) fn new(app: Arc<App>, job: Job, cancelled: CancellationToken) -> Self {
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

    pub(super) fn error(&self, message: Reason) {
        self.push("error", message);
    }

    fn push(&self, level: &'static str, message: Reason) {
        let line = LogLine {
            at: self.app.clock.now(),
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
        lease::set_progress(tx.conn(), self.job.id, percent, message).await?;
        self.flush_log(&mut tx).await?;
        tx.changed(self.job.organization_id, Topic::Jobs, self.job.id.0);
        tx.commit().await?;
        self.log_written();
        Ok(())
    }

    /// A transaction in which this attempt still holds the job: what it writes cannot come from a stale worker.
    ///
    /// # Errors
    /// `LeaseLost` when another worker may have the job.
    pub async fn begin(&self) -> Result<Tx, Failure> {
        let mut tx = self.app.db.begin().await?;
        self.current_row(&mut tx).await?;
        Ok(tx)
    }

    /// The row as it now is, held until the transaction ends.
    pub(super) async fn current_row(&self, tx: &mut Tx) -> Result<Job, Failure> {
        lease::holds(tx, self.job.id, self.job.fence)
            .await?
            .ok_or(Failure::LeaseLost)
    }

    /// Ends the job well in a transaction from [`JobContext::begin`], together with what the task wrote there: both
    /// become true, or neither.
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

    /// This attempt as one that went well.
    pub(super) fn done(&self, result: Value) -> Done {
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

    pub(super) fn is_finished(&self) -> bool {
        self.finished.load(Ordering::SeqCst)
    }

    /// Writes the lines so far; [`JobContext::log_written`] forgets them once that is committed.
    pub(super) async fn flush_log(&self, tx: &mut Tx) -> Result<(), diesel::result::Error> {
        let lines = self.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.writing.store(lines.len(), Ordering::SeqCst);
        if lines.is_empty() {
            Ok(())
        } else {
            history::append_logs(tx.conn(), &[(self.job.id, &lines)]).await
        }
    }

    pub(super) fn log_written(&self) {
        let written = self.writing.swap(0, Ordering::SeqCst);
        self.log.lock().unwrap_or_else(PoisonError::into_inner).drain(..written);
    }
}
