//! Putting jobs on the queue, and asking for their end.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use esteira_shared::{
    event::Topic,
    ids::{JobId, OrganizationId, SubjectId},
    instant::Instant,
    status::JobStatus,
};
use uuid::Uuid;

use super::{Task, bus::Signal, job::Job, lease};
use crate::{
    db::{Tx, schema::jobs, sql_types::Json},
    error::{AppError, AppResult, is_unique_violation},
    with_conn,
};

/// A job to be. `requested_by` is who wants it, as people read it.
pub struct NewJob<T: Task> {
    pub organization_id: OrganizationId,
    pub payload: T::Payload,
    pub requested_by: String,
    pub subject_id: Option<SubjectId>,
    /// While an unfinished job of the organisation has this key, no other is made.
    pub unique_key: Option<String>,
    /// Not before this instant.
    pub run_at: Option<Instant>,
}

/// Queues a job in the caller's transaction: either both the change and the job become true, or neither.
///
/// # Errors
/// `already_exists` when an unfinished job holds the unique key.
pub async fn enqueue<T: Task>(tx: &mut Tx, new: NewJob<T>) -> AppResult<JobId> {
    let now = tx.now();
    let due = tx.database_now().await?;
    let id = JobId(Uuid::now_v7());
    let row = Job {
        id,
        organization_id: new.organization_id,
        queue: "default".to_owned(),
        task: T::NAME.to_owned(),
        payload: Json(serde_json::to_value(&new.payload).map_err(AppError::internal)?),
        status: JobStatus::Queued,
        priority: 0,
        run_at: new.run_at.unwrap_or(due),
        attempt: 0,
        max_attempts: T::MAX_ATTEMPTS,
        fence: 0,
        worker_id: None,
        lease_expires_at: None,
        timeout_ms: i64::try_from(T::TIMEOUT.as_millis()).unwrap_or(i64::MAX),
        unique_key: new.unique_key,
        subject_id: new.subject_id,
        requested_by: new.requested_by,
        progress: 0,
        progress_message: None,
        cancel_requested_at: None,
        last_error: None,
        last_error_kind: None,
        result: None,
        created_at: now,
        started_at: None,
        finished_at: None,
    };
    let inserted = with_conn!(tx.conn(), |c| diesel::insert_into(jobs::table)
        .values(&row)
        .execute(c)
        .await);
    inserted.map_err(|error| {
        if is_unique_violation(&error) {
            AppError::new(
                esteira_shared::error::ErrorCode::AlreadyExists,
                "the same job is queued or running already",
            )
        } else {
            error.into()
        }
    })?;
    tx.signal(Signal::JobsReady);
    tx.changed(new.organization_id, Topic::Jobs, id.0);
    Ok(id)
}

/// Asks for a job's end. A waiting job ends at once; a running one is told with the next heartbeat of its worker.
///
/// # Errors
/// `not_found`. A job that is over stays as it is.
pub async fn request_cancel(
    tx: &mut Tx,
    registry: &super::Registry,
    organization: OrganizationId,
    id: JobId,
) -> AppResult<Job> {
    let now = tx.now();
    let job = Job::lock(tx, organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))?;
    match job.status {
        JobStatus::Queued => lease::end_waiting(tx, registry, &job).await?,
        JobStatus::Running => {
            with_conn!(tx.conn(), |c| diesel::update(jobs::table.filter(jobs::id.eq(id)))
                .set(jobs::cancel_requested_at.eq(Some(now)))
                .execute(c)
                .await)?;
        }
        JobStatus::Succeeded | JobStatus::Cancelled | JobStatus::Dead => {}
    }
    tx.changed(organization, Topic::Jobs, id.0);
    Job::find(tx.conn(), organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("job"))
}
