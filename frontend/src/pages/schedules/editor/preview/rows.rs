//! The next runs in the order of time, with what is skipped between them and what the saved schedule did instead.

use esteira_shared::{
    instant::Instant,
    schedule::{Preview, PreviewOccurrence},
};

use super::{grid::because, live::Shown};
use crate::{
    i18n::tr,
    pages::schedules::editor::{fields::changes_in_words, times::moment},
    text::format,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub kind: RowKind,
    /// Of those that run, from 1.
    pub number: Option<usize>,
    /// `ter 03/11/2026 09:00`
    pub when: String,
    /// Why it is not where the rule puts it, or does not run.
    pub why: Option<String>,
    /// `em 12 dias`
    pub distance: String,
    /// By this rows are sorted: the time on the wall's clock.
    local: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    Runs,
    /// And did not before.
    Added,
    Skipped,
    /// It ran before.
    Gone,
}

pub fn rows(shown: &Shown) -> Vec<Row> {
    let next = &shown.told.next;
    let saved = shown.saved.as_ref().map(|saved| &saved.next);
    let mut rows: Vec<Row> = Vec::new();
    for (place, occurrence) in next.occurrences.iter().enumerate() {
        let is_new = saved.is_some_and(|saved| reaches(saved, occurrence, shown.count) && !has(saved, occurrence));
        rows.push(Row {
            kind: if is_new { RowKind::Added } else { RowKind::Runs },
            number: Some(place + 1),
            when: moment(&occurrence.local),
            why: why(occurrence),
            distance: distance(occurrence.at, shown.now),
            local: occurrence.local.clone(),
        });
    }
    for skipped in &next.skipped {
        put(
            &mut rows,
            Row {
                kind: RowKind::Skipped,
                number: None,
                when: moment(&skipped.nominal),
                why: Some(because(std::slice::from_ref(&skipped.reason))),
                distance: String::new(),
                local: skipped.nominal.clone(),
            },
        );
    }
    for old in saved.into_iter().flat_map(|saved| saved.occurrences.iter()) {
        if reaches(next, old, shown.count) && !has(next, old) {
            put(
                &mut rows,
                Row {
                    kind: RowKind::Gone,
                    number: None,
                    when: moment(&old.local),
                    why: Some(tr!(schedule_editor.row_gone).to_owned()),
                    distance: String::new(),
                    local: old.local.clone(),
                },
            );
        }
    }
    rows
}

/// `em 39 d`, however far it is.
fn distance(at: Instant, now: Instant) -> String {
    match (at - now).num_days() {
        days @ 1.. => tr!(format.in_days, count = days),
        _ => format::relative(*at, *now),
    }
}

/// At its place; before what stands at the same time.
fn put(rows: &mut Vec<Row>, row: Row) {
    let place = rows
        .iter()
        .position(|other| other.local >= row.local)
        .unwrap_or(rows.len());
    rows.insert(place, row);
}

fn has(preview: &Preview, occurrence: &PreviewOccurrence) -> bool {
    preview.occurrences.iter().any(|other| other.at == occurrence.at)
}

/// Whether a preview would tell of something at that time: a full one ends with its last.
fn reaches(preview: &Preview, occurrence: &PreviewOccurrence, count: u32) -> bool {
    let is_full = preview.occurrences.len() >= count as usize;
    !is_full || preview.occurrences.last().is_some_and(|last| occurrence.at <= last.at)
}

fn why(occurrence: &PreviewOccurrence) -> Option<String> {
    let mut parts = Vec::new();
    if !occurrence.moved.is_empty() {
        let why = because(&occurrence.moved);
        parts.push(tr!(
            schedule_editor.row_moved,
            from = moment(&occurrence.nominal),
            why = why
        ));
    }
    if !occurrence.changes.is_empty() {
        parts.push(tr!(
            schedule_editor.row_changes,
            changes = changes_in_words(&occurrence.changes)
        ));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what is not there")]

    use serde_json::{Value, json};

    use super::{super::live::Told, *};

    fn told(times: &[&str], skipped: &[&str]) -> Told {
        let occurrences: Vec<Value> = times
            .iter()
            .map(|local| json!({"at": format!("{local}:00Z"), "local": local, "nominal": local, "moved": [], "changes": {}}))
            .collect();
        let skipped: Vec<Value> = skipped
            .iter()
            .map(|nominal| json!({"nominal": nominal, "code": "weekend", "args": {}, "text": ""}))
            .collect();
        let next: Preview = serde_json::from_value(json!({
            "description": "", "occurrences": occurrences, "skipped": skipped,
            "skipped_more": false, "never_fires": false, "warnings": [],
        }))
        .unwrap();
        Told {
            months: next.clone(),
            next,
            until: None,
        }
    }

    fn seen(shown: &Shown) -> Vec<(RowKind, Option<usize>, String)> {
        let rows = rows(shown).into_iter();
        rows.map(|row| (row.kind, row.number, row.when)).collect()
    }

    #[test]
    fn skipped_dates_and_changes_stand_between_the_runs() {
        let shown = Shown {
            now: "2026-10-20T12:00:00Z"
                .parse::<chrono::DateTime<chrono::Utc>>()
                .unwrap()
                .into(),
            first: "2026-10-01".parse().unwrap(),
            count: 3,
            told: told(
                &["2026-11-02T09:00", "2026-11-04T09:00", "2026-11-06T09:00"],
                &["2026-11-01T09:00"],
            ),
            saved: Some(told(&["2026-11-02T09:00", "2026-11-05T09:00", "2026-11-08T09:00"], &[])),
        };
        assert_eq!(
            seen(&shown),
            [
                (RowKind::Skipped, None, "dom 01/11/2026 09:00".to_owned()),
                (RowKind::Runs, Some(1), "seg 02/11/2026 09:00".to_owned()),
                (RowKind::Added, Some(2), "qua 04/11/2026 09:00".to_owned()),
                (RowKind::Gone, None, "qui 05/11/2026 09:00".to_owned()),
                (RowKind::Added, Some(3), "sex 06/11/2026 09:00".to_owned()),
            ],
            "what comes after the last of the new ones is not known to be gone"
        );
        let alone = Shown { saved: None, ..shown };
        assert!(
            seen(&alone)
                .iter()
                .all(|(kind, ..)| matches!(kind, RowKind::Runs | RowKind::Skipped))
        );
    }
}
