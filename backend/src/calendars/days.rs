//! What may be done with one day of a calendar.

use esteira_shared::{
    dto::calendars::{CALENDAR_DAYS, CalendarChangeDto, CalendarDayUpdate, DayKey},
    error::{FieldCode, FieldError},
    event::Topic,
    schedule::CalendarDay,
};

use super::{
    list,
    model::{Calendar, Days, KeptDays, tidy},
    rules::subject,
    used,
};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction},
    },
    db::Tx,
    error::{AppError, AppResult},
};

/// # Errors
/// `not_found`; `validation` when the date has a holiday already, or the calendar is full.
pub(super) async fn add(tx: &mut Tx, actor: &Actor, name: &str, day: CalendarDay) -> AppResult<CalendarChangeDto> {
    let calendar = Calendar::lock(tx, actor.organization_id, name, None).await?;
    let kept = KeptDays::of(tx.conn(), &calendar).await?;
    let day = tidy(day);
    let key = DayKey::of(&day);
    if kept.days.contains_key(&key) {
        return Err(taken());
    }
    if kept.days.len() >= CALENDAR_DAYS {
        return Err(full("date"));
    }
    let mut after = kept.days.clone();
    after.insert(key, day.clone());
    let change = Change {
        action: AuditAction::CalendarAddDay,
        before: None,
        after: Some(day),
    };
    change.write(tx, actor, calendar, &kept, &after).await
}

/// Another name, kind or date.
///
/// # Errors
/// `not_found`, `version_conflict`; `validation` when the other date has a holiday already.
pub(super) async fn change(
    tx: &mut Tx,
    actor: &Actor,
    name: &str,
    key: DayKey,
    update: CalendarDayUpdate,
) -> AppResult<CalendarChangeDto> {
    let calendar = Calendar::lock(tx, actor.organization_id, name, Some(update.version)).await?;
    let kept = KeptDays::of(tx.conn(), &calendar).await?;
    let mut after = kept.days.clone();
    let before = after.remove(&key).ok_or_else(missing)?;
    let day = tidy(update.into());
    if after.insert(DayKey::of(&day), day.clone()).is_some() {
        return Err(taken());
    }
    let change = Change {
        action: AuditAction::CalendarChangeDay,
        before: Some(before),
        after: Some(day),
    };
    change.write(tx, actor, calendar, &kept, &after).await
}

/// # Errors
/// `not_found`.
pub(super) async fn remove(tx: &mut Tx, actor: &Actor, name: &str, key: DayKey) -> AppResult<CalendarChangeDto> {
    let calendar = Calendar::lock(tx, actor.organization_id, name, None).await?;
    let kept = KeptDays::of(tx.conn(), &calendar).await?;
    let mut after = kept.days.clone();
    let before = after.remove(&key).ok_or_else(missing)?;
    let change = Change {
        action: AuditAction::CalendarRemoveDay,
        before: Some(before),
        after: None,
    };
    change.write(tx, actor, calendar, &kept, &after).await
}

/// What the audit trail says of it.
struct Change {
    action: AuditAction,
    before: Option<CalendarDay>,
    after: Option<CalendarDay>,
}

impl Change {
    async fn write(
        self,
        tx: &mut Tx,
        actor: &Actor,
        mut calendar: Calendar,
        kept: &KeptDays,
        after: &Days,
    ) -> AppResult<CalendarChangeDto> {
        let (organization, id) = (actor.organization_id, calendar.id);
        kept.write(tx, &calendar, after).await?;
        calendar.save(tx).await?;
        let stopped = used::replan(tx, organization, &calendar.name).await?;
        let calendar = list::dto(tx.conn(), calendar).await?;
        let (before, after) = (self.before.as_ref(), self.after.as_ref());
        audit::record(tx, actor, self.action, subject(&calendar), before, after).await?;
        tx.changed(organization, Topic::Calendars, id.0);
        Ok(CalendarChangeDto { calendar, stopped })
    }
}

fn missing() -> AppError {
    AppError::not_found("day in this calendar")
}

fn taken() -> AppError {
    AppError::validation(vec![FieldError::new(
        "date",
        FieldCode::Taken,
        "this date has a holiday already",
    )])
}

/// `field` is what brought one day too many.
pub(super) fn full(field: &str) -> AppError {
    let message = format!("a calendar has at most {CALENDAR_DAYS} days");
    AppError::validation(vec![FieldError::new(field, FieldCode::OutOfRange, message)])
}
