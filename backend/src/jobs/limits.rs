//! Limits, as people edit them.

use diesel::prelude::*;
use esteira_shared::{
    dto::jobs::{JobLimitDto, JobLimitUpdate},
    event::Topic,
    ids::OrganizationId,
    instant::Instant,
};

use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, Subject},
    },
    bus::Signal,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{job_limits, jobs},
    },
    engine::{count_across, lane, running_in},
    error::AppResult,
    with_conn,
};

/// The path of a lane, as people write it.
pub(super) fn path(lane: &str) -> &str {
    lane.split_once('/').map_or("", |(_, path)| path)
}

type Row = (String, Option<i32>, Option<i32>, Option<i32>, Instant, String);

/// All limits of an organisation, by lane.
pub(super) async fn list(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<JobLimitDto>> {
    let rows: Vec<Row> = with_conn!(conn, |c| job_limits::table
        .filter(job_limits::organization_id.eq(organization))
        .order(job_limits::lane)
        .select((
            job_limits::lane,
            job_limits::max_running,
            job_limits::rate_count,
            job_limits::rate_seconds,
            job_limits::updated_at,
            job_limits::updated_by,
        ))
        .load(c)
        .await)?;
    let mut all = Vec::with_capacity(rows.len());
    for (lane, max_running, rate_count, rate_seconds, updated_at, updated_by) in rows {
        all.push(JobLimitDto {
            // Of all those that it holds for.
            running: running_in(conn, lane.trim_end_matches("/*")).await?,
            waiting: waiting_in(conn, lane.trim_end_matches("/*")).await?,
            lane: path(&lane).to_owned(),
            max_running,
            rate_count,
            rate_seconds,
            updated_at,
            updated_by,
        });
    }
    Ok(all)
}

/// What waits for a place. What only waits to be followed on has one.
async fn waiting_in(conn: &mut DbConn, lane: &str) -> QueryResult<i64> {
    const WAITS: &str = "status = 'queued' AND elsewhere IS NULL";
    if let Some(waiting) = count_across(conn, WAITS, lane).await? {
        return Ok(waiting);
    }
    let (from, to) = (format!("{lane}/"), format!("{lane}0"));
    with_conn!(conn, |c| jobs::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(WAITS))
        .filter(jobs::lane.eq(lane).or(jobs::lane.ge(&from).and(jobs::lane.lt(&to))))
        .count()
        .get_result(c)
        .await)
}

/// Sets a limit, or removes it when no figure is given. It holds from the next claim on.
pub(super) async fn set(tx: &mut Tx, actor: &Actor, update: JobLimitUpdate) -> AppResult<Vec<JobLimitDto>> {
    let organization = actor.organization_id;
    let key = lane(organization, update.lane.trim());
    let before = list(tx.conn(), organization).await?;
    if update.max_running.is_none() && update.rate_count.is_none() {
        with_conn!(tx.conn(), |c| diesel::delete(job_limits::table.find(&key))
            .execute(c)
            .await)?;
    } else {
        let now = tx.now();
        macro_rules! figures {
            () => {
                (
                    job_limits::max_running.eq(update.max_running),
                    job_limits::rate_count.eq(update.rate_count),
                    job_limits::rate_seconds.eq(update.rate_seconds),
                    job_limits::next_at.eq(None::<Instant>),
                    job_limits::updated_at.eq(now),
                    job_limits::updated_by.eq(&actor.name),
                )
            };
        }
        let row = (
            job_limits::lane.eq(&key),
            job_limits::organization_id.eq(organization),
            figures!(),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(job_limits::table)
            .values(row)
            .on_conflict(job_limits::lane)
            .do_update()
            .set(figures!())
            .execute(c)
            .await)?;
    }
    let after = list(tx.conn(), organization).await?;
    let of = |all: &[JobLimitDto]| all.iter().find(|limit| limit.lane == update.lane.trim()).cloned();
    let subject = Subject::new("job_limit", None, &update.lane);
    audit::record(
        tx,
        actor,
        AuditAction::JobLimitSet,
        subject,
        of(&before).as_ref(),
        of(&after).as_ref(),
    )
    .await?;
    // What was held back may start now.
    tx.signal(Signal::JobsReady);
    tx.changed(organization, Topic::Jobs, None);
    Ok(after)
}
