//! One job with all that explains it.

use diesel::prelude::*;
use esteira_shared::{
    dto::jobs::{JobAttemptDto, JobDetailDto, JobGroupDto},
    ids::{JobGroupId, JobId, WorkerId},
    instant::Instant,
    reason::Reason,
    status::{FailureKind, JobOutcome},
};

use super::waiting;
use crate::{
    app::App,
    db::{
        DbConn, RunQueryDsl,
        schema::{job_attempts, job_groups},
    },
    engine::job::Job,
    error::AppResult,
    language::told,
    with_conn,
};

/// Lines of the log that come with a job.
const LINES: i64 = 500;

pub(super) async fn read(app: &App, conn: &mut DbConn, job: Job) -> AppResult<JobDetailDto> {
    let group = match job.group_id {
        Some(id) => group(conn, id).await?,
        None => None,
    };
    let waiting = waiting::why_waiting(app, conn, &job).await?;
    Ok(JobDetailDto {
        payload: job.payload.0.clone(),
        attempts: attempts(conn, job.id).await?,
        log: Job::log_tail(conn, job.id, LINES).await?,
        waiting,
        group,
        job: job.into_dto(),
    })
}

type Attempt = (
    i32,
    WorkerId,
    Instant,
    Instant,
    JobOutcome,
    Option<Reason>,
    Option<FailureKind>,
);

async fn attempts(conn: &mut DbConn, id: JobId) -> QueryResult<Vec<JobAttemptDto>> {
    let rows: Vec<Attempt> = with_conn!(conn, |c| job_attempts::table
        .filter(job_attempts::job_id.eq(id))
        .order(job_attempts::fence)
        .select((
            job_attempts::attempt,
            job_attempts::worker_id,
            job_attempts::started_at,
            job_attempts::finished_at,
            job_attempts::outcome,
            job_attempts::error,
            job_attempts::error_kind,
        ))
        .load(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(
            |(attempt, worker_id, started_at, finished_at, outcome, error, error_kind)| {
                let (error, error_coded) = error.as_ref().map(told).unzip();
                JobAttemptDto {
                    attempt,
                    worker_id,
                    started_at,
                    finished_at,
                    outcome,
                    error,
                    error_coded,
                    error_kind,
                }
            },
        )
        .collect())
}

async fn group(conn: &mut DbConn, id: JobGroupId) -> QueryResult<Option<JobGroupDto>> {
    let row: Option<(i32, i32, i32)> = with_conn!(conn, |c| job_groups::table
        .find(id)
        .select((job_groups::total, job_groups::pending, job_groups::failed))
        .first(c)
        .await
        .optional())?;
    Ok(row.map(|(total, pending, failed)| JobGroupDto {
        id,
        total,
        pending,
        failed,
    }))
}
