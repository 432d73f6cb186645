//! What people do to one job.

use esteira_shared::ids::JobId;

use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::Tx,
    engine::{job::Job, request_cancel, revive},
    error::AppResult,
};

/// Asks for a job's end.
///
/// # Errors
/// `not_found`. A job that is over stays as it is.
pub async fn cancel(app: &App, tx: &mut Tx, actor: &Actor, id: JobId) -> AppResult<Job> {
    let job = request_cancel(tx, &app.tasks, actor.organization_id, id).await?;
    record(tx, actor, AuditAction::JobCancel, &job).await?;
    Ok(job)
}

/// Has a job run once more that ended without success.
///
/// # Errors
/// `not_found`; `job_status` when it did not end so; what its task refuses with.
pub async fn retry(app: &App, tx: &mut Tx, actor: &Actor, id: JobId) -> AppResult<Job> {
    let job = revive(tx, &app.tasks, actor, id).await?;
    record(tx, actor, AuditAction::JobRetry, &job).await?;
    Ok(job)
}

async fn record(tx: &mut Tx, actor: &Actor, action: AuditAction, job: &Job) -> AppResult<()> {
    let subject = Subject::new("job", job.id.0, &job.task);
    audit::record(tx, actor, action, subject, NOTHING, NOTHING).await
}
