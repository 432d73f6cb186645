//! Takes jobs back from workers that went silent.

use diesel::{prelude::*, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use esteira_shared::{ids::JobId, instant::Instant, status::JobStatus};

use super::{Registry, database_now, job::Job, lease};
use crate::{
    app::App,
    db::{
        DbConn,
        schema::jobs,
        sql_types::{SqlInstant, SqlUuid},
    },
    error::AppResult,
    on_backend, with_conn,
};

const BATCH: i64 = 100;

#[derive(diesel::QueryableByName)]
struct Expired {
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
}

/// Rescues what expired, and says how many that were. Any number of processes may call it at once.
pub(super) async fn rescue(app: &App, registry: &Registry) -> AppResult<usize> {
    // Most of the time nothing expired; look without taking the writer.
    let mut reader = app.db.read().await?;
    let now = database_now(&mut reader, app.clock.as_ref()).await?;
    if expired(&mut reader, now, "").await?.is_empty() {
        return Ok(0);
    }
    drop(reader);
    let mut tx = app.db.begin().await?;
    let ids = expired(tx.conn(), now, "FOR UPDATE SKIP LOCKED").await?;
    let lost: Vec<Job> = with_conn!(tx.conn(), |c| jobs::table
        .filter(jobs::id.eq_any(ids).and(jobs::status.eq(JobStatus::Running)))
        .select(Job::as_select())
        .load(c)
        .await)?;
    for job in &lost {
        tracing::warn!(job = %job.id, task = job.task, attempt = job.attempt, "lease expired; the job is taken back");
        lease::lose(&mut tx, registry, job).await?;
    }
    tx.commit().await?;
    Ok(lost.len())
}

async fn expired(conn: &mut DbConn, now: Instant, lock: &str) -> QueryResult<Vec<JobId>> {
    const FIND: &str = "SELECT id FROM jobs WHERE status = 'running' AND lease_expires_at < ";
    let rows: Vec<Expired> = on_backend!(
        conn,
        sqlite
            | c
            | diesel::sql_query(format!("{FIND}? ORDER BY lease_expires_at LIMIT ?"))
                .bind::<SqlInstant, _>(now)
                .bind::<BigInt, _>(BATCH)
                .load(c)
                .await?,
        postgres
            | c
            | diesel::sql_query(format!("{FIND}$1 ORDER BY lease_expires_at LIMIT $2 {lock}"))
                .bind::<SqlInstant, _>(now)
                .bind::<BigInt, _>(BATCH)
                .load(c)
                .await?,
    );
    Ok(rows.into_iter().map(|row| row.id).collect())
}
