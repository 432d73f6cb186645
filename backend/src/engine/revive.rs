//! Running a job once more that ended without success.

use esteira_shared::{error::ErrorCode, ids::JobId, status::JobStatus};
use serde_json::json;

use super::{Registry, job::Job, lease};
use crate::{
    auth::Actor,
    db::Tx,
    error::{AppError, AppResult},
};

/// Puts it back to the queue; its attempts start anew and its history stays.
///
/// # Errors
/// `not_found`; `job_status` when it did not end without success; `already_exists` when the same work is queued again;
/// what the task refuses with.
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
    lease::revive(tx, &job).await?;
    registry.on_revived(tx, &job, actor).await?;
    Job::find(tx.conn(), organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))
}
