//! What may be done with a calendar as a whole.

use diesel::prelude::*;
use esteira_shared::{
    dto::calendars::{CALENDARS, CalendarCreate, CalendarDto, CalendarUpdate},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::CalendarId,
};
use serde_json::json;
use uuid::Uuid;

use super::{list, model::Calendar, used};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{RunQueryDsl, Tx, schema::calendars},
    error::{AppError, AppResult, is_unique_violation},
    with_conn,
};

/// Schedules that a refusal names.
const NAMED: i64 = 20;

/// Adds a calendar without days.
///
/// # Errors
/// `validation` when the name is taken, or the organisation has as many as it may have.
pub(super) async fn create(tx: &mut Tx, actor: &Actor, create: &CalendarCreate) -> AppResult<CalendarDto> {
    let organization = actor.organization_id;
    let have: i64 = with_conn!(tx.conn(), |c| calendars::table
        .filter(calendars::organization_id.eq(organization))
        .select(diesel::dsl::count_star())
        .first(c)
        .await)?;
    if have >= CALENDARS {
        let message = format!("an organisation has at most {CALENDARS} calendars");
        return Err(AppError::validation(vec![FieldError::new(
            "name",
            FieldCode::OutOfRange,
            message,
        )]));
    }
    let now = tx.now();
    let calendar = Calendar {
        id: CalendarId(Uuid::now_v7()),
        organization_id: organization,
        name: create.name.clone(),
        title: title(&create.title),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(calendars::table)
        .values(&calendar)
        .execute(c)
        .await)
    .map_err(taken)?;
    // Some may have named it before it was there.
    used::replan(tx, organization, &calendar.name).await?;
    let dto = list::dto(tx.conn(), calendar).await?;
    audit::record(
        tx,
        actor,
        AuditAction::CalendarCreate,
        subject(&dto),
        NOTHING,
        Some(&dto),
    )
    .await?;
    tx.changed(organization, Topic::Calendars, dto.id.map(|id| id.0));
    Ok(dto)
}

/// Changes what people call it.
///
/// # Errors
/// `not_found`, `version_conflict`.
pub(super) async fn update(tx: &mut Tx, actor: &Actor, name: &str, update: &CalendarUpdate) -> AppResult<CalendarDto> {
    let organization = actor.organization_id;
    let mut calendar = Calendar::lock(tx, organization, name, Some(update.version)).await?;
    let before = list::dto(tx.conn(), calendar.clone()).await?;
    calendar.title = title(&update.title);
    calendar.save(tx).await?;
    let after = CalendarDto {
        title: calendar.title,
        version: calendar.version,
        ..before.clone()
    };
    audit::record(
        tx,
        actor,
        AuditAction::CalendarUpdate,
        subject(&after),
        Some(&before),
        Some(&after),
    )
    .await?;
    tx.changed(organization, Topic::Calendars, calendar.id.0);
    Ok(after)
}

/// Removes a calendar with its days and what is known of its imports.
///
/// # Errors
/// `not_found`; `in_use` while schedules go by it, naming some.
pub(super) async fn delete(tx: &mut Tx, actor: &Actor, name: &str) -> AppResult<()> {
    let organization = actor.organization_id;
    let calendar = Calendar::lock(tx, organization, name, None).await?;
    let id = calendar.id;
    let before = list::dto(tx.conn(), calendar).await?;
    if before.used_by > 0 {
        let named = used::of(tx.conn(), organization, name, NAMED).await?;
        let message = "schedules go by it; give them another calendar first";
        let details = json!({ "schedules": before.used_by, "named": named });
        return Err(AppError::new(ErrorCode::InUse, message).with_details(details));
    }
    let row = calendars::organization_id.eq(organization).and(calendars::id.eq(id));
    with_conn!(tx.conn(), |c| diesel::delete(calendars::table.filter(row))
        .execute(c)
        .await)?;
    audit::record(
        tx,
        actor,
        AuditAction::CalendarDelete,
        subject(&before),
        Some(&before),
        NOTHING,
    )
    .await?;
    tx.changed(organization, Topic::Calendars, id.0);
    Ok(())
}

/// A title as it is kept: without spaces too many.
pub(super) fn title(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn taken(error: diesel::result::Error) -> AppError {
    if is_unique_violation(&error) {
        AppError::validation(vec![FieldError::new(
            "name",
            FieldCode::Taken,
            "there is a calendar of this name already",
        )])
    } else {
        error.into()
    }
}

pub(super) fn subject(calendar: &CalendarDto) -> Subject {
    Subject::new("calendar", calendar.id.map(|id| id.0), &calendar.title)
}
