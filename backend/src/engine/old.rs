//! Jobs and groups that ended long ago.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Nullable},
};
use esteira_shared::{
    event::Topic,
    ids::{JobGroupId, JobId},
    instant::Instant,
};
use uuid::Uuid;

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        aged::{Age, Aged, BATCH, Old, Place, beginning},
        schema::{job_attempts, job_groups, job_log_lines, jobs},
        sql_types::{SqlInstant, SqlUuid},
    },
    with_conn,
};

/// Ended jobs with their attempts and the lines of their logs.
pub struct OldJobs;

/// Complete groups whose jobs are gone, or old enough to go as well.
pub struct OldGroups;

const BYTES: &str = "CAST(octet_length(CAST(jobs.payload AS text)) \
    + coalesce(octet_length(CAST(jobs.result AS text)), 0) + coalesce(octet_length(jobs.last_error), 0) \
    + coalesce(octet_length(jobs.progress_message), 0) + octet_length(jobs.lane) + octet_length(jobs.requested_by) AS bigint)";

impl Aged for OldJobs {
    type Id = JobId;

    async fn old(conn: &mut DbConn, age: Age, after: Option<Place<JobId>>) -> QueryResult<Vec<Old<JobId>>> {
        let (at, id) = after.unwrap_or((beginning(), JobId(Uuid::nil())));
        let beyond = sql::<Bool>("(jobs.finished_at, jobs.id) > (")
            .bind::<Nullable<SqlInstant>, _>(Some(at))
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")");
        let found: Vec<(JobId, Instant, i64)> = with_conn!(conn, |c| jobs::table
            .filter(jobs::organization_id.eq(age.organization))
            .filter(jobs::finished_at.lt(Some(age.before)))
            .filter(beyond)
            .order((jobs::finished_at, jobs::id))
            .limit(BATCH)
            .select((jobs::id, jobs::finished_at.assume_not_null(), sql::<BigInt>(BYTES)))
            .load(c)
            .await)?;
        let mut along: HashMap<JobId, (i64, i64)> = HashMap::new();
        let ids = found.iter().map(|(id, ..)| *id).collect();
        for (id, rows, bytes) in history(conn, ids).await? {
            let sum = along.entry(id).or_default();
            *sum = (sum.0 + rows, sum.1 + bytes);
        }
        let old = |(id, at, bytes): (JobId, Instant, i64)| {
            let (rows, more) = along.get(&id).copied().unwrap_or_default();
            Old {
                at,
                id,
                count: 1,
                rows: 1 + rows,
                bytes: bytes + more,
            }
        };
        Ok(found.into_iter().map(old).collect())
    }

    async fn remove(tx: &mut Tx, age: Age, ids: Vec<JobId>) -> QueryResult<Vec<JobId>> {
        // Asked again: somebody may have revived one meanwhile.
        let still = jobs::table
            .filter(jobs::organization_id.eq(age.organization).and(jobs::id.eq_any(ids)))
            .filter(jobs::finished_at.lt(Some(age.before)));
        let gone: Vec<JobId> = with_conn!(tx.conn(), |c| diesel::delete(still).returning(jobs::id).load(c).await)?;
        tx.changed(age.organization, Topic::Jobs, None);
        Ok(gone)
    }
}

/// Rows and bytes of attempts and of log lines, for jobs that have some.
async fn history(conn: &mut DbConn, ids: Vec<JobId>) -> QueryResult<Vec<(JobId, i64, i64)>> {
    let mut found: Vec<(JobId, i64, i64)> = with_conn!(conn, |c| job_attempts::table
        .filter(job_attempts::job_id.eq_any(ids.clone()))
        .group_by(job_attempts::job_id)
        .select((
            job_attempts::job_id,
            count_star(),
            sql::<BigInt>("CAST(sum(coalesce(octet_length(error), 0)) AS bigint)")
        ))
        .load(c)
        .await)?;
    let lines: Vec<(JobId, i64, i64)> = with_conn!(conn, |c| job_log_lines::table
        .filter(job_log_lines::job_id.eq_any(ids))
        .group_by(job_log_lines::job_id)
        .select((
            job_log_lines::job_id,
            count_star(),
            sql::<BigInt>("CAST(sum(octet_length(message)) AS bigint)")
        ))
        .load(c)
        .await)?;
    found.extend(lines);
    Ok(found)
}

/// No job of the group is young or unfinished. A macro, because each use is a type of its own.
macro_rules! without_young_jobs {
    ($age:expr) => {
        sql::<Bool>(
            "NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.group_id = job_groups.id \
             AND (jobs.finished_at IS NULL OR jobs.finished_at >= ",
        )
        .bind::<SqlInstant, _>($age.before)
        .sql("))")
    };
}

impl Aged for OldGroups {
    type Id = JobGroupId;

    async fn old(conn: &mut DbConn, age: Age, after: Option<Place<JobGroupId>>) -> QueryResult<Vec<Old<JobGroupId>>> {
        let (at, id) = after.unwrap_or((beginning(), JobGroupId(Uuid::nil())));
        let beyond = sql::<Bool>("(job_groups.finished_at, job_groups.id) > (")
            .bind::<Nullable<SqlInstant>, _>(Some(at))
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")");
        let found: Vec<(JobGroupId, Instant)> = with_conn!(conn, |c| job_groups::table
            .filter(job_groups::organization_id.eq(age.organization))
            .filter(job_groups::finished_at.lt(Some(age.before)))
            .filter(beyond)
            .filter(without_young_jobs!(age))
            .order((job_groups::finished_at, job_groups::id))
            .limit(BATCH)
            .select((job_groups::id, job_groups::finished_at.assume_not_null()))
            .load(c)
            .await)?;
        let old = |(id, at): (JobGroupId, Instant)| Old {
            at,
            id,
            count: 1,
            rows: 1,
            bytes: 0,
        };
        Ok(found.into_iter().map(old).collect())
    }

    async fn remove(tx: &mut Tx, age: Age, ids: Vec<JobGroupId>) -> QueryResult<Vec<JobGroupId>> {
        let still = job_groups::table
            .filter(
                job_groups::organization_id
                    .eq(age.organization)
                    .and(job_groups::id.eq_any(ids)),
            )
            .filter(job_groups::finished_at.lt(Some(age.before)))
            .filter(without_young_jobs!(age));
        with_conn!(tx.conn(), |c| diesel::delete(still)
            .returning(job_groups::id)
            .load(c)
            .await)
    }
}
