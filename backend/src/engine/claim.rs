//! Taking jobs off the queue.

use std::time::Duration;

use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl;
use esteira_shared::{
    ids::{JobId, WorkerId},
    instant::Instant,
    status::JobStatus,
};

use super::job::Job;
use crate::{
    db::{
        DbConn, Tx,
        schema::jobs,
        sql_types::{SqlInstant, SqlUuid},
    },
    on_backend, with_conn,
};

#[derive(diesel::QueryableByName)]
struct Ready {
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
}

/// Claims up to `count` jobs that are due, the most urgent first: each becomes `running` under this worker's lease, with
/// a new fencing number.
pub(super) async fn claim(
    tx: &mut Tx,
    queue: &str,
    worker: WorkerId,
    count: i64,
    now: Instant,
    lease: Duration,
) -> QueryResult<Vec<Job>> {
    let ids = due(tx.conn(), queue, count, now).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut claimed: Vec<Job> = with_conn!(tx.conn(), |c| diesel::update(
        jobs::table
            .filter(jobs::id.eq_any(ids))
            .filter(jobs::status.eq(JobStatus::Queued))
    )
    .set((
        jobs::status.eq(JobStatus::Running),
        jobs::worker_id.eq(Some(worker)),
        jobs::lease_expires_at.eq(Some(now + lease)),
        jobs::fence.eq(jobs::fence + 1),
        jobs::attempt.eq(jobs::attempt + 1),
        jobs::started_at.eq(Some(now)),
        jobs::progress.eq(0),
        jobs::progress_message.eq(None::<String>),
    ))
    .returning(Job::as_returning())
    .load(c)
    .await)?;
    claimed.sort_by_key(|job| (job.priority, job.run_at, job.id));
    Ok(claimed)
}

/// `status = 'queued'` stands as a literal because the index of waiting jobs is partial, and PostgreSQL uses it only
/// when the query says so. There, rows that another worker is claiming are passed over.
async fn due(conn: &mut DbConn, queue: &str, count: i64, now: Instant) -> QueryResult<Vec<JobId>> {
    const FIND: &str = "SELECT id FROM jobs WHERE status = 'queued' AND queue = ";
    let rows: Vec<Ready> = on_backend!(
        conn,
        sqlite
            | c
            | diesel::sql_query(format!("{FIND}? AND run_at <= ? ORDER BY priority, run_at, id LIMIT ?"))
                .bind::<Text, _>(queue)
                .bind::<SqlInstant, _>(now)
                .bind::<BigInt, _>(count)
                .load(c)
                .await?,
        postgres
            | c
            | diesel::sql_query(format!(
                "{FIND}$1 AND run_at <= $2 ORDER BY priority, run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED"
            ))
            .bind::<Text, _>(queue)
            .bind::<SqlInstant, _>(now)
            .bind::<BigInt, _>(count)
            .load(c)
            .await?,
    );
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// When the next waiting job falls due, whatever its priority.
pub(super) async fn next_due(conn: &mut DbConn, queue: &str) -> QueryResult<Option<Instant>> {
    with_conn!(conn, |c| jobs::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("status = 'queued'"))
        .filter(jobs::queue.eq(queue))
        .order(jobs::run_at)
        .select(jobs::run_at)
        .first(c)
        .await
        .optional())
}
