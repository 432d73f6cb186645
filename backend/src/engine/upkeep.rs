//! Upkeep of the engine's own tables: removes old rows, adds minutes up to hours, notes the length of queues. Any
//! number of workers may do it at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DurationRound as _, TimeDelta};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    ids::{JobId, OrganizationId},
    instant::Instant,
    status::JobStatus,
};
use tokio_util::sync::CancellationToken;

use super::{
    Host, Registry,
    stats::{self, Count},
};
use crate::{
    db::{
        Database, RunQueryDsl, Tx, database_now,
        schema::{job_rollups, jobs, organizations, queue_depths},
    },
    error::AppResult,
    with_conn,
};

/// Rows in one transaction, so that nothing waits long for it.
const BATCH: i64 = 1_000;
/// Minutes are kept for this long; hours for a year.
const MINUTES: TimeDelta = TimeDelta::hours(26);
const HOURS: TimeDelta = TimeDelta::days(366);

/// Once a minute, until `ended`.
pub(super) async fn run<A: Host>(app: Arc<A>, ended: CancellationToken) {
    loop {
        tokio::select! { () = ended.cancelled() => return, () = tokio::time::sleep(Duration::from_secs(60)) => {} }
        if let Err(error) = once(app.db(), app.tasks(), &ended).await {
            tracing::warn!(error = %error, "the engine's tables could not be tidied");
        }
    }
}

/// One round, as each worker does it once a minute.
///
/// # Errors
/// When the database does not answer.
pub async fn once(db: &Database, registry: &Registry, ended: &CancellationToken) -> AppResult<()> {
    depths(db).await?;
    while !ended.is_cancelled() && (expired(db, registry).await? || folded(db).await?) {}
    let mut tx = db.begin_long().await?;
    let old = tx.database_now().await? - HOURS;
    with_conn!(tx.conn(), |c| {
        diesel::delete(
            job_rollups::table
                .filter(job_rollups::start.lt(old))
                .filter(job_rollups::grain.eq("hour")),
        )
        .execute(c)
        .await?;
        diesel::delete(queue_depths::table.filter(queue_depths::at.lt(old)))
            .execute(c)
            .await
    })?;
    Ok(tx.commit().await?)
}

/// Notes how much waits and runs.
async fn depths(db: &Database) -> AppResult<()> {
    let mut reader = db.read_long().await?;
    let at = stats::minute(database_now(&mut reader, db.clock()).await?);
    let counts: Vec<(OrganizationId, String, JobStatus, i64)> = with_conn!(&mut reader, |c| jobs::table
        .filter(sql::<Bool>("status IN ('queued', 'running')"))
        .group_by((jobs::organization_id, jobs::queue, jobs::status))
        .select((
            jobs::organization_id,
            jobs::queue,
            jobs::status,
            diesel::dsl::count_star()
        ))
        .load(c)
        .await)?;
    drop(reader);
    let mut rows: BTreeMap<(OrganizationId, String), (i64, i64)> = BTreeMap::new();
    for (organization, queue, status, count) in counts {
        let row = rows.entry((organization, queue)).or_default();
        match status {
            JobStatus::Running => row.1 = count,
            _ => row.0 = count,
        }
    }
    let mut tx = db.begin_long().await?;
    for ((organization, queue), (waiting, running)) in rows {
        let row = (
            queue_depths::organization_id.eq(organization),
            queue_depths::at.eq(at),
            queue_depths::queue.eq(queue),
            queue_depths::waiting.eq(waiting),
            queue_depths::running.eq(running),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(queue_depths::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c)
            .await)?;
    }
    Ok(tx.commit().await?)
}

/// Removes jobs that were kept long enough; true when there may be more.
async fn expired(db: &Database, registry: &Registry) -> AppResult<bool> {
    let only = own(db, registry).await?;
    if only.as_ref().is_some_and(Vec::is_empty) {
        return Ok(false);
    }
    let mut more = false;
    for (task, keep) in registry.keeps() {
        let mut reader = db.read_long().await?;
        let old = database_now(&mut reader, db.clock()).await? - super::delta(keep);
        let ids: Vec<JobId> = with_conn!(&mut reader, |c| {
            let mut ended = jobs::table
                .filter(jobs::task.eq(task))
                .filter(jobs::finished_at.lt(Some(old)))
                .order(jobs::finished_at)
                .limit(BATCH)
                .select(jobs::id)
                .into_boxed();
            if let Some(only) = &only {
                ended = ended.filter(jobs::organization_id.eq_any(only.clone()));
            }
            ended.load(c).await
        })?;
        drop(reader);
        if ids.is_empty() {
            continue;
        }
        more = true;
        let mut tx = db.begin_long().await?;
        // Asked again: somebody may have revived one meanwhile.
        let still_old = jobs::table
            .filter(jobs::id.eq_any(ids))
            .filter(jobs::finished_at.lt(Some(old)));
        with_conn!(tx.conn(), |c| diesel::delete(still_old).execute(c).await)?;
        tx.commit().await?;
    }
    Ok(more)
}

/// The organisations whose jobs go after the time of their task; `None` stands for all.
async fn own(db: &Database, registry: &Registry) -> AppResult<Option<Vec<OrganizationId>>> {
    let mut reader = db.read().await?;
    let others = registry.left_to_others(&mut reader).await?;
    if others.is_empty() {
        return Ok(None);
    }
    let all: Vec<OrganizationId> = with_conn!(&mut reader, |c| organizations::table
        .select(organizations::id)
        .load(c)
        .await)?;
    Ok(Some(all.into_iter().filter(|one| !others.contains(one)).collect()))
}

/// Adds old minutes to their hours; true when there may be more.
async fn folded(db: &Database) -> AppResult<bool> {
    let mut tx = db.begin_long().await?;
    let old = tx.database_now().await? - MINUTES;
    let rows: Vec<Count> = take_minutes(&mut tx, old).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    for (organization, start, task, outcome, bin, count) in rows {
        let hour = start.duration_trunc(TimeDelta::hours(1)).map_or(start, Instant::from);
        stats::add(&mut tx, "hour", (organization, hour, task, outcome, bin, count)).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Removes whole minutes and returns what was in them, so that two workers never count one twice.
async fn take_minutes(tx: &mut Tx, old: Instant) -> QueryResult<Vec<Count>> {
    let first: Option<Instant> = with_conn!(tx.conn(), |c| job_rollups::table
        .filter(job_rollups::grain.eq("minute"))
        .filter(job_rollups::start.lt(old))
        .order(job_rollups::start)
        .select(job_rollups::start)
        .first(c)
        .await
        .optional())?;
    let Some(first) = first else { return Ok(Vec::new()) };
    let mut rows: Vec<Count> = with_conn!(tx.conn(), |c| diesel::delete(
        job_rollups::table
            .filter(job_rollups::grain.eq("minute"))
            .filter(job_rollups::start.eq(first))
    )
    .returning((
        job_rollups::organization_id,
        job_rollups::start,
        job_rollups::task,
        job_rollups::outcome,
        job_rollups::bin,
        job_rollups::count,
    ))
    .load(c)
    .await)?;
    rows.sort();
    Ok(rows)
}
