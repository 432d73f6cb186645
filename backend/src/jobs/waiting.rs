//! "Por que não rodou?": the checks a waiting job goes through, in their order, each with what it saw.

use chrono::TimeDelta;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Integer},
};
use esteira_shared::{
    dto::jobs::{WaitingCheck, WaitingCheckDto, WaitingDto},
    instant::Instant,
    status::JobStatus,
};

use crate::{
    app::App,
    db::{
        DbConn, RunQueryDsl, database_now,
        schema::{job_groups, job_limits, jobs, queue_pauses, workers},
    },
    engine::{WAITING, holding_for, itself_and_each, job::Job, resting, running_in},
    error::AppResult,
    with_conn,
};

/// Jobs counted before this one; beyond it "more than" is enough.
const PLACE: i64 = 10_000;

/// The checks of a job that waits; nothing for any other.
///
/// # Errors
/// When the database does not answer.
pub async fn why_waiting(app: &App, conn: &mut DbConn, job: &Job) -> AppResult<Option<WaitingDto>> {
    match job.status {
        JobStatus::Queued => look(app, conn, job).await.map(Some),
        _ => Ok(None),
    }
}

/// Looks at everything a waiting job needs.
async fn look(app: &App, conn: &mut DbConn, job: &Job) -> AppResult<WaitingDto> {
    let now = database_now(conn, app.clock.as_ref()).await?;
    let mut checks = vec![WaitingCheckDto {
        at: Some(job.run_at),
        ..check(WaitingCheck::Due, job.run_at <= now)
    }];
    if let Some(group) = job.waits_for {
        let pending: i32 = with_conn!(conn, |c| job_groups::table
            .find(group)
            .select(job_groups::pending)
            .first(c)
            .await)?;
        checks.push(WaitingCheckDto {
            count: Some(pending.into()),
            ..check(WaitingCheck::Group, pending == 0)
        });
    }
    // What is at work on another machine has its place, and only needs somebody who follows it.
    if job.elsewhere.is_some() {
        checks.push(alive(app, conn, now).await?);
        return Ok(WaitingDto { checks });
    }
    checks.push(queue(conn, job).await?);
    if let Some(rest) = resting(conn, &app.tasks, &job.lane, now).await? {
        checks.push(WaitingCheckDto {
            subject: Some(rest.reason),
            at: Some(rest.ends_at),
            ..check(WaitingCheck::Maintenance, false)
        });
    }
    checks.push(alive(app, conn, now).await?);
    limits(conn, job, now, &mut checks).await?;
    let before = before(conn, job, now).await?;
    checks.push(WaitingCheckDto {
        count: Some(before),
        ..check(WaitingCheck::Turn, before == 0)
    });
    Ok(WaitingDto { checks })
}

fn check(check: WaitingCheck, passed: bool) -> WaitingCheckDto {
    WaitingCheckDto {
        check,
        passed,
        subject: None,
        at: None,
        count: None,
        most: None,
    }
}

async fn queue(conn: &mut DbConn, job: &Job) -> QueryResult<WaitingCheckDto> {
    let pause: Option<(Instant, String)> = with_conn!(conn, |c| queue_pauses::table
        .find((job.organization_id, &job.queue))
        .select((queue_pauses::paused_at, queue_pauses::paused_by))
        .first(c)
        .await
        .optional())?;
    let (at, by) = pause.unzip();
    Ok(WaitingCheckDto {
        at,
        subject: by,
        ..check(WaitingCheck::Queue, at.is_none())
    })
}

async fn alive(app: &App, conn: &mut DbConn, now: Instant) -> QueryResult<WaitingCheckDto> {
    let silent = now - TimeDelta::from_std(app.config.engine.lease).unwrap_or(TimeDelta::MAX);
    let alive: i64 = with_conn!(conn, |c| workers::table
        .filter(workers::heartbeat_at.gt(silent).and(workers::draining_at.is_null()))
        .count()
        .get_result(c)
        .await)?;
    Ok(WaitingCheckDto {
        count: Some(alive),
        ..check(WaitingCheck::Workers, alive > 0)
    })
}

type Limit = (String, Option<i32>, Option<i32>, Option<Instant>);

async fn limits(conn: &mut DbConn, job: &Job, now: Instant, checks: &mut Vec<WaitingCheckDto>) -> QueryResult<()> {
    let paths: Vec<[String; 2]> = holding_for(&job.lane)
        .iter()
        .map(|path| itself_and_each(path))
        .collect();
    let found: Vec<Limit> = with_conn!(conn, |c| job_limits::table
        .filter(job_limits::lane.eq_any(paths.concat()))
        .order(job_limits::lane)
        .select((
            job_limits::lane,
            job_limits::max_running,
            job_limits::rate_count,
            job_limits::next_at
        ))
        .load(c)
        .await)?;
    for [own, each] in paths {
        let of = |lane: &String| found.iter().find(|limit| limit.0 == *lane);
        let Some((_, most, rate, next)) = of(&own)
            .cloned()
            .or_else(|| of(&each).map(|limit| (own.clone(), limit.1, None, None)))
        else {
            continue;
        };
        let lane = own;
        let subject = Some(super::limits::path(&lane).to_owned());
        if let Some(most) = most {
            let running = running_in(conn, &lane).await?;
            checks.push(WaitingCheckDto {
                subject: subject.clone(),
                count: Some(running),
                most: Some(most.into()),
                ..check(WaitingCheck::Running, running < i64::from(most))
            });
        }
        if rate.is_some() {
            checks.push(WaitingCheckDto {
                subject,
                at: next,
                ..check(WaitingCheck::Rate, next.is_none_or(|next| next <= now))
            });
        }
    }
    Ok(())
}

/// Due jobs of the same queue and organisation that come first.
async fn before(conn: &mut DbConn, job: &Job, now: Instant) -> QueryResult<i64> {
    let ones: Vec<i32> = with_conn!(conn, |c| jobs::table
        .filter(sql::<Bool>(WAITING))
        .filter(jobs::queue.eq(&job.queue).and(jobs::lane.eq(&job.lane)))
        .filter(jobs::run_at.le(now))
        .filter(jobs::rank.le(job.rank))
        .filter(jobs::rank.lt(job.rank).or(jobs::id.lt(job.id)))
        .select(1.into_sql::<Integer>())
        .limit(PLACE)
        .load(c)
        .await)?;
    Ok(i64::try_from(ones.len()).unwrap_or(i64::MAX))
}
