//! The job row and its queries for people: lists, one job, its log.

use diesel::prelude::*;
use esteira_shared::{
    dto::jobs::{JobDto, JobLogLineDto},
    ids::{JobGroupId, JobId, OrganizationId, SubjectId, WorkerId},
    instant::Instant,
    reason::Reason,
    status::{Elsewhere, FailureKind, JobStatus, UniqueScope},
};

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{job_log_lines, jobs},
        sql_types::Json,
    },
    language::told,
    locked, with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Job {
    pub id: JobId,
    pub organization_id: OrganizationId,
    pub queue: String,
    pub lane: String,
    pub task: String,
    pub payload: Json,
    pub status: JobStatus,
    pub priority: i32,
    pub run_at: Instant,
    pub rank: Instant,
    pub attempt: i32,
    pub losses: i32,
    pub max_attempts: i32,
    pub fence: i64,
    pub worker_id: Option<WorkerId>,
    pub lease_expires_at: Option<Instant>,
    pub unique_key: Option<String>,
    pub unique_scope: Option<UniqueScope>,
    pub subject_id: Option<SubjectId>,
    pub requested_by: String,
    pub group_id: Option<JobGroupId>,
    pub waits_for: Option<JobGroupId>,
    pub progress: i32,
    pub progress_message: Option<Reason>,
    pub cancel_requested_at: Option<Instant>,
    pub last_error: Option<Reason>,
    pub last_error_kind: Option<FailureKind>,
    pub result: Option<Json>,
    pub created_at: Instant,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
    pub duration_ms: Option<i64>,
    /// See [`super::limits`].
    pub elsewhere: Option<Elsewhere>,
}

impl Job {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: JobId) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| jobs::table
            .filter(jobs::organization_id.eq(organization).and(jobs::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// The row, held until the transaction ends, so that no worker claims or ends it meanwhile.
    pub async fn lock(tx: &mut Tx, organization: OrganizationId, id: JobId) -> QueryResult<Option<Self>> {
        locked!(
            tx,
            for_update,
            jobs::table
                .filter(jobs::organization_id.eq(organization).and(jobs::id.eq(id)))
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )
    }

    /// A running job's row, held; nothing while somebody else holds it.
    pub(super) async fn lock_running(tx: &mut Tx, id: JobId) -> QueryResult<Option<Self>> {
        locked!(
            tx,
            for_update.skip_locked,
            jobs::table
                .filter(jobs::id.eq(id).and(jobs::status.eq(JobStatus::Running)))
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )
    }

    /// The newest job about a thing.
    pub async fn last_about(
        conn: &mut DbConn,
        organization: OrganizationId,
        task: &str,
        subject: SubjectId,
    ) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| jobs::table
            .filter(
                jobs::organization_id
                    .eq(organization)
                    .and(jobs::subject_id.eq(Some(subject)))
            )
            .filter(jobs::task.eq(task))
            .order(jobs::id.desc())
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// Jobs at work now, oldest first.
    pub async fn running(conn: &mut DbConn, organization: OrganizationId, limit: i64) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| jobs::table
            .filter(
                jobs::organization_id
                    .eq(organization)
                    .and(jobs::status.eq(JobStatus::Running))
            )
            .order(jobs::id)
            .limit(limit)
            .select(Self::as_select())
            .load(c)
            .await)
    }

    /// The end of a job's log, oldest line first.
    pub async fn log_tail(conn: &mut DbConn, id: JobId, lines: i64) -> QueryResult<Vec<JobLogLineDto>> {
        let mut rows: Vec<(i64, Instant, String, Reason)> = with_conn!(conn, |c| job_log_lines::table
            .filter(job_log_lines::job_id.eq(id))
            .order(job_log_lines::seq.desc())
            .limit(lines)
            .select((
                job_log_lines::seq,
                job_log_lines::at,
                job_log_lines::level,
                job_log_lines::message
            ))
            .load(c)
            .await)?;
        rows.reverse();
        Ok(rows
            .into_iter()
            .map(|(seq, at, level, message)| {
                let (message, message_coded) = told(&message);
                JobLogLineDto {
                    seq,
                    at,
                    level,
                    message,
                    message_coded,
                }
            })
            .collect())
    }

    #[must_use]
    pub fn into_dto(self) -> JobDto {
        let (progress_message, progress_message_coded) = self.progress_message.as_ref().map(told).unzip();
        let (last_error, last_error_coded) = self.last_error.as_ref().map(told).unzip();
        JobDto {
            id: self.id,
            task: self.task,
            status: self.status,
            lane: self.lane.split_once('/').map_or("", |(_, path)| path).to_owned(),
            queue: self.queue,
            priority: self.priority,
            subject_id: self.subject_id,
            requested_by: self.requested_by,
            attempt: self.attempt,
            max_attempts: self.max_attempts,
            progress: self.progress,
            progress_message,
            progress_message_coded,
            created_at: self.created_at,
            run_at: self.run_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
            duration_ms: self.duration_ms,
            worker_id: self.worker_id,
            cancel_requested_at: self.cancel_requested_at,
            last_error,
            last_error_coded,
            last_error_kind: self.last_error_kind,
            result: self.result.map(|result| result.0),
        }
    }
}
