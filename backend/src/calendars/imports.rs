//! Merging the days of a file into a calendar, and taking that back.

mod row;
mod undo;

use esteira_shared::{
    calendar_file::{Parsed, diff},
    dto::calendars::{CALENDAR_DAYS, CalendarImport, CalendarImportedDto, DayKey, RefusedLineDto},
    event::Topic,
    reason::ReasonDto,
};
use serde_json::json;

pub(super) use self::{row::list, undo::undo};
use super::{
    days::full,
    list,
    model::{Calendar, KeptDays},
    rules::subject,
    used,
};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING},
    },
    db::Tx,
    error::AppResult,
    language,
};

/// Merges a file that was read. A dry run does the same, so that it says what would come of it; its caller rolls back, as
/// of everything that was not `applied`.
///
/// # Errors
/// `not_found`; `version_conflict` when the calendar is not of the version that the request names; `validation` when it
/// would have too many days.
pub(super) async fn run(
    tx: &mut Tx,
    actor: &Actor,
    name: &str,
    request: &CalendarImport,
    parsed: Parsed,
) -> AppResult<CalendarImportedDto> {
    let organization = actor.organization_id;
    let mut calendar = Calendar::lock(tx, organization, name, request.version).await?;
    let kept = KeptDays::of(tx.conn(), &calendar).await?;
    let diff = diff(&kept.list(), &parsed.days, &request.leave_out);
    // A day whose line is refused is not missing.
    let removes = request.remove_missing && parsed.refused_count == 0;
    let mut after = kept.days.clone();
    if removes {
        for day in &diff.missing {
            after.remove(&DayKey::of(day));
        }
    }
    let taken = diff.added.iter().chain(diff.changed.iter().map(|day| &day.after));
    after.extend(taken.map(|day| (DayKey::of(day), day.clone())));
    if after.len() > CALENDAR_DAYS {
        return Err(full("text"));
    }
    let changes = after != kept.days;
    let mut stopped = Vec::new();
    if changes {
        kept.write(tx, &calendar, &after).await?;
        if !request.dry_run {
            calendar.save(tx).await?;
        }
        stopped = used::replan(tx, organization, &calendar.name).await?;
    }
    let id = calendar.id;
    let mut import_id = None;
    let dto = list::dto(tx.conn(), calendar).await?;
    let applied = changes && !request.dry_run;
    if applied {
        let import = row::insert(tx, actor, id, request, &diff, removes).await?;
        import_id = Some(import);
        let removed = if removes { diff.missing.as_slice() } else { &[] };
        let said = json!({
            "import_id": import, "file_name": request.file_name.trim(), "added": diff.added, "changed": diff.changed,
            "removed": removed,
        });
        audit::record(
            tx,
            actor,
            AuditAction::CalendarImport,
            subject(&dto),
            NOTHING,
            Some(&said),
        )
        .await?;
        tx.changed(organization, Topic::Calendars, id.0);
    }
    let refused = parsed.refused.iter().map(|line| RefusedLineDto {
        line: count(line.line),
        reason: ReasonDto::new(&line.reason, language::current()),
        text: line.text.clone(),
    });
    Ok(CalendarImportedDto {
        removes,
        refused: refused.collect(),
        refused_count: count(parsed.refused_count),
        cancelled: count(parsed.cancelled),
        diff,
        stopped,
        applied,
        import_id,
        calendar: dto,
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
