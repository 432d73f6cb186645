//! Approves, rejects or sends everything that a bulk action asked for.

use std::time::Duration;

use esteira_shared::{
    dto::processes::{BulkAction, BulkTarget, ProcessApprove, ProcessMove, ProcessReject, ProcessSort},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::{
    auth::Actor,
    bulk::{Requester, Tally, settle},
    db::Tx,
    engine::{Failure, JobContext, Task, TaskResult},
    error::AppResult,
    executions,
    processes::{
        bulk,
        list::{self, Place},
        model::{Names, Process},
        rules,
    },
    sending,
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
    const NAME: &'static str = "bulk_move";
    const QUEUE: &'static str = "bulk";
    const TIMEOUT: Duration = Duration::from_secs(3_600);

    type Payload = BulkPayload;

    /// Goes through what is still eligible, so that a second run after a crash goes on where the first ended.
    async fn run(job: &JobContext, payload: BulkPayload) -> TaskResult {
        let actor = payload.requester.actor(job.organization_id());
        let mut tally = Tally::new(payload.expected);
        let mut place: Option<Place> = None;
        loop {
            let mut conn = job.app.db.read().await?;
            let all = bulk::selection(&mut conn, job.organization_id(), &payload.target, payload.requested_at).await?;
            let ready = bulk::ready(&mut conn, all, payload.action).await?;
            let rows = list::read(&mut conn, &ready, ProcessSort::Oldest, place, PAGE).await?;
            let names = Names::of(&mut conn, &rows).await?;
            drop(conn);
            let Some(last) = rows.last() else { break };
            place = Some(Place::of(ProcessSort::Oldest, last));
            for row in &rows {
                if job.is_cancelled() {
                    return Err(Failure::Cancelled);
                }
                let outcome = step(job, &actor, &payload, row).await?;
                tally.add(outcome, row.id, names.client(row.client_id));
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
    let moved = act(job, &mut tx, actor, payload, seen).await;
    settle(tx, moved).await
}

/// By the rules of one process. One that was approved, rejected or replaced meanwhile is refused by its version: it is no
/// longer what was asked about.
async fn act(job: &JobContext, tx: &mut Tx, actor: &Actor, payload: &BulkPayload, seen: &Process) -> AppResult<()> {
    let version = seen.version;
    match payload.action {
        BulkAction::Approve => {
            let sha256 = seen.fatura_sha256.clone().unwrap_or_default();
            let document = ProcessApprove { version, sha256 };
            rules::approve(tx, actor, seen.id, &document).await.map(drop)
        }
        BulkAction::Reject => {
            let reason = payload.reason.clone().unwrap_or_default();
            let document = ProcessReject { version, reason };
            rules::reject(tx, actor, seen.id, &document).await.map(drop)
        }
        BulkAction::Send => sending::rules::send(&job.app, tx, actor, seen.id, &ProcessMove { version }).await,
        BulkAction::Download => {
            let process = Process::lock(tx, job.organization_id(), seen.id).await?;
            process.expect_version(version)?;
            executions::start_download(tx, actor, &process, Map::new())
                .await
                .map(drop)
        }
    }
}
