//! Putting jobs on the queue.

use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::{JobGroupId, JobId, OrganizationId, SubjectId},
    instant::Instant,
    status::{JobStatus, UniqueScope},
};
use uuid::Uuid;

use super::{Task, job::Job, limits};
use crate::{
    bus::Signal,
    db::{
        RunQueryDsl, Tx,
        schema::{job_groups, jobs},
        sql_types::Json,
    },
    error::{AppError, AppResult, is_unique_violation},
    with_conn,
};

/// A job to be.
pub struct NewJob<T: Task> {
    id: JobId,
    organization_id: OrganizationId,
    payload: T::Payload,
    requested_by: String,
    subject_id: Option<SubjectId>,
    unique: Option<(String, UniqueScope)>,
    lane: String,
    priority: i32,
    run_at: Option<Instant>,
    waits_for: Option<JobGroupId>,
}

impl<T: Task> NewJob<T> {
    /// `requested_by` is who wants it, as people read it.
    pub fn new(organization_id: OrganizationId, requested_by: impl Into<String>, payload: T::Payload) -> Self {
        Self {
            id: JobId(Uuid::now_v7()),
            organization_id,
            payload,
            requested_by: requested_by.into(),
            subject_id: None,
            unique: None,
            lane: String::new(),
            priority: T::PRIORITY,
            run_at: None,
            waits_for: None,
        }
    }

    /// The id that it will have, for rows that name it and are written before.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.id
    }

    /// What it is about; people find it by this.
    #[must_use]
    pub fn about(mut self, subject: SubjectId) -> Self {
        self.subject_id = Some(subject);
        self
    }

    /// While an unfinished job of the organisation has this key, no other is made.
    #[must_use]
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.unique = Some((key.into(), UniqueScope::Unfinished));
        self
    }

    /// At most one job per key and period, finished or not; periods are counted from the epoch.
    #[must_use]
    pub fn unique_per(mut self, key: &str, period: Duration, now: Instant) -> Self {
        let seconds = i64::try_from(period.as_secs()).unwrap_or(i64::MAX).max(1);
        let turn = now.timestamp().div_euclid(seconds);
        self.unique = Some((format!("{key}#{seconds}/{turn}"), UniqueScope::Period));
        self
    }

    /// The path of limits that hold for it, see [`super::limits`].
    #[must_use]
    pub fn lane(mut self, lane: impl Into<String>) -> Self {
        self.lane = lane.into();
        self
    }

    /// 0 (first) to 9. Each level is worth a minute of waiting, so that nothing waits for ever.
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Not before this instant.
    #[must_use]
    pub fn run_at(mut self, at: Instant) -> Self {
        self.run_at = Some(at);
        self
    }

    /// Not before every job of the group is over, however it ended.
    #[must_use]
    pub fn after(mut self, group: JobGroupId) -> Self {
        self.waits_for = Some(group);
        self
    }

    fn row(self, group_id: Option<JobGroupId>, now: Instant, due: Instant) -> AppResult<Job> {
        let run_at = self.run_at.unwrap_or(due);
        if !(0..=9).contains(&self.priority) {
            return Err(refused("priority", FieldCode::OutOfRange, "0 to 9"));
        }
        if !(due - LONGEST_DELAY..=due + LONGEST_DELAY).contains(&run_at) {
            return Err(refused("run_at", FieldCode::OutOfRange, "within ten years"));
        }
        let payload = serde_json::to_value(&self.payload).map_err(AppError::internal)?;
        let size = payload.to_string().len();
        if size > MAX_PAYLOAD {
            let message =
                format!("the payload has {size} bytes, {MAX_PAYLOAD} are allowed; keep large things in the store");
            return Err(AppError::new(ErrorCode::TooLarge, message));
        }
        let (unique_key, unique_scope) = self.unique.unzip();
        Ok(Job {
            id: self.id,
            organization_id: self.organization_id,
            queue: T::QUEUE.to_owned(),
            lane: limits::lane(self.organization_id, &self.lane),
            task: T::NAME.to_owned(),
            payload: Json(payload),
            status: JobStatus::Queued,
            priority: self.priority,
            run_at,
            rank: rank(run_at, self.priority),
            attempt: 0,
            losses: 0,
            max_attempts: T::MAX_ATTEMPTS,
            fence: 0,
            worker_id: None,
            lease_expires_at: None,
            unique_key,
            unique_scope,
            subject_id: self.subject_id,
            requested_by: self.requested_by,
            group_id,
            waits_for: self.waits_for,
            progress: 0,
            progress_message: None,
            cancel_requested_at: None,
            last_error: None,
            last_error_kind: None,
            result: None,
            created_at: now,
            started_at: None,
            finished_at: None,
            duration_ms: None,
            elsewhere: None,
        })
    }
}

/// Bytes of a payload as JSON.
pub const MAX_PAYLOAD: usize = 1024 * 1024;
/// What lies further away is a mistake in a unit.
const LONGEST_DELAY: TimeDelta = TimeDelta::days(3_653);
const AGE_OF_A_LEVEL: TimeDelta = TimeDelta::seconds(60);
/// Rows in one statement: SQLite takes 32,766 bound values.
const ROWS: usize = 500;

/// The instant by which a lane is ordered. A job never starts before `run_at`.
pub(super) fn rank(run_at: Instant, priority: i32) -> Instant {
    run_at + AGE_OF_A_LEVEL * priority
}

fn refused(field: &str, code: FieldCode, message: &str) -> AppError {
    AppError::validation(vec![FieldError::new(field, code, message)])
}

/// Queues a job in the caller's transaction: either both the change and the job become true, or neither.
///
/// # Errors
/// `already_exists` when another job holds the unique key; `too_large` for a payload over [`MAX_PAYLOAD`];
/// `validation` for a priority or delay out of range.
pub async fn enqueue<T: Task>(tx: &mut Tx, new: NewJob<T>) -> AppResult<JobId> {
    let ids = insert(tx, None, vec![new]).await?;
    ids.into_iter()
        .next()
        .ok_or_else(|| AppError::internal(anyhow::anyhow!("no job was queued")))
}

/// Queues many jobs that belong together. What is queued [`NewJob::after`] the group runs when all of them are over.
///
/// # Errors
/// As [`enqueue`]; then none is queued. A group without jobs is refused.
pub async fn enqueue_group<T: Task>(
    tx: &mut Tx,
    organization: OrganizationId,
    new: Vec<NewJob<T>>,
) -> AppResult<JobGroupId> {
    let id = JobGroupId(Uuid::now_v7());
    let total = i32::try_from(new.len()).map_err(AppError::internal)?;
    if total == 0 {
        return Err(refused("jobs", FieldCode::Required, "a group has at least one job"));
    }
    let now = tx.now();
    let row = (
        job_groups::id.eq(id),
        job_groups::organization_id.eq(organization),
        job_groups::total.eq(total),
        job_groups::pending.eq(total),
        job_groups::failed.eq(0),
        job_groups::created_at.eq(now),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(job_groups::table)
        .values(row)
        .execute(c)
        .await)?;
    insert(tx, Some(id), new).await?;
    Ok(id)
}

/// Queues many jobs that do not belong together.
///
/// # Errors
/// As [`enqueue`]; then none is queued.
pub async fn enqueue_all<T: Task>(tx: &mut Tx, new: Vec<NewJob<T>>) -> AppResult<Vec<JobId>> {
    insert(tx, None, new).await
}

/// A row that was refused because another job holds its key.
pub(super) fn taken(error: diesel::result::Error) -> AppError {
    if is_unique_violation(&error) {
        AppError::new(ErrorCode::AlreadyExists, "the same job is queued or running already")
    } else {
        error.into()
    }
}

async fn insert<T: Task>(tx: &mut Tx, group: Option<JobGroupId>, new: Vec<NewJob<T>>) -> AppResult<Vec<JobId>> {
    let (now, due) = (tx.now(), tx.database_now().await?);
    let rows: Vec<Job> = new
        .into_iter()
        .map(|new| new.row(group, now, due))
        .collect::<AppResult<_>>()?;
    for chunk in rows.chunks(ROWS) {
        let inserted = with_conn!(tx.conn(), |c| diesel::insert_into(jobs::table)
            .values(chunk)
            .execute(c)
            .await);
        inserted.map_err(taken)?;
    }
    tx.signal(Signal::JobsReady);
    match rows.as_slice() {
        [one] => tx.changed(one.organization_id, Topic::Jobs, one.id.0),
        [first, ..] => tx.changed(first.organization_id, Topic::Jobs, None),
        [] => {}
    }
    Ok(rows.iter().map(|row| row.id).collect())
}
