//! Pausing schedules and letting them go on, one or many.

use diesel::prelude::*;
use esteira_shared::{
    dto::schedules::{SchedulePause, SchedulesChanged, SchedulesTarget},
    error::ErrorCode,
    event::Topic,
    ids::{OrganizationId, ScheduleId},
    status::PauseCause,
};

use super::{list, view};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING},
    },
    db::{RunQueryDsl, Tx, schema::schedules},
    error::AppResult,
    scheduler::{self, ScheduleRow},
    with_conn,
};

/// Schedules that one request changes at most. No organisation has so many.
const AT_ONCE: i64 = 10_000;

/// Pauses a schedule, or gives the pause of one another note.
///
/// # Errors
/// `not_found`.
pub(super) async fn pause(tx: &mut Tx, actor: &Actor, id: ScheduleId, note: Option<&str>) -> AppResult<()> {
    let mut row = view::lock(tx, actor.organization_id, id).await?;
    set_paused(tx, actor, &mut row, note).await
}

/// Lets a paused schedule go on; what passed meanwhile stays missed.
///
/// # Errors
/// `not_found`; `validation` when its rule can no longer be planned.
pub(super) async fn resume(tx: &mut Tx, actor: &Actor, id: ScheduleId) -> AppResult<()> {
    let mut row = view::lock(tx, actor.organization_id, id).await?;
    if row.paused_at.is_some() {
        set_resumed(tx, actor, &mut row).await?;
    }
    Ok(())
}

/// Pauses those that are not paused.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn pause_all(
    tx: &mut Tx,
    actor: &Actor,
    target: &SchedulesTarget,
    note: Option<&str>,
) -> AppResult<SchedulesChanged> {
    let mut changed = SchedulesChanged::default();
    for id in meant(tx, actor.organization_id, target).await? {
        match ScheduleRow::lock(tx, actor.organization_id, id).await? {
            Some(mut row) if row.paused_at.is_none() => {
                set_paused(tx, actor, &mut row, note).await?;
                changed.changed += 1;
            }
            _ => changed.unchanged += 1,
        }
    }
    Ok(changed)
}

/// Lets those go on that are paused.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn resume_all(tx: &mut Tx, actor: &Actor, target: &SchedulesTarget) -> AppResult<SchedulesChanged> {
    let mut changed = SchedulesChanged::default();
    for id in meant(tx, actor.organization_id, target).await? {
        match ScheduleRow::lock(tx, actor.organization_id, id).await? {
            Some(mut row) if row.paused_at.is_some() => match set_resumed(tx, actor, &mut row).await {
                Ok(()) => changed.changed += 1,
                // A person must mend its rule first.
                Err(error) if error.code() == ErrorCode::Validation => changed.unchanged += 1,
                Err(error) => return Err(error),
            },
            _ => changed.unchanged += 1,
        }
    }
    Ok(changed)
}

/// In the order in which all lock them, each once.
async fn meant(tx: &mut Tx, organization: OrganizationId, target: &SchedulesTarget) -> QueryResult<Vec<ScheduleId>> {
    match target {
        SchedulesTarget::Ids(ids) => {
            let mut ids = ids.clone();
            ids.sort_unstable();
            ids.dedup();
            Ok(ids)
        }
        SchedulesTarget::Filter(query) => list::ids(tx.conn(), organization, query, AT_ONCE).await,
    }
}

async fn set_paused(tx: &mut Tx, actor: &Actor, row: &mut ScheduleRow, note: Option<&str>) -> AppResult<()> {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    row.paused_at = row.paused_at.or(Some(tx.now()));
    row.paused_by = actor.user_id;
    row.pause_note = note.map(str::to_owned);
    row.pause_cause = Some(PauseCause::Person);
    let told = SchedulePause {
        note: row.pause_note.clone(),
    };
    write(tx, row).await?;
    let subject = view::subject(row);
    audit::record(tx, actor, AuditAction::SchedulePause, subject, NOTHING, Some(&told)).await
}

async fn set_resumed(tx: &mut Tx, actor: &Actor, row: &mut ScheduleRow) -> AppResult<()> {
    let before = SchedulePause {
        note: row.pause_note.take(),
    };
    row.paused_at = None;
    row.paused_by = None;
    row.pause_cause = None;
    // It begins anew: one failure more does not pause it again.
    row.failures_in_row = 0;
    write(tx, row).await?;
    let subject = view::subject(row);
    audit::record(tx, actor, AuditAction::ScheduleResume, subject, Some(&before), NOTHING).await
}

/// The version stays: whoever edits the rule meanwhile changes nothing of this.
///
/// # Errors
/// `validation` when the rule can no longer be planned; then nothing is written.
async fn write(tx: &mut Tx, row: &mut ScheduleRow) -> AppResult<()> {
    row.updated_at = tx.now();
    scheduler::replan(tx, row).await?;
    with_conn!(tx.conn(), |c| diesel::update(
        schedules::table.filter(
            schedules::organization_id
                .eq(row.organization_id)
                .and(schedules::id.eq(row.id))
        )
    )
    .set((
        schedules::paused_at.eq(row.paused_at),
        schedules::paused_by.eq(row.paused_by),
        schedules::pause_note.eq(row.pause_note.as_deref()),
        schedules::pause_cause.eq(row.pause_cause),
        schedules::failures_in_row.eq(row.failures_in_row),
        schedules::updated_at.eq(row.updated_at),
    ))
    .execute(c)
    .await)?;
    tx.changed(row.organization_id, Topic::Schedules, row.id.0);
    Ok(())
}
