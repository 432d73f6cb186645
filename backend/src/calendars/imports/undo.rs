//! Taking an import back: what nobody changed since then becomes what it was.

use std::collections::BTreeMap;

use esteira_shared::{
    dto::calendars::{CalendarUndoneDto, DayKey},
    error::ErrorCode,
    event::Topic,
    ids::CalendarImportId,
    schedule::CalendarDay,
};
use serde_json::json;

use super::{
    count,
    row::{self, Changes},
};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING},
    },
    calendars::{
        days::full,
        list,
        model::{Calendar, Days, KeptDays},
        rules::subject,
        used,
    },
    db::Tx,
    error::{AppError, AppResult},
};

/// # Errors
/// `not_found`; `version_conflict` when it was taken back already; `validation` when the calendar would have too many days.
pub(in crate::calendars) async fn undo(
    tx: &mut Tx,
    actor: &Actor,
    name: &str,
    id: CalendarImportId,
) -> AppResult<CalendarUndoneDto> {
    let organization = actor.organization_id;
    let mut calendar = Calendar::lock(tx, organization, name, None).await?;
    let changes = row::changes(tx.conn(), &calendar, id).await?;
    if changes.is_undone {
        let message = "this import was undone already";
        return Err(AppError::new(ErrorCode::VersionConflict, message));
    }
    let before = KeptDays::of(tx.conn(), &calendar).await?;
    let Undone { days, undone, kept } = undone(&before.days, changes);
    if days.len() > esteira_shared::dto::calendars::CALENDAR_DAYS {
        return Err(full("id"));
    }
    before.write(tx, &calendar, &days).await?;
    row::set_undone(tx, actor, id).await?;
    calendar.save(tx).await?;
    let stopped = used::replan(tx, organization, &calendar.name).await?;
    let calendar_id = calendar.id;
    let dto = list::dto(tx.conn(), calendar).await?;
    let said = json!({ "import_id": id, "undone": undone, "kept": kept });
    audit::record(
        tx,
        actor,
        AuditAction::CalendarUndoImport,
        subject(&dto),
        NOTHING,
        Some(&said),
    )
    .await?;
    tx.changed(organization, Topic::Calendars, calendar_id.0);
    Ok(CalendarUndoneDto {
        undone: count(undone),
        kept,
        stopped,
        calendar: dto,
    })
}

struct Undone {
    days: Days,
    undone: usize,
    kept: Vec<DayKey>,
}

/// Each day with what the import made of it and what it was before.
fn undone(now: &Days, changes: Changes) -> Undone {
    let Changes {
        added,
        changed,
        removed,
        is_undone: _,
    } = changes;
    let mut each: BTreeMap<DayKey, (Option<CalendarDay>, Option<CalendarDay>)> = BTreeMap::new();
    for day in added {
        each.insert(DayKey::of(&day), (Some(day), None));
    }
    for day in changed {
        each.insert(DayKey::of(&day.after), (Some(day.after), Some(day.before)));
    }
    for day in removed {
        each.insert(DayKey::of(&day), (None, Some(day)));
    }
    let mut result = Undone {
        days: now.clone(),
        undone: 0,
        kept: Vec::new(),
    };
    for (key, (made, was)) in each {
        let is = now.get(&key);
        if is == was.as_ref() {
            continue;
        }
        if is != made.as_ref() {
            result.kept.push(key);
            continue;
        }
        result.undone += 1;
        match was {
            Some(day) => result.days.insert(key, day),
            None => result.days.remove(&key),
        };
    }
    result
}

#[cfg(test)]
mod tests {
    use esteira_shared::{dto::calendars::CalendarChangedDay, schedule::HolidayKind};

    use super::*;

    fn day(date: &str, name: &str) -> CalendarDay {
        CalendarDay {
            date: date.parse().unwrap_or_default(),
            yearly: false,
            name: name.to_owned(),
            kind: HolidayKind::Local,
        }
    }

    fn days(all: &[CalendarDay]) -> Days {
        all.iter().map(|day| (DayKey::of(day), day.clone())).collect()
    }

    #[test]
    fn only_what_nobody_touched_is_taken_back() {
        let changes = Changes {
            added: vec![day("2026-01-01", "a"), day("2026-01-02", "b"), day("2026-01-03", "c")],
            changed: vec![
                CalendarChangedDay {
                    before: day("2026-02-01", "old"),
                    after: day("2026-02-01", "new"),
                },
                CalendarChangedDay {
                    before: day("2026-02-02", "old"),
                    after: day("2026-02-02", "new"),
                },
            ],
            removed: vec![day("2026-03-01", "x"), day("2026-03-02", "y")],
            is_undone: false,
        };
        let now = days(&[
            day("2026-01-01", "a"),
            // Renamed since.
            day("2026-01-02", "other"),
            // The third is gone already.
            day("2026-02-01", "new"),
            day("2026-02-02", "newer"),
            // Somebody put another there.
            day("2026-03-02", "z"),
            day("2026-12-24", "untouched"),
        ]);
        let after = undone(&now, changes);
        let expected = days(&[
            day("2026-01-02", "other"),
            day("2026-02-01", "old"),
            day("2026-02-02", "newer"),
            day("2026-03-01", "x"),
            day("2026-03-02", "z"),
            day("2026-12-24", "untouched"),
        ]);
        assert_eq!(after.days, expected);
        assert_eq!(after.undone, 3);
        let kept: Vec<String> = after.kept.iter().map(ToString::to_string).collect();
        assert_eq!(kept, ["2026-01-02", "2026-02-02", "2026-03-02"]);
    }
}
