//! Figures over time, read from the counts that the engine keeps: never from the jobs themselves.

use std::collections::BTreeMap;

use chrono::{DurationRound as _, TimeDelta};
use diesel::prelude::*;
use esteira_shared::{
    dto::jobs::{JobStatsDto, JobStatsPointDto, StatsRange, TaskStatsDto},
    ids::OrganizationId,
    instant::Instant,
    status::JobOutcome,
};

use crate::{
    app::App,
    db::{
        DbConn, RunQueryDsl, database_now,
        schema::{job_rollups, queue_depths},
    },
    engine::stats::duration_of,
    error::AppResult,
    with_conn,
};

/// Ended attempts of a step or a task.
#[derive(Default)]
struct Sum {
    succeeded: i64,
    failed: i64,
    /// Successful attempts by the bin of their duration.
    bins: BTreeMap<i32, i64>,
}

impl Sum {
    fn add(&mut self, outcome: JobOutcome, bin: i32, count: i64) {
        match outcome {
            JobOutcome::Succeeded => {
                self.succeeded += count;
                *self.bins.entry(bin).or_default() += count;
            }
            JobOutcome::Failed | JobOutcome::Lost => self.failed += count,
            JobOutcome::Cancelled | JobOutcome::Released => {}
        }
    }

    /// Milliseconds under which `percent` of the successful attempts stayed.
    fn percentile(&self, percent: i64) -> Option<i64> {
        let rank = (self.succeeded * percent + 99) / 100;
        let mut seen = 0;
        let bin = self.bins.iter().find_map(|(bin, count)| {
            seen += count;
            (seen >= rank).then_some(*bin)
        })?;
        i64::try_from(duration_of(bin).as_millis()).ok()
    }
}

fn span(range: StatsRange) -> (TimeDelta, TimeDelta) {
    match range {
        StatsRange::Hour => (TimeDelta::hours(1), TimeDelta::minutes(1)),
        StatsRange::Day => (TimeDelta::days(1), TimeDelta::minutes(15)),
        StatsRange::Month => (TimeDelta::days(30), TimeDelta::hours(6)),
    }
}

/// Every step of the range up to now.
pub(super) async fn read(
    app: &App,
    conn: &mut DbConn,
    organization: OrganizationId,
    range: StatsRange,
    task: Option<&str>,
) -> AppResult<JobStatsDto> {
    let now = database_now(conn, app.clock.as_ref()).await?;
    let (length, step) = span(range);
    let step_of = |at: Instant| at.duration_trunc(step).map_or(at, Instant::from);
    let from = step_of(now - length) + step;
    // Minutes become hours after a day, so each attempt is counted in one of them.
    let rows: Vec<(Instant, String, JobOutcome, i32, i64)> = with_conn!(conn, |c| {
        let mut rows = job_rollups::table
            .filter(job_rollups::organization_id.eq(organization))
            .filter(job_rollups::grain.eq_any(["minute", "hour"]))
            .filter(job_rollups::start.ge(from))
            .select((
                job_rollups::start,
                job_rollups::task,
                job_rollups::outcome,
                job_rollups::bin,
                job_rollups::count,
            ))
            .into_boxed();
        if let Some(task) = task {
            rows = rows.filter(job_rollups::task.eq(task));
        }
        rows.load(c).await
    })?;
    let depths: Vec<(Instant, i64)> = with_conn!(conn, |c| queue_depths::table
        .filter(queue_depths::organization_id.eq(organization))
        .filter(queue_depths::at.ge(from))
        .select((queue_depths::at, queue_depths::waiting))
        .load(c)
        .await)?;
    let mut steps: BTreeMap<Instant, (Sum, Option<i64>)> = BTreeMap::new();
    let mut at = from;
    while at <= now {
        steps.insert(at, (Sum::default(), None));
        at = at + step;
    }
    let mut tasks: BTreeMap<String, Sum> = BTreeMap::new();
    for (start, task, outcome, bin, count) in rows {
        if let Some((sum, _)) = steps.get_mut(&step_of(start)) {
            sum.add(outcome, bin, count);
        }
        tasks.entry(task).or_default().add(outcome, bin, count);
    }
    for (at, waiting) in depths {
        if let Some((_, most)) = steps.get_mut(&step_of(at)) {
            *most = Some(most.unwrap_or(0).max(waiting));
        }
    }
    Ok(JobStatsDto {
        step_seconds: step.num_seconds(),
        points: steps
            .into_iter()
            .map(|(at, (sum, waiting))| point(at, &sum, waiting))
            .collect(),
        tasks: tasks.into_iter().map(|(task, sum)| row(task, &sum)).collect(),
    })
}

fn point(at: Instant, sum: &Sum, waiting: Option<i64>) -> JobStatsPointDto {
    JobStatsPointDto {
        at,
        succeeded: sum.succeeded,
        failed: sum.failed,
        p50_ms: sum.percentile(50),
        p95_ms: sum.percentile(95),
        p99_ms: sum.percentile(99),
        waiting,
    }
}

fn row(task: String, sum: &Sum) -> TaskStatsDto {
    TaskStatsDto {
        task,
        succeeded: sum.succeeded,
        failed: sum.failed,
        p50_ms: sum.percentile(50),
        p95_ms: sum.percentile(95),
        p99_ms: sum.percentile(99),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_come_from_sums() {
        let mut sum = Sum::default();
        for bin in 0..100 {
            sum.add(JobOutcome::Succeeded, bin, 1);
        }
        sum.add(JobOutcome::Lost, 3, 7);
        let at = |bin: i32| i64::try_from(duration_of(bin).as_millis()).ok();
        assert_eq!((sum.percentile(50), sum.percentile(99)), (at(49), at(98)));
        assert_eq!((sum.succeeded, sum.failed), (100, 7));
        assert_eq!(Sum::default().percentile(50), None);
    }
}
