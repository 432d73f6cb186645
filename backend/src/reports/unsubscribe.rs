//! Taking one's address off a schedule of reports.

use diesel::prelude::*;
use esteira_shared::{event::Topic, ids::ScheduleId, status::ScheduleKind};
use serde_json::{Value, json};

use super::link::Subscription;
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, Subject},
    },
    db::{DbConn, RunQueryDsl, Tx, schema::schedules, sql_types::Json},
    error::AppResult,
    locked, with_conn,
};

/// The schedule's name; nothing when it is gone.
pub(super) async fn schedule_name(conn: &mut DbConn, of: &Subscription) -> QueryResult<Option<String>> {
    with_conn!(conn, |c| schedules::table
        .filter(schedules::organization_id.eq(of.organization))
        .filter(schedules::id.eq(of.schedule))
        .filter(schedules::kind.eq(ScheduleKind::SendReport))
        .select(schedules::name)
        .first(c)
        .await
        .optional())
}

/// Takes an address off, and says of which schedule; nothing when the schedule is gone. Doing it twice changes nothing.
///
/// A schedule without its last address still runs, and each run says that nobody is to be written to: whoever looks after
/// it decides.
pub(super) async fn take_off(tx: &mut Tx, of: &Subscription) -> AppResult<Option<String>> {
    let found: Option<(ScheduleId, String, Json, i32)> = locked!(
        tx,
        for_update,
        schedules::table
            .filter(schedules::organization_id.eq(of.organization))
            .filter(schedules::id.eq(of.schedule))
            .filter(schedules::kind.eq(ScheduleKind::SendReport))
            .select((
                schedules::id,
                schedules::name,
                schedules::parameters,
                schedules::version
            )),
        |found, c| found.first(c).await.optional()
    )?;
    let Some((id, name, Json(mut parameters), version)) = found else {
        return Ok(None);
    };
    let Some(to) = parameters.get_mut("to").and_then(Value::as_array_mut) else {
        return Ok(Some(name));
    };
    let before = to.clone();
    to.retain(|one| {
        !one.as_str()
            .is_some_and(|one| one.trim().eq_ignore_ascii_case(&of.address))
    });
    if to.len() == before.len() {
        return Ok(Some(name));
    }
    let (before, after) = (json!({ "to": before }), json!({ "to": to }));
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(id))
        .set((
            schedules::parameters.eq(Json(parameters.clone())),
            schedules::updated_at.eq(now),
            schedules::version.eq(version + 1),
        ))
        .execute(c)
        .await)?;
    let subject = Subject::new("schedule", id.0, &name);
    let actor = Actor {
        // As people find it in the trail.
        name: of.address.clone(),
        ..Actor::system(of.organization)
    };
    audit::record(
        tx,
        &actor,
        AuditAction::ReportUnsubscribe,
        subject,
        Some(&before),
        Some(&after),
    )
    .await?;
    tx.changed(of.organization, Topic::Schedules, id.0);
    Ok(Some(name))
}
