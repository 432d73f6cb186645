//! Ends many attempts with success in one statement, which makes short jobs cheap. Each is still checked by its own
//! fencing number.

use std::{collections::HashSet, sync::Arc, time::Duration};

use chrono::SecondsFormat;
use diesel::{prelude::*, sql_types::Text};
use esteira_shared::{
    ids::JobId,
    instant::Instant,
    status::{FailureKind, JobOutcome, JobStatus},
};
use serde_json::{Value, json};

use super::{
    super::{
        groups,
        history::{self, AttemptRow, LogLine},
        job::Job,
        state::{self, Step},
        stats::Tally,
    },
    tell,
};
use crate::{
    db::{
        Database, RunQueryDsl, Tx,
        schema::job_attempts,
        sql_types::{Json, SqlJson, SqlUuid},
    },
    error::AppResult,
    on_backend, with_conn,
};

/// A successful attempt.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Done {
    /// As it was claimed.
    pub(in crate::engine) job: Arc<Job>,
    pub(in crate::engine) result: Value,
    pub(in crate::engine) took: Duration,
    /// Lines of its log that are not written yet.
    pub(in crate::engine) log: Vec<LogLine>,
}

#[derive(diesel::QueryableByName)]
struct Ended {
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
}

/// Ends these attempts in a transaction of their own.
///
/// # Errors
/// When the database refuses; then none was ended.
pub(in crate::engine) async fn write_successes(db: &Database, all: &[Done]) -> AppResult<()> {
    let mut tx = db.begin().await?;
    let ended = succeed(&mut tx, all).await?;
    tx.commit().await?;
    for late in all.iter().filter(|done| !ended.contains(&done.job.id)) {
        let job = &late.job;
        tracing::warn!(job = %job.id, task = job.task, "the end of an attempt came too late; it changes nothing");
    }
    Ok(())
}

/// Ends these attempts and says which of them still held their job; the others changed nothing.
pub(in crate::engine) async fn succeed(tx: &mut Tx, all: &[Done]) -> AppResult<HashSet<JobId>> {
    let now = tx.database_now().await?;
    let ended = end(tx, all, now).await?;
    let held = || all.iter().filter(|done| ended.contains(&done.job.id));
    let mut tally = Tally::default();
    let attempts: Vec<AttemptRow> = held().map(|done| attempt(done, now)).collect();
    for done in held() {
        tally.add(
            done.job.organization_id,
            &done.job.task,
            JobOutcome::Succeeded,
            done.took,
        );
    }
    for chunk in attempts.chunks(1_000) {
        with_conn!(tx.conn(), |c| diesel::insert_into(job_attempts::table)
            .values(chunk)
            .execute(c)
            .await)?;
    }
    let logs: Vec<(JobId, &[LogLine])> = held()
        .filter(|done| !done.log.is_empty())
        .map(|done| (done.job.id, done.log.as_slice()))
        .collect();
    history::append_logs(tx.conn(), &logs).await?;
    tally.write(tx, now).await?;
    groups::one_less(tx, held().filter_map(|done| Some((done.job.group_id?, true))), now).await?;
    tell(tx, held().map(|done| done.job.as_ref()));
    Ok(ended)
}

fn attempt(done: &Done, now: Instant) -> AttemptRow {
    AttemptRow {
        job_id: done.job.id,
        fence: done.job.fence,
        attempt: done.job.attempt,
        // Claimed jobs have one.
        worker_id: done
            .job
            .worker_id
            .unwrap_or(esteira_shared::ids::WorkerId(uuid::Uuid::nil())),
        started_at: history::started(&done.job, done.took, now),
        finished_at: now,
        outcome: JobOutcome::Succeeded,
        error: None,
        error_kind: None::<FailureKind>,
    }
}

/// One statement, with the rows as JSON. The number of bound values is limited, and each batch has another size.
async fn end(tx: &mut Tx, all: &[Done], now: Instant) -> QueryResult<HashSet<JobId>> {
    let Some(succeeded) = state::next(JobStatus::Running, Step::Succeed) else {
        return Ok(HashSet::new());
    };
    let set = format!(
        "UPDATE jobs SET status = '{succeeded}', worker_id = NULL, lease_expires_at = NULL, elsewhere = NULL, progress = 100, \
                       last_error = NULL, last_error_kind = NULL, result = d.result, started_at = d.started_at, \
                       finished_at = d.finished_at, duration_ms = d.duration_ms "
    );
    const HELD: &str = "d WHERE jobs.id = d.id AND jobs.fence = d.fence AND jobs.status = 'running' RETURNING jobs.id";
    let text = |at: Instant| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let rows: Vec<Value> = all
        .iter()
        .map(|done| {
            json!({
                "id": done.job.id, "fence": done.job.fence, "result": done.result,
                "started_at": text(history::started(&done.job, done.took, now)),
                "finished_at": text(now),
                "duration_ms": history::milliseconds(done.took),
            })
        })
        .collect();
    let rows = Value::Array(rows);
    let ended: Vec<Ended> = on_backend!(
        tx.conn(),
        sqlite = |c| diesel::sql_query(format!(
            "{set} FROM (SELECT value ->> 'id' AS id, value ->> 'fence' AS fence, value -> 'result' AS result, \
             value ->> 'started_at' AS started_at, value ->> 'finished_at' AS finished_at, \
             value ->> 'duration_ms' AS duration_ms FROM json_each(?)) {HELD}"
        ))
        .bind::<Text, _>(rows.to_string())
        .load(c)
        .await?,
        postgres = |c| diesel::sql_query(format!(
            "{set} FROM jsonb_to_recordset($1) AS d (id uuid, fence bigint, result jsonb, started_at timestamptz, \
             finished_at timestamptz, duration_ms bigint) {}",
            HELD.trim_start_matches("d ")
        ))
        .bind::<SqlJson, _>(Json(rows))
        .load(c)
        .await?,
    );
    Ok(ended.into_iter().map(|row| row.id).collect())
}
