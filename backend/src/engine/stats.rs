//! Counts of ended attempts, for the graphs: small sums, so that nothing has to read the jobs themselves.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DurationRound as _, TimeDelta};
use diesel::{dsl::sql, prelude::*, sql_types::Bool, upsert::excluded};
use esteira_shared::{
    ids::OrganizationId,
    instant::Instant,
    status::{JobOutcome, JobStatus},
};

use crate::{
    db::{
        Database, RunQueryDsl, Tx, database_now,
        schema::{job_rollups, jobs, workers},
    },
    error::AppResult,
    with_conn,
};

/// Bins per doubling of the duration: a percentile read from them is at most 9 % off.
const PER_DOUBLING: f64 = 4.0;
/// About 18 hours.
const LAST_BIN: f64 = 144.0;

/// The place of a duration on a logarithmic scale that starts at one microsecond.
pub(super) fn bin(duration: Duration) -> i32 {
    let microseconds = duration.as_secs_f64() * 1e6;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a few hundred")]
    let bin = (microseconds.max(1.0).log2() * PER_DOUBLING).round().min(LAST_BIN) as i32;
    bin
}

/// The duration in the middle of a bin.
#[must_use]
pub fn duration_of(bin: i32) -> Duration {
    Duration::from_secs_f64((f64::from(bin) / PER_DOUBLING).exp2() / 1e6)
}

/// Ended attempts that are not written yet.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<(OrganizationId, String, JobOutcome, i32), i64>);

impl Tally {
    pub(super) fn add(&mut self, organization: OrganizationId, task: &str, outcome: JobOutcome, duration: Duration) {
        let key = (organization, task.to_owned(), outcome, bin(duration));
        *self.0.entry(key).or_default() += 1;
    }

    /// Adds them to the minute's counts in the order of the key, so that two writers never block each other.
    pub(super) async fn write(self, tx: &mut Tx, now: Instant) -> QueryResult<()> {
        let start = minute(now);
        for ((organization, task, outcome, bin), count) in self.0 {
            add(tx, "minute", (organization, start, task, outcome, bin, count)).await?;
        }
        Ok(())
    }
}

/// One count: organisation, start, task, outcome, bin and how many.
pub(super) type Count = (OrganizationId, Instant, String, JobOutcome, i32, i64);

/// Adds to a count, or makes it.
pub(super) async fn add(tx: &mut Tx, grain: &str, count: Count) -> QueryResult<()> {
    let (organization, start, task, outcome, bin, count) = count;
    let row = (
        job_rollups::organization_id.eq(organization),
        job_rollups::grain.eq(grain),
        job_rollups::start.eq(start),
        job_rollups::task.eq(task),
        job_rollups::outcome.eq(outcome),
        job_rollups::bin.eq(bin),
        job_rollups::count.eq(count),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(job_rollups::table)
        .values(row)
        .on_conflict((
            job_rollups::organization_id,
            job_rollups::grain,
            job_rollups::start,
            job_rollups::task,
            job_rollups::outcome,
            job_rollups::bin,
        ))
        .do_update()
        .set(job_rollups::count.eq(job_rollups::count + excluded(job_rollups::count)))
        .execute(c)
        .await)?;
    Ok(())
}

/// The minute an instant is in.
pub(super) fn minute(at: Instant) -> Instant {
    at.duration_trunc(TimeDelta::minutes(1)).map_or(at, Instant::from)
}

/// What waits and runs now, of all organisations, and who is there to work.
pub struct Load {
    pub jobs: BTreeMap<(String, JobStatus), i64>,
    pub workers_alive: i64,
    /// Among those that are alive.
    pub workers_draining: i64,
}

/// A worker counts as alive for `lease` after its last heartbeat.
///
/// # Errors
/// When the database does not answer.
pub async fn load(db: &Database, lease: Duration) -> AppResult<Load> {
    let mut conn = db.read_long().await?;
    let now = database_now(&mut conn, db.clock()).await?;
    let alive = workers::heartbeat_at.gt(now - super::delta(lease));
    let counts: Vec<(String, JobStatus, i64)> = with_conn!(&mut conn, |c| jobs::table
        .filter(sql::<Bool>("status IN ('queued', 'running')"))
        .group_by((jobs::queue, jobs::status))
        .select((jobs::queue, jobs::status, diesel::dsl::count_star()))
        .load(c)
        .await)?;
    let draining: Vec<Option<Instant>> = with_conn!(&mut conn, |c| workers::table
        .filter(alive)
        .select(workers::draining_at)
        .load(c)
        .await)?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(Load {
        jobs: counts
            .into_iter()
            .map(|(queue, status, count)| ((queue, status), count))
            .collect(),
        workers_alive: count(draining.len()),
        workers_draining: count(draining.iter().flatten().count()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_is_within_a_tenth_of_its_durations() {
        for milliseconds in [1_u64, 7, 40, 333, 1_000, 12_345, 600_000, 36_000_000] {
            let real = Duration::from_millis(milliseconds);
            let read = duration_of(bin(real));
            let ratio = read.as_secs_f64() / real.as_secs_f64();
            assert!((0.91..1.1).contains(&ratio), "{real:?} reads as {read:?}");
        }
        assert_eq!(bin(Duration::ZERO), 0);
    }
}
