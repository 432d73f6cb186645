//! Queues, and pausing them.

use diesel::prelude::*;
use esteira_shared::{dto::jobs::QueueDto, event::Topic, ids::OrganizationId, instant::Instant, status::JobStatus};

use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, Subject},
    },
    bus::Signal,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{jobs, queue_pauses},
    },
    engine::QUEUES,
    error::{AppError, AppResult},
    with_conn,
};

/// Every queue, as the organisation sees it.
pub(super) async fn list(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<QueueDto>> {
    let mut all = Vec::with_capacity(QUEUES.len());
    for name in QUEUES {
        let pause: Option<(Instant, String)> = with_conn!(conn, |c| queue_pauses::table
            .find((organization, name))
            .select((queue_pauses::paused_at, queue_pauses::paused_by))
            .first(c)
            .await
            .optional())?;
        let (paused_at, paused_by) = pause.unzip();
        let waiting = count(conn, organization, name, JobStatus::Queued).await?;
        let running = count(conn, organization, name, JobStatus::Running).await?;
        let due_since: Option<Instant> = with_conn!(conn, |c| jobs::table
            .filter(
                jobs::organization_id
                    .eq(organization)
                    .and(jobs::status.eq(JobStatus::Queued))
            )
            .filter(jobs::queue.eq(name))
            .order(jobs::id)
            .select(jobs::run_at)
            .first(c)
            .await
            .optional())?;
        all.push(QueueDto {
            name: name.to_owned(),
            paused_at,
            paused_by,
            waiting,
            running,
            due_since,
        });
    }
    Ok(all)
}

async fn count(conn: &mut DbConn, organization: OrganizationId, queue: &str, status: JobStatus) -> QueryResult<i64> {
    with_conn!(conn, |c| jobs::table
        .filter(jobs::organization_id.eq(organization).and(jobs::status.eq(status)))
        .filter(jobs::queue.eq(queue))
        .count()
        .get_result(c)
        .await)
}

/// Stops a queue from starting jobs of the organisation, or lets it go on. What runs goes on either way.
///
/// # Errors
/// `not_found` for a queue that there is not.
pub(super) async fn pause(tx: &mut Tx, actor: &Actor, name: &str, paused: bool) -> AppResult<Vec<QueueDto>> {
    if !QUEUES.contains(&name) {
        return Err(AppError::not_found("queue"));
    }
    let organization = actor.organization_id;
    let of = |all: Vec<QueueDto>| all.into_iter().find(|queue| queue.name == name);
    let before = of(list(tx.conn(), organization).await?);
    if paused {
        let row = (
            queue_pauses::organization_id.eq(organization),
            queue_pauses::queue.eq(name),
            queue_pauses::paused_at.eq(tx.now()),
            queue_pauses::paused_by.eq(&actor.name),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(queue_pauses::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c)
            .await)?;
    } else {
        with_conn!(tx.conn(), |c| diesel::delete(
            queue_pauses::table.find((organization, name))
        )
        .execute(c)
        .await)?;
        tx.signal(Signal::JobsReady);
    }
    let all = list(tx.conn(), organization).await?;
    let action = if paused {
        AuditAction::QueuePause
    } else {
        AuditAction::QueueResume
    };
    let subject = Subject::new("queue", None, name);
    audit::record(tx, actor, action, subject, before.as_ref(), of(all.clone()).as_ref()).await?;
    tx.changed(organization, Topic::Jobs, None);
    Ok(all)
}
