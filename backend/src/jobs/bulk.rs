//! Retrying and cancelling many jobs: counted first, then done by a job of its own.

use std::time::Duration;

use esteira_shared::{
    dto::jobs::{JobBulkAction, JobBulkCreate, JobBulkDto, JobBulkFailure, JobBulkResult, JobFilter, JobTarget},
    ids::{JobId, OrganizationId},
    instant::Instant,
    task::TaskName,
};
use serde::{Deserialize, Serialize};

use super::list::{self, Selection};
use crate::{
    app::{App, JobContext},
    auth::{
        Actor, Principal,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    engine::{Failure, NewJob, Task, TaskResult, enqueue, job::Job, request_cancel, revive},
    error::{AppError, AppResult},
};

pub struct JobsBulk;

#[derive(Debug, Serialize, Deserialize)]
pub struct JobsBulkPayload {
    action: JobBulkAction,
    target: JobTarget,
    /// Jobs made later were not seen by who asked, and stay.
    requested_at: Instant,
    /// Eligible when it was asked, for the progress.
    expected: i64,
}

fn selection(organization: OrganizationId, payload: &JobsBulkPayload) -> Selection {
    let (filter, ids) = match &payload.target {
        JobTarget::Filter(filter) => (filter.clone(), None),
        JobTarget::Ids(ids) => (JobFilter::default(), Some(ids.clone())),
    };
    Selection {
        ids,
        until: Some(payload.requested_at),
        ..Selection::new(organization, filter)
    }
}

/// Counts, and queues the job unless it is a dry run or nothing is eligible.
pub(super) async fn start(app: &App, principal: &Principal, create: JobBulkCreate) -> AppResult<JobBulkDto> {
    let mut payload = JobsBulkPayload {
        action: create.action,
        target: create.target,
        requested_at: app.clock.now(),
        expected: 0,
    };
    let matching = selection(principal.organization_id, &payload);
    let eligible = Selection {
        statuses: Some(create.action.takes()),
        ..matching.clone()
    };
    let mut conn = app.db.read().await?;
    let matching = list::count(&mut conn, &matching, None).await?;
    let eligible = list::count(&mut conn, &eligible, None).await?;
    drop(conn);
    let mut answer = JobBulkDto {
        matching,
        eligible,
        job_id: None,
    };
    if create.dry_run || eligible == 0 {
        return Ok(answer);
    }
    payload.expected = eligible;
    let mut tx = app.db.begin().await?;
    let job = NewJob::<JobsBulk>::new(principal.organization_id, &principal.name, payload).priority(0);
    let id = enqueue(&mut tx, job).await?;
    let action = match create.action {
        JobBulkAction::Retry => AuditAction::JobBulkRetry,
        JobBulkAction::Cancel => AuditAction::JobBulkCancel,
    };
    audit::record(
        &mut tx,
        &principal.actor(),
        action,
        Subject::new("job", id.0, JobsBulk::NAME),
        NOTHING,
        Some(&answer),
    )
    .await?;
    tx.commit().await?;
    answer.job_id = Some(id);
    Ok(answer)
}

/// Jobs in one transaction.
const PAGE: i64 = 100;
/// Failures kept with the result.
const FAILURES: usize = 100;

impl Task for JobsBulk {
    const NAME: &'static str = TaskName::JobsBulk.as_str();
    const QUEUE: &'static str = "bulk";
    const TIMEOUT: Duration = Duration::from_hours(1);

    type App = App;
    type Payload = JobsBulkPayload;

    /// Goes through what is still eligible, so that a second run after a crash goes on where the first ended.
    async fn run(job: &JobContext, payload: JobsBulkPayload) -> TaskResult {
        let mut result = JobBulkResult::default();
        let mut after: Option<JobId> = None;
        loop {
            let eligible = Selection {
                statuses: Some(payload.action.takes()),
                ..selection(job.organization_id(), &payload)
            };
            let ids = list::ids(&mut job.app.db.read().await?, &eligible, after, PAGE).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            if job.is_cancelled() {
                return Err(Failure::Cancelled);
            }
            // Its own row is among what waits or runs.
            for id in ids.into_iter().filter(|id| *id != job.row().id) {
                match one(job, payload.action, id).await {
                    Ok(true) => result.done += 1,
                    Ok(false) => result.skipped += 1,
                    Err(error) => {
                        result.failures += 1;
                        if result.failed.len() < FAILURES {
                            result.failed.push(JobBulkFailure {
                                id,
                                code: error.code(),
                                message: error.to_string(),
                            });
                        }
                    }
                }
            }
            let seen = result.done + result.skipped + result.failures;
            let percent = i32::try_from(seen * 100 / payload.expected.max(1))
                .unwrap_or(100)
                .clamp(0, 99);
            job.progress(percent, &format!("{seen}/{}", payload.expected)).await?;
        }
        Ok(serde_json::to_value(result).map_err(AppError::internal)?)
    }
}

/// A transaction each, so that one that cannot be changed holds up no other.
async fn one(context: &JobContext, action: JobBulkAction, id: JobId) -> Result<bool, AppError> {
    let organization = context.organization_id();
    let actor = Actor {
        name: context.row().requested_by.clone(),
        ..Actor::system(organization)
    };
    let mut tx = context.app.db.begin().await?;
    let Some(job) = Job::lock(&mut tx, organization, id).await? else {
        return Ok(false);
    };
    if !action.takes().contains(&job.status) {
        return Ok(false);
    }
    let action = match action {
        JobBulkAction::Cancel => {
            request_cancel(&mut tx, &context.app.tasks, organization, id).await?;
            AuditAction::JobCancel
        }
        JobBulkAction::Retry => {
            revive(&mut tx, &context.app.tasks, &actor, id).await?;
            AuditAction::JobRetry
        }
    };
    audit::record(
        &mut tx,
        &actor,
        action,
        Subject::new("job", id.0, &job.task),
        NOTHING,
        NOTHING,
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}
