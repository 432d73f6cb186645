//! The processes that run jobs.

use chrono::TimeDelta;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    dto::jobs::WorkerDto,
    event::Topic,
    ids::{OrganizationId, WorkerId},
    instant::Instant,
};

use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{
        DbConn, RunQueryDsl, Tx, database_now,
        schema::{jobs, workers},
    },
    engine::job::Job,
    error::{AppError, AppResult},
    with_conn,
};

/// Jobs of one worker that are shown.
const JOBS: i64 = 50;

type Row = (
    WorkerId,
    String,
    i64,
    String,
    i32,
    Instant,
    Instant,
    Option<Instant>,
    Option<String>,
);

/// Every worker that was heard of in the last day, the newest first.
pub(super) async fn list(app: &App, conn: &mut DbConn, organization: OrganizationId) -> AppResult<Vec<WorkerDto>> {
    let now = database_now(conn, app.clock.as_ref()).await?;
    let silent = now - TimeDelta::from_std(app.config.engine.lease).unwrap_or(TimeDelta::MAX);
    let rows: Vec<Row> = with_conn!(conn, |c| workers::table
        .order(workers::id.desc())
        .select((
            workers::id,
            workers::host,
            workers::pid,
            workers::version,
            workers::slots,
            workers::started_at,
            workers::heartbeat_at,
            workers::draining_at,
            workers::drained_by,
        ))
        .load(c)
        .await)?;
    let mut all = Vec::with_capacity(rows.len());
    for (id, host, pid, version, slots, started_at, heartbeat_at, draining_at, drained_by) in rows {
        let here = || {
            jobs::table
                .filter(sql::<Bool>("status = 'running'"))
                .filter(jobs::worker_id.eq(Some(id)))
        };
        let count: i64 = with_conn!(conn, |c| here().count().get_result(c).await)?;
        let own: Vec<Job> = with_conn!(conn, |c| here()
            .filter(jobs::organization_id.eq(organization))
            .order(jobs::id)
            .limit(JOBS)
            .select(Job::as_select())
            .load(c)
            .await)?;
        all.push(WorkerDto {
            id,
            host,
            pid,
            version,
            slots,
            started_at,
            heartbeat_at,
            alive: heartbeat_at > silent,
            draining_at,
            drained_by,
            jobs: own.into_iter().map(Job::into_dto).collect(),
            running: count,
        });
    }
    Ok(all)
}

/// Has a worker finish what it runs and take no more, or go on; it learns with its next heartbeat.
///
/// # Errors
/// `not_found`.
pub(super) async fn drain(tx: &mut Tx, actor: &Actor, id: WorkerId, drain: bool) -> AppResult<()> {
    let now = tx.database_now().await?;
    let wanted = (
        workers::draining_at.eq(drain.then_some(now)),
        workers::drained_by.eq(drain.then_some(&actor.name)),
    );
    let changed: Vec<String> = with_conn!(tx.conn(), |c| diesel::update(workers::table.find(id))
        .set(wanted)
        .returning(workers::host)
        .load(c)
        .await)?;
    let host = changed
        .into_iter()
        .next()
        .ok_or_else(|| AppError::not_found("worker"))?;
    let action = if drain {
        AuditAction::WorkerDrain
    } else {
        AuditAction::WorkerResume
    };
    audit::record(tx, actor, action, Subject::new("worker", id.0, host), NOTHING, NOTHING).await?;
    tx.changed(actor.organization_id, Topic::Jobs, None);
    Ok(())
}
