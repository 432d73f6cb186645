//! A file against a calendar.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;

use crate::{
    dto::calendars::{CalendarChangedDay, CalendarDiff, DayKey},
    schedule::CalendarDay,
};

/// What the days of a file would change, in the order of the days. Those of `leave_out` count for nothing, neither as new
/// nor as missing.
#[must_use]
pub fn diff(kept: &[CalendarDay], file: &[CalendarDay], leave_out: &[DayKey]) -> CalendarDiff {
    let by_key = |days: &[CalendarDay]| -> BTreeMap<DayKey, CalendarDay> {
        days.iter().map(|day| (DayKey::of(day), day.clone())).collect()
    };
    let (kept, file) = (by_key(kept), by_key(file));
    let leave_out: BTreeSet<&DayKey> = leave_out.iter().collect();
    let years: BTreeSet<i32> = file
        .iter()
        .filter(|(key, _)| !key.is_yearly())
        .map(|(_, day)| day.date.year())
        .collect();
    let yearly = file.keys().any(|key| key.is_yearly());
    let mut diff = CalendarDiff::default();
    for (key, after) in &file {
        match kept.get(key) {
            _ if leave_out.contains(key) => {}
            None => diff.added.push(after.clone()),
            Some(before) if (&before.name, before.kind) == (&after.name, after.kind) => diff.unchanged += 1,
            Some(before) => diff.changed.push(CalendarChangedDay {
                before: before.clone(),
                after: after.clone(),
            }),
        }
    }
    for (key, day) in kept {
        let covered = if key.is_yearly() {
            yearly
        } else {
            years.contains(&day.date.year())
        };
        if covered && !file.contains_key(&key) && !leave_out.contains(&key) {
            diff.missing.push(day);
        }
    }
    diff
}
