//! Cancels or repeats everything that a bulk action asked for.

use std::time::Duration;

use esteira_shared::{
    dto::{
        executions::{ExecutionAction, ExecutionSort, ExecutionTarget},
        processes::{BulkFailure, BulkResult},
    },
    error::ErrorCode,
    ids::{ApiTokenId, ExecutionId, UserId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

use crate::{
    auth::Actor,
    engine::{Failure, JobContext, Task, TaskResult},
    error::AppResult,
    executions::{
        bulk, control, list,
        model::{self, Execution},
    },
};

pub struct ExecutionsBulk;

#[derive(Debug, Serialize, Deserialize)]
pub struct BulkPayload {
    pub action: ExecutionAction,
    pub target: ExecutionTarget,
    /// Runs made later were not seen by who asked, and stay.
    pub requested_at: Instant,
    /// Eligible when it was asked, for the progress.
    pub expected: i64,
    pub user_id: UserId,
    pub user_name: String,
    /// When a machine asked.
    pub token_id: Option<ApiTokenId>,
}

const PAGE: i64 = 50;
/// Failures kept with the result.
const FAILURES: usize = 100;

impl Task for ExecutionsBulk {
    const NAME: &'static str = "executions_bulk";
    const QUEUE: &'static str = "bulk";
    const TIMEOUT: Duration = Duration::from_hours(1);

    type Payload = BulkPayload;

    /// Goes through what is still eligible, so that a second run after a crash goes on where the first ended.
    async fn run(job: &JobContext, payload: BulkPayload) -> TaskResult {
        let actor = Actor {
            name: payload.user_name.clone(),
            user_id: Some(payload.user_id),
            token_id: payload.token_id,
            ..Actor::system(job.organization_id())
        };
        let mut result = BulkResult::default();
        let mut after: Option<ExecutionId> = None;
        loop {
            let mut conn = job.app.db.read().await?;
            let mut ready =
                bulk::selection(&mut conn, job.organization_id(), &payload.target, payload.requested_at).await?;
            ready.statuses = Some(bulk::eligible(payload.action));
            let rows = list::read(&mut conn, &ready, ExecutionSort::Oldest, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            let shown = model::dtos(&mut conn, rows.clone()).await?;
            drop(conn);
            for (row, shown) in rows.iter().zip(shown) {
                if job.is_cancelled() {
                    return Err(Failure::Cancelled);
                }
                match step(job, &actor, payload.action, row).await? {
                    Ok(()) => result.done += 1,
                    // Over, running again, or gone on without the robot meanwhile.
                    Err(error) if matches!(error.code(), ErrorCode::IllegalTransition | ErrorCode::ExecutionActive) => {
                        result.skipped += 1;
                    }
                    Err(error) if result.failed.len() < FAILURES => result.failed.push(BulkFailure {
                        process_id: row.process_id,
                        client_name: shown.client_name,
                        code: error.code(),
                        message: error.message().to_owned(),
                    }),
                    Err(_) => result.skipped += 1,
                }
            }
            let seen = result.done + result.skipped;
            let percent = i32::try_from((seen * 100 / payload.expected.max(1)).min(99)).unwrap_or(99);
            job.progress(percent, &format!("{seen} de {}", payload.expected))
                .await?;
        }
        serde_json::to_value(result).map_err(|error| Failure::Technical(error.into()))
    }
}

/// One run in a transaction of its own: one that fails stops no other. The outer result is the database's.
async fn step(
    job: &JobContext,
    actor: &Actor,
    action: ExecutionAction,
    seen: &Execution,
) -> Result<AppResult<()>, Failure> {
    // Not under its own claim: a worker must not hold two jobs at once.
    let mut tx = job.app.db.begin().await?;
    let done = match action {
        ExecutionAction::Cancel => control::cancel(&job.app, &mut tx, actor, seen.id).await,
        ExecutionAction::Rerun => control::rerun(&job.app, &mut tx, actor, seen.id, None).await,
    };
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
