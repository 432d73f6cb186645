//! How each item ended.

use esteira_shared::{
    dto::bulk::{BulkFailure, BulkResult},
    error::ErrorCode,
    reason::Reason,
};

use crate::{
    app::JobContext,
    db::Tx,
    engine::{Failure, TaskResult},
    error::{AppError, AppResult},
};

/// Failures kept with the result.
const FAILURES: usize = 100;

/// How the items so far ended.
pub(super) struct Tally {
    expected: i64,
    result: BulkResult,
}

impl Tally {
    /// `expected`: eligible items when it was asked, for the progress.
    pub(super) fn new(expected: i64) -> Self {
        Self {
            expected,
            result: BulkResult::default(),
        }
    }

    /// Counts one item. One that changed since it was read is no failure.
    pub(super) fn add(&mut self, outcome: AppResult<()>, failure: impl FnOnce(&AppError) -> BulkFailure) {
        match outcome {
            Ok(()) => self.result.done += 1,
            Err(error) if is_race(&error) => self.result.skipped += 1,
            Err(error) => {
                self.result.failures += 1;
                if self.result.failed.len() < FAILURES {
                    self.result.failed.push(failure(&error));
                }
            }
        }
    }

    /// Shows how far the job is.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn show(&self, job: &JobContext) -> Result<(), Failure> {
        let seen = self.result.done + self.result.skipped + self.result.failures;
        let percent = i32::try_from((seen * 100 / self.expected.max(1)).min(99)).unwrap_or(99);
        let message = Reason::SeenOf {
            seen,
            expected: self.expected,
        };
        job.progress(percent, &message).await
    }

    /// The result of the job.
    ///
    /// # Errors
    /// None in practice: counts and texts can be written as JSON.
    pub(super) fn finish(self) -> TaskResult {
        serde_json::to_value(self.result).map_err(|error| Failure::Technical(error.into()))
    }
}

/// Commits what was done to one item. A refusal is rolled back and stops no other item.
///
/// # Errors
/// The outer error is the database's: the job tries again.
pub(super) async fn settle<T>(tx: Tx, done: AppResult<T>) -> Result<AppResult<()>, Failure> {
    match done {
        Ok(_) => {
            tx.commit().await?;
            Ok(Ok(()))
        }
        Err(error) if matches!(error.code(), ErrorCode::Internal | ErrorCode::DatabaseUnavailable) => {
            Err(Failure::Technical(error.into()))
        }
        Err(error) => {
            tx.roll_back().await;
            Ok(Err(error))
        }
    }
}

fn is_race(error: &AppError) -> bool {
    matches!(
        error.code(),
        ErrorCode::VersionConflict
            | ErrorCode::DocumentChanged
            | ErrorCode::IllegalTransition
            | ErrorCode::ExecutionActive
    )
}
