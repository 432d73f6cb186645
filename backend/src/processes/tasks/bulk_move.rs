//! Approves, rejects or sends everything that a bulk action asked for.

use std::time::Duration;

use esteira_shared::{
    dto::processes::{BulkAction, BulkTarget, ProcessSort},
    instant::Instant,
    task::TaskName,
};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::{
    app::{App, JobContext},
    auth::Actor,
    bulk::{Requester, Tally, settle},
    engine::{Failure, Task, TaskResult},
    error::{AppError, AppResult},
    executions,
    processes::{
        api::{approve, reject},
        bulk,
        list::{self, ProcessCursor},
        model::Process,
        send,
    },
};

pub struct BulkMove;

#[derive(Debug, Serialize, Deserialize)]
pub struct BulkPayload {
    pub action: BulkAction,
    pub target: BulkTarget,
    pub reason: Option<String>,
    /// Documents that came later were not seen by who asked, and stay.
    pub requested_at: Instant,
    /// Eligible when it was asked, for the progress.
    pub expected: i64,
    #[serde(flatten)]
    pub requester: Requester,
}

const PAGE: i64 = 50;

impl Task for BulkMove {
    const NAME: &'static str = TaskName::BulkMove.as_str();
    const QUEUE: &'static str = "bulk";
    const TIMEOUT: Duration = Duration::from_secs(3_600);

    type App = App;
    type Payload = BulkPayload;

    /// Goes through what is still eligible, so that a second run after a crash goes on where the first ended.
    async fn run(job: &JobContext, payload: BulkPayload) -> TaskResult {
        let actor = payload.requester.actor(job.organization_id());
        let mut tally = Tally::new(payload.expected);
        let mut place: Option<ProcessCursor> = None;
        loop {
            let mut conn = job.app.db.read().await?;
            let all = bulk::selection(&mut conn, job.organization_id(), &payload.target, payload.requested_at).await?;
            let ready = bulk::ready(&mut conn, all, payload.action).await?;
            let rows = list::read(&mut conn, &ready, ProcessSort::Oldest, place, PAGE).await?;
            drop(conn);
            let Some(last) = rows.last() else { break };
            place = Some(ProcessCursor::of(ProcessSort::Oldest, &last.process));
            for row in &rows {
                if job.is_cancelled() {
                    return Err(Failure::Cancelled);
                }
                let outcome = step(job, &actor, &payload, &row.process).await?;
                tally.add(outcome, row.process.id, &row.client_name);
            }
            tally.show(job).await?;
        }
        tally.finish()
    }
}

/// One process in a transaction of its own: one that fails stops no other. The outer result is the database's.
async fn step(
    job: &JobContext,
    actor: &Actor,
    payload: &BulkPayload,
    seen: &Process,
) -> Result<AppResult<()>, Failure> {
    let mut tx = job.begin().await?;
    let process = Process::lock(&mut tx, job.organization_id(), seen.id).await?;
    // Approved, rejected or replaced meanwhile: no longer what was asked about.
    if process.version != seen.version {
        return Ok(Err(AppError::version_conflict()));
    }
    let moved = match payload.action {
        BulkAction::Approve => approve::approve(&mut tx, actor, &process).await,
        BulkAction::Reject => {
            reject::reject(&mut tx, actor, &process, payload.reason.as_deref().unwrap_or_default()).await
        }
        BulkAction::Send => send::start(&job.app, &mut tx, actor, &process).await,
        BulkAction::Download => {
            let started = executions::start_download(&mut tx, actor, &process, Map::new()).await;
            started.map(|_| process)
        }
    };
    settle(tx, moved).await
}
