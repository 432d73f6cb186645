//! Days that another part of the program read, merged into the calendar of a name.

use esteira_shared::{
    calendar_file::diff,
    dto::calendars::{CALENDAR_DAYS, CalendarCreate, DayKey},
    error::ErrorCode,
    event::Topic,
    schedule::CalendarDay,
};
use serde_json::json;

use super::{
    days::full,
    list,
    model::{Calendar, KeptDays, tidy},
    rules, used,
};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING},
    },
    db::Tx,
    error::AppResult,
};

/// What a merge did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    Created,
    Updated,
    Unchanged,
}

/// Adds and changes days, and makes the calendar if there is none of the name; no day goes. The names of days are the
/// caller's to check, and that there are not too many of them for one calendar.
///
/// # Errors
/// `validation` when the calendar, or the organisation, would have too many of them; then nothing is written.
pub async fn merge(tx: &mut Tx, actor: &Actor, wanted: &CalendarCreate, days: &[CalendarDay]) -> AppResult<Merged> {
    let organization = actor.organization_id;
    let (mut calendar, outcome) = match Calendar::lock(tx, organization, &wanted.name, None).await {
        Ok(calendar) => (calendar, Merged::Updated),
        Err(error) if error.code() == ErrorCode::NotFound => {
            rules::create(tx, actor, wanted).await?;
            let made = Calendar::lock(tx, organization, &wanted.name, None).await?;
            (made, Merged::Created)
        }
        Err(error) => return Err(error),
    };
    let title = rules::title(&wanted.title);
    let days: Vec<CalendarDay> = days.iter().cloned().map(tidy).collect();
    let kept = KeptDays::of(tx.conn(), &calendar).await?;
    let mut after = kept.days.clone();
    after.extend(days.iter().map(|day| (DayKey::of(day), day.clone())));
    if after == kept.days && calendar.title == title {
        return Ok(match outcome {
            Merged::Created => Merged::Created,
            Merged::Updated | Merged::Unchanged => Merged::Unchanged,
        });
    }
    if after.len() > CALENDAR_DAYS {
        return Err(full("days"));
    }
    let diff = diff(&kept.list(), &days, &[]);
    kept.write(tx, &calendar, &after).await?;
    calendar.title = title;
    calendar.save(tx).await?;
    used::replan(tx, organization, &calendar.name).await?;
    let id = calendar.id;
    let subject = rules::subject(&list::dto(tx.conn(), calendar).await?);
    let said = json!({ "added": diff.added, "changed": diff.changed });
    audit::record(tx, actor, AuditAction::CalendarImport, subject, NOTHING, Some(&said)).await?;
    tx.changed(organization, Topic::Calendars, id.0);
    Ok(outcome)
}
