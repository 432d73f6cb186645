//! Runs a job once more that ended without success.

use diesel::prelude::*;
use esteira_shared::{error::ErrorCode, ids::JobId, instant::Instant, status::JobStatus};
use serde_json::json;

use super::{
    Registry, ends, groups,
    job::Job,
    queue,
    state::{self, Step},
};
use crate::{
    auth::Actor,
    bus::Signal,
    db::{RunQueryDsl, Tx, schema::jobs},
    error::{AppError, AppResult},
    with_conn,
};

/// Puts it back to the queue; its attempts start anew and its history stays.
///
/// # Errors
/// `not_found`; `job_status` when it did not end without success; `already_exists` when the same work is already queued
/// again; any error with which the task refuses.
pub async fn revive(tx: &mut Tx, registry: &Registry, actor: &Actor, id: JobId) -> AppResult<Job> {
    let organization = actor.organization_id;
    let job = Job::lock(tx, organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))?;
    if !matches!(job.status, JobStatus::Dead | JobStatus::Cancelled) {
        let message = format!(
            "the job is {}; only one that failed or was cancelled can run once more",
            job.status
        );
        return Err(AppError::new(ErrorCode::JobStatus, message).with_details(json!({ "status": job.status })));
    }
    queue_again(tx, &job).await?;
    registry.on_revived(tx, &job, actor).await?;
    Job::find(tx.conn(), organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))
}

async fn queue_again(tx: &mut Tx, job: &Job) -> AppResult<()> {
    let status = state::after(job, Step::Revive)?;
    let run_at = tx.database_now().await?;
    // A group that is complete has let go what waited for it; the job then runs outside of it.
    let group_id = match job.group_id {
        Some(group) if groups::one_more(tx, group).await? => Some(group),
        _ => None,
    };
    let again = with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(job.id))
        .set((
            jobs::status.eq(status),
            jobs::run_at.eq(run_at),
            jobs::rank.eq(queue::rank(run_at, job.priority)),
            jobs::attempt.eq(0),
            jobs::losses.eq(0),
            jobs::group_id.eq(group_id),
            jobs::cancel_requested_at.eq(None::<Instant>),
            jobs::finished_at.eq(None::<Instant>),
            jobs::progress.eq(0),
            jobs::progress_message.eq(None::<String>),
        ))
        .execute(c)
        .await);
    again.map_err(queue::taken)?;
    tx.signal(Signal::JobsReady);
    ends::tell(tx, std::iter::once(job));
    Ok(())
}
