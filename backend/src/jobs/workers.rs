//! The processes that run jobs. They belong to the installation, not to an organisation: what drains one holds up
//! everybody's jobs. So the administrators of an only organisation may, and where there are several, only the shell.

use chrono::TimeDelta;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use esteira_shared::{
    dto::jobs::WorkerDto, error::ErrorCode, event::Topic, ids::WorkerId, instant::Instant, permission::Permission,
};

use crate::{
    administration::organization::Organization,
    app::App,
    auth::{
        Principal,
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

async fn rows(conn: &mut DbConn) -> QueryResult<Vec<Row>> {
    with_conn!(conn, |c| workers::table
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
        .await)
}

/// A worker that was heard of since then is alive.
async fn silent(app: &App, conn: &mut DbConn) -> QueryResult<Instant> {
    let now = database_now(conn, app.clock.as_ref()).await?;
    Ok(now - TimeDelta::from_std(app.config.engine.lease).unwrap_or(TimeDelta::MAX))
}

/// Whether this person has the workers to themselves, and so may drain them and see where they run.
async fn are_theirs(conn: &mut DbConn, who: &Principal) -> QueryResult<bool> {
    Ok(who.may(Permission::ManageEngine) && Organization::is_only_one(conn).await?)
}

/// Every worker that was heard of in the last day, the newest first: its state and how much it does, and for whom the
/// workers are theirs also where it runs.
pub(super) async fn list(app: &App, conn: &mut DbConn, who: &Principal) -> AppResult<Vec<WorkerDto>> {
    let whole = are_theirs(conn, who).await?;
    let silent = silent(app, conn).await?;
    let rows = rows(conn).await?;
    let mut all = Vec::with_capacity(rows.len());
    for (id, host, pid, version, slots, started_at, heartbeat_at, draining_at, drained_by) in rows {
        let here = || {
            jobs::table
                .filter(sql::<Bool>("status = 'running'"))
                .filter(jobs::worker_id.eq(Some(id)))
        };
        let count: i64 = with_conn!(conn, |c| here().count().get_result(c).await)?;
        let own: Vec<Job> = with_conn!(conn, |c| here()
            .filter(jobs::organization_id.eq(who.organization_id))
            .order(jobs::id)
            .limit(JOBS)
            .select(Job::as_select())
            .load(c)
            .await)?;
        all.push(WorkerDto {
            id,
            host: whole.then_some(host),
            pid: whole.then_some(pid),
            version,
            slots,
            started_at,
            heartbeat_at,
            alive: heartbeat_at > silent,
            draining_at,
            drained_by: drained_by.filter(|_| whole),
            jobs: own.into_iter().map(Job::into_dto).collect(),
            running: count,
        });
    }
    Ok(all)
}

/// The same for the shell, a line for each.
///
/// # Errors
/// When the database does not answer.
pub async fn lines(app: &App) -> AppResult<Vec<String>> {
    let mut conn = app.db.read().await?;
    let silent = silent(app, &mut conn).await?;
    let rows = rows(&mut conn).await?;
    let line = |(id, host, pid, version, slots, _, heartbeat_at, draining_at, _): Row| {
        let state = match (heartbeat_at > silent, draining_at) {
            (false, _) => "silent",
            (true, Some(_)) => "draining",
            (true, None) => "alive",
        };
        format!("{id}  {state:<8}  {host}  pid {pid}  {slots} slots  {version}")
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Has a worker finish what it runs and take no more, or go on; it learns with its next heartbeat. Gives its host.
///
/// # Errors
/// `not_found`.
pub async fn set_draining(tx: &mut Tx, id: WorkerId, by: &str, drain: bool) -> AppResult<String> {
    let now = tx.database_now().await?;
    let wanted = (
        workers::draining_at.eq(drain.then_some(now)),
        workers::drained_by.eq(drain.then_some(by)),
    );
    let changed: Vec<String> = with_conn!(tx.conn(), |c| diesel::update(workers::table.find(id))
        .set(wanted)
        .returning(workers::host)
        .load(c)
        .await)?;
    changed.into_iter().next().ok_or_else(|| AppError::not_found("worker"))
}

/// The same for an administrator.
///
/// # Errors
/// `not_found`, also when the workers serve other organisations too.
pub(super) async fn drain(tx: &mut Tx, who: &Principal, id: WorkerId, drain: bool) -> AppResult<()> {
    if !are_theirs(tx.conn(), who).await? {
        return Err(AppError::new(
            ErrorCode::NotFound,
            "workers serve every organisation here; only `esteira worker drain` may drain them",
        ));
    }
    let actor = who.actor();
    let host = set_draining(tx, id, &actor.name, drain).await?;
    let action = if drain {
        AuditAction::WorkerDrain
    } else {
        AuditAction::WorkerResume
    };
    audit::record(tx, &actor, action, Subject::new("worker", id.0, host), NOTHING, NOTHING).await?;
    tx.changed(actor.organization_id, Topic::Jobs, None);
    Ok(())
}
