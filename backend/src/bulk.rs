//! What the jobs of bulk actions share: who asked, and what came of each item.

use esteira_shared::{
    dto::processes::{BulkFailure, BulkResult},
    error::ErrorCode,
    ids::{ApiTokenId, OrganizationId, ProcessId, UserId},
};
use serde::{Deserialize, Serialize};

use crate::{
    app::JobContext,
    auth::{Actor, Principal},
    db::Tx,
    engine::{Failure, TaskResult},
    error::{AppError, AppResult},
};

/// Failures kept with the result.
const FAILURES: usize = 100;

/// Who asked, as the payload of the job keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Requester {
    user_id: UserId,
    user_name: String,
    /// When a machine asked.
    token_id: Option<ApiTokenId>,
}

impl Requester {
    #[must_use]
    pub fn of(principal: &Principal) -> Self {
        Self {
            user_id: principal.user_id,
            user_name: principal.name.clone(),
            token_id: principal.actor().token_id,
        }
    }

    #[must_use]
    pub fn actor(&self, organization_id: OrganizationId) -> Actor {
        Actor {
            organization_id,
            name: self.user_name.clone(),
            user_id: Some(self.user_id),
            token_id: self.token_id,
        }
    }
}

/// What came of the items so far.
pub struct Tally {
    expected: i64,
    result: BulkResult,
}

impl Tally {
    /// `expected`: eligible items when it was asked, for the progress.
    #[must_use]
    pub fn new(expected: i64) -> Self {
        Self {
            expected,
            result: BulkResult::default(),
        }
    }

    /// Counts one item. One that changed since it was read is no failure.
    pub fn add(&mut self, outcome: AppResult<()>, process_id: ProcessId, client_name: &str) {
        match outcome {
            Ok(()) => self.result.done += 1,
            Err(error) if is_race(&error) => self.result.skipped += 1,
            Err(error) => {
                self.result.failures += 1;
                if self.result.failed.len() < FAILURES {
                    self.result.failed.push(BulkFailure {
                        process_id,
                        client_name: client_name.to_owned(),
                        code: error.code(),
                        message: error.message().to_owned(),
                    });
                }
            }
        }
    }

    /// Shows how far the job is.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn show(&self, job: &JobContext) -> Result<(), Failure> {
        let seen = self.result.done + self.result.skipped + self.result.failures;
        let percent = i32::try_from((seen * 100 / self.expected.max(1)).min(99)).unwrap_or(99);
        job.progress(percent, &format!("{seen} de {}", self.expected)).await
    }

    /// The result of the job.
    ///
    /// # Errors
    /// None in practice: counts and texts can be written as JSON.
    pub fn finish(self) -> TaskResult {
        serde_json::to_value(self.result).map_err(|error| Failure::Technical(error.into()))
    }
}

/// Commits what was done to one item; what the item refused is rolled back and stops no other.
///
/// # Errors
/// The outer result is the database's: the job tries again.
pub async fn settle<T>(tx: Tx, done: AppResult<T>) -> Result<AppResult<()>, Failure> {
    match done {
        Ok(_) => {
            tx.commit().await?;
            Ok(Ok(()))
        }
        Err(error) if matches!(error.code(), ErrorCode::Internal | ErrorCode::DatabaseUnavailable) => {
            Err(Failure::Technical(error.into()))
        }
        Err(error) => Ok(Err(error)),
    }
}

fn is_race(error: &AppError) -> bool {
    matches!(
        error.code(),
        ErrorCode::VersionConflict | ErrorCode::IllegalTransition | ErrorCode::ExecutionActive
    )
}
