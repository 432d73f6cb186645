//! The mechanism of all bulk actions: count, queue one job, go through what is eligible.

use std::{future::Future, marker::PhantomData, time::Duration};

use esteira_shared::{
    dto::bulk::{BulkDto, BulkFailure},
    ids::{JobId, OrganizationId},
    instant::Instant,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{requester::Requester, tally::Tally};
use crate::{
    app::{App, JobContext},
    auth::{
        Actor, Principal,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::DbConn,
    engine::{Failure, NewJob, Task, TaskResult, enqueue},
    error::{AppError, AppResult},
};

/// One kind of bulk action: which things it is for and what it does to each. The value is the request; it is kept in
/// the payload of the job.
pub trait BulkKind: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Name of the task; kept with jobs.
    const TASK: &'static str;
    /// Of its job.
    const PRIORITY: i32 = 5;

    /// One thing as it was read.
    type Item: Send + Sync;

    /// How many things match, and how many of them the action is possible for.
    ///
    /// # Errors
    /// What makes the action impossible for all of them.
    fn count(&self, app: &App, conn: &mut DbConn, scope: Scope) -> impl Future<Output = AppResult<Count>> + Send;

    /// The next things that the action is possible for, after one, always in the same order.
    fn next(
        &self,
        conn: &mut DbConn,
        scope: Scope,
        after: Option<&Self::Item>,
    ) -> impl Future<Output = AppResult<Vec<Self::Item>>> + Send;

    /// Does it to one thing, in a transaction of its own, so one failure stops no other. The outer result is for errors
    /// of the database.
    fn apply(
        &self,
        job: &JobContext,
        actor: &Actor,
        item: &Self::Item,
    ) -> impl Future<Output = Result<AppResult<()>, Failure>> + Send;

    /// Why it failed for one thing.
    fn failure(item: &Self::Item, error: &AppError) -> BulkFailure;

    /// The audit trail's word for the request itself. Each thing has its own line beside it.
    fn audited(&self) -> Option<AuditAction> {
        None
    }
}

/// Whose things, and until when: the person saw nothing later.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub organization: OrganizationId,
    /// What came later was not seen, and is left out.
    pub until: Instant,
    /// The job that does it; it leaves itself out.
    pub job: Option<JobId>,
}

pub struct Count {
    pub matching: i64,
    pub eligible: i64,
    /// See [`BulkDto::doubtful`].
    pub doubtful: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct BulkPayload<K> {
    #[serde(flatten)]
    kind: K,
    requested_at: Instant,
    /// Eligible when it was asked, for the progress.
    expected: i64,
    /// Absent in jobs that an older version queued.
    #[serde(flatten)]
    requester: Option<Requester>,
}

/// Counts, and queues the job unless it is a dry run or nothing is eligible.
///
/// # Errors
/// As [`BulkKind::count`].
pub(super) async fn start<K: BulkKind>(app: &App, principal: &Principal, kind: K, dry_run: bool) -> AppResult<BulkDto> {
    let scope = Scope {
        organization: principal.organization_id,
        until: app.clock.now(),
        job: None,
    };
    let place = app.shares.heavy_read(principal).await?;
    let mut conn = app.db.read_long().await?;
    let count = kind.count(app, &mut conn, scope).await?;
    drop((conn, place));
    let mut answer = BulkDto {
        matching: count.matching,
        eligible: count.eligible,
        doubtful: count.doubtful,
        job_id: None,
    };
    if dry_run || answer.eligible == 0 {
        return Ok(answer);
    }
    let audited = kind.audited();
    let payload = BulkPayload {
        kind,
        requested_at: scope.until,
        expected: answer.eligible,
        requester: Some(Requester::of(principal)),
    };
    let mut tx = app.db.begin().await?;
    let job = NewJob::<BulkTask<K>>::new(scope.organization, &principal.name, payload);
    let id = enqueue(&mut tx, job).await?;
    if let Some(action) = audited {
        let subject = Subject::new("job", id.0, K::TASK);
        audit::record(&mut tx, &principal.actor(), action, subject, NOTHING, Some(&answer)).await?;
    }
    tx.commit().await?;
    answer.job_id = Some(id);
    Ok(answer)
}

/// The job of one kind.
pub struct BulkTask<K>(PhantomData<K>);

impl<K: BulkKind> Task for BulkTask<K> {
    type App = App;

    const NAME: &'static str = K::TASK;
    const PRIORITY: i32 = K::PRIORITY;
    const QUEUE: &'static str = "bulk";
    const TIMEOUT: Duration = Duration::from_hours(1);

    type Payload = BulkPayload<K>;

    /// Goes through what is still eligible. So a second run after a crash goes on where the first ended.
    async fn run(job: &JobContext, payload: BulkPayload<K>) -> TaskResult {
        let scope = Scope {
            organization: job.organization_id(),
            until: payload.requested_at,
            job: Some(job.row().id),
        };
        let actor = match &payload.requester {
            Some(requester) => requester.actor(scope.organization),
            None => Actor {
                name: job.row().requested_by.clone(),
                ..Actor::system(scope.organization)
            },
        };
        let mut tally = Tally::new(payload.expected);
        let mut items: Vec<K::Item> = Vec::new();
        loop {
            let mut conn = job.app.db.read().await?;
            let next = payload.kind.next(&mut conn, scope, items.last()).await?;
            drop(conn);
            items = next;
            if items.is_empty() {
                return tally.finish();
            }
            for item in &items {
                if job.is_cancelled() {
                    return Err(Failure::Cancelled);
                }
                let outcome = payload.kind.apply(job, &actor, item).await?;
                tally.add(outcome, |error| K::failure(item, error));
            }
            tally.show(job).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;
    use crate::bulk::jobs::BulkJobs;

    #[test]
    fn a_job_that_an_older_version_queued_is_read() {
        let old = json!({
            "action": "cancel", "target": { "filter": { "task": "probe" } },
            "requested_at": "2026-11-30T12:00:00Z", "expected": 7,
        });
        let mut new = old.clone();
        new["user_id"] = json!("01936f5e-0000-7000-8000-000000000001");
        new["user_name"] = json!("Ana");
        new["token_id"] = json!(null);
        let read = |payload| serde_json::from_value::<BulkPayload<BulkJobs>>(payload).unwrap();
        assert!(read(old).requester.is_none());
        let read = read(new.clone());
        assert_eq!(read.expected, 7);
        assert_eq!(serde_json::to_value(read).unwrap(), new);
    }
}
