//! Cancels or repeats everything that a bulk action asked for.

use std::time::Duration;

use esteira_shared::{
    dto::executions::{ExecutionAction, ExecutionSort, ExecutionTarget},
    ids::ExecutionId,
    instant::Instant,
    task::TaskName,
};
use serde::{Deserialize, Serialize};

use crate::{
    app::{App, JobContext},
    auth::Actor,
    bulk::{Requester, Tally, settle},
    engine::{Failure, Task, TaskResult},
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
    #[serde(flatten)]
    pub requester: Requester,
}

const PAGE: i64 = 50;

impl Task for ExecutionsBulk {
    const NAME: &'static str = TaskName::ExecutionsBulk.as_str();
    const QUEUE: &'static str = "bulk";
    const TIMEOUT: Duration = Duration::from_hours(1);

    type App = App;
    type Payload = BulkPayload;

    /// Goes through what is still eligible, so that a second run after a crash goes on where the first ended.
    async fn run(job: &JobContext, payload: BulkPayload) -> TaskResult {
        let actor = payload.requester.actor(job.organization_id());
        let mut tally = Tally::new(payload.expected);
        let mut after: Option<ExecutionId> = None;
        loop {
            let mut conn = job.app.db.read().await?;
            let target = &payload.target;
            let matching = bulk::selection(&mut conn, job.organization_id(), target, payload.requested_at).await?;
            let ready = bulk::eligible(matching, payload.action);
            let rows = list::read(&mut conn, &ready, ExecutionSort::Oldest, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            let shown = model::dtos(&mut conn, rows.clone()).await?;
            drop(conn);
            for (row, shown) in rows.iter().zip(shown) {
                if job.is_cancelled() {
                    return Err(Failure::Cancelled);
                }
                let outcome = step(job, &actor, payload.action, row).await?;
                tally.add(outcome, row.process_id, &shown.client_name);
            }
            tally.show(job).await?;
        }
        tally.finish()
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
    settle(tx, done).await
}
