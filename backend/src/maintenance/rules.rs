//! What may be done with a maintenance.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    dto::schedules::MaintenanceCreate,
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::MaintenanceId,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{Maintenance, State};
use crate::{
    auth::{
        Actor, Principal,
        audit::{self, AuditAction, Subject},
    },
    bus::Signal,
    db::{RunQueryDsl, Tx, schema::maintenances},
    error::{AppError, AppResult},
    with_conn,
};

/// Whoever needs longer begins another one: what rests must not be forgotten.
const LONGEST: TimeDelta = TimeDelta::days(31);
/// What lies further away is a mistake in a year.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// Begins a maintenance, or plans one.
///
/// # Errors
/// `validation` when it would be over already, is too long or too far away.
pub(super) async fn create(tx: &mut Tx, who: &Principal, create: MaintenanceCreate) -> AppResult<MaintenanceId> {
    let now = tx.database_now().await?;
    let starts_at = create.starts_at.map_or(now, |at| at.max(now));
    let refused = if create.ends_at <= starts_at {
        Some(("ends_at", "must be after now and after `starts_at`"))
    } else if create.ends_at - starts_at > LONGEST {
        Some(("ends_at", "at most 31 days after `starts_at`"))
    } else if starts_at - now > AHEAD {
        Some(("starts_at", "within a year"))
    } else {
        None
    };
    if let Some((field, message)) = refused {
        let error = FieldError::new(field, FieldCode::OutOfRange, message);
        return Err(AppError::validation(vec![error]));
    }
    let row = Maintenance {
        id: MaintenanceId(Uuid::now_v7()),
        organization_id: who.organization_id,
        area: create.area,
        reason: create.reason.trim().to_owned(),
        starts_at,
        ends_at: create.ends_at,
        ended_at: None,
        created_by: who.user_id,
        created_at: now,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(maintenances::table)
        .values(&row)
        .execute(c)
        .await)?;
    let after = shown(&row);
    record(
        tx,
        &who.actor(),
        AuditAction::MaintenanceStart,
        &row,
        None,
        Some(&after),
    )
    .await?;
    Ok(row.id)
}

/// Ends one that holds. One that is over stays as it is.
///
/// # Errors
/// `not_found`; `illegal_transition` of one that has not begun.
pub(super) async fn end(tx: &mut Tx, actor: &Actor, id: MaintenanceId) -> AppResult<()> {
    let row = Maintenance::lock(tx, actor.organization_id, id).await?;
    let now = tx.database_now().await?;
    match row.state(now) {
        State::Over => return Ok(()),
        State::Planned => {
            let message = "it has not begun; delete it instead";
            let details = json!({ "from": "planned", "move": "end", "allowed": ["delete"] });
            return Err(AppError::new(ErrorCode::IllegalTransition, message).with_details(details));
        }
        State::Active => {}
    }
    let ended = Maintenance {
        ended_at: Some(now),
        ..row.clone()
    };
    with_conn!(tx.conn(), |c| diesel::update(maintenances::table.find(id))
        .set(maintenances::ended_at.eq(ended.ended_at))
        .execute(c)
        .await)?;
    let (before, after) = (shown(&row), shown(&ended));
    record(
        tx,
        actor,
        AuditAction::MaintenanceEnd,
        &row,
        Some(&before),
        Some(&after),
    )
    .await?;
    // What it held may start.
    tx.signal(Signal::JobsReady);
    Ok(())
}

/// Calls off one that has not begun.
///
/// # Errors
/// `not_found`; `illegal_transition` of any other: what happened is kept.
pub(super) async fn delete(tx: &mut Tx, actor: &Actor, id: MaintenanceId) -> AppResult<()> {
    let row = Maintenance::lock(tx, actor.organization_id, id).await?;
    let now = tx.database_now().await?;
    let (from, allowed): (_, &[&str]) = match row.state(now) {
        State::Planned => {
            with_conn!(tx.conn(), |c| diesel::delete(maintenances::table.find(id))
                .execute(c)
                .await)?;
            let before = shown(&row);
            return record(tx, actor, AuditAction::MaintenanceDelete, &row, Some(&before), None).await;
        }
        State::Active => ("active", &["end"]),
        State::Over => ("over", &[]),
    };
    let message = "only a maintenance that has not begun can be deleted";
    let details = json!({ "from": from, "move": "delete", "allowed": allowed });
    Err(AppError::new(ErrorCode::IllegalTransition, message).with_details(details))
}

fn shown(row: &Maintenance) -> Value {
    json!({
        "area": row.area,
        "reason": row.reason,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "ended_at": row.ended_at,
    })
}

/// Writes the line of the audit trail, and tells open pages.
async fn record(
    tx: &mut Tx,
    actor: &Actor,
    action: AuditAction,
    row: &Maintenance,
    before: Option<&Value>,
    after: Option<&Value>,
) -> AppResult<()> {
    let subject = Subject::new("maintenance", row.id.0, &row.reason);
    audit::record(tx, actor, action, subject, before, after).await?;
    tx.changed(actor.organization_id, Topic::Maintenance, row.id.0);
    // Pages say what waits for its end.
    tx.changed(actor.organization_id, Topic::Jobs, None);
    Ok(())
}

#[cfg(test)]
mod tests {
    use esteira_shared::instant::Instant;

    use super::*;

    #[test]
    fn one_begins_and_ends_by_itself_or_earlier() {
        let at = |minute: i64| Instant::from(chrono::DateTime::UNIX_EPOCH + TimeDelta::minutes(minute));
        let row = Maintenance {
            id: MaintenanceId(Uuid::nil()),
            organization_id: esteira_shared::ids::OrganizationId(Uuid::nil()),
            area: esteira_shared::status::MaintenanceArea::Robots,
            reason: "troca de certificado".to_owned(),
            starts_at: at(10),
            ends_at: at(20),
            ended_at: None,
            created_by: esteira_shared::ids::UserId(Uuid::nil()),
            created_at: at(0),
        };
        assert_eq!(row.state(at(9)), State::Planned);
        assert_eq!(row.state(at(10)), State::Active);
        assert_eq!(row.state(at(19)), State::Active);
        assert_eq!(row.state(at(20)), State::Over);
        let ended = Maintenance {
            ended_at: Some(at(15)),
            ..row
        };
        assert_eq!(ended.state(at(16)), State::Over);
    }
}
