//! The report for those who read no HTML, with the same figures.

use super::{
    compose::{self, Foot, Sheet},
    gather::{Part, Row},
    html,
};
use crate::{integrations::smtp::one_line, mail::UNSUBSCRIBE};

pub(super) fn write(sheet: &Sheet<'_>) -> String {
    let (words, report) = (sheet.words, sheet.report);
    let mut lines = vec![
        sheet.headline(),
        words.title(words.long_month(report.month)),
        one_line(&words.as_of(&report.organization, words.time(report.at))),
    ];
    if let Some(links) = sheet.links {
        lines.push(links.month(report.month));
    }
    if report.total() > 0 {
        lines.push(String::new());
        lines.push(words.done_of(words.count(report.done()), words.count(report.total())));
    }
    let notes = html::notes(sheet).into_iter().filter(|(count, ..)| *count > 0);
    lines.extend(notes.map(|(_, text, _)| text));
    if report.total() > 0 {
        by_status(sheet, &mut lines);
        by_operator(sheet, &mut lines);
        if report.pending() == 0 {
            lines.extend([String::new(), words.nothing_missing()]);
        }
        list(sheet, &report.failures, |count| words.failures(count), &mut lines);
        list(sheet, &report.standing, |count| words.overdue(count), &mut lines);
        list(sheet, &report.remaining, |count| words.remaining(count), &mut lines);
    } else {
        lines.extend([String::new(), words.not_opened_text()]);
    }
    missed(sheet, &mut lines);
    let foot = compose::foot(sheet);
    if !foot.is_empty() {
        // What stands behind it is a signature to mail programs.
        lines.extend([String::new(), "-- ".to_owned()]);
        lines.extend(foot.iter().map(|line| one_line(line)));
    }
    if let Foot::Schedule { with_link: true, .. } = sheet.foot {
        lines.push(format!("{}: {UNSUBSCRIBE}", words.unsubscribe()));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn title(text: &str, lines: &mut Vec<String>) {
    lines.extend([String::new(), text.to_uppercase()]);
}

fn by_status(sheet: &Sheet<'_>, lines: &mut Vec<String>) {
    let words = sheet.words;
    title(&words.by_status(), lines);
    for one in &sheet.report.counts {
        lines.push(format!("  {}: {}", words.status(one.status), words.count(one.count)));
    }
    lines.push(format!("  {}: {}", words.total(), words.count(sheet.report.total())));
}

fn by_operator(sheet: &Sheet<'_>, lines: &mut Vec<String>) {
    title(&sheet.words.by_operator(), lines);
    for operator in &sheet.report.operators {
        lines.push(format!(
            "  {}: {}",
            one_line(&operator.name),
            html::progress(sheet, operator)
        ));
    }
}

fn list(sheet: &Sheet<'_>, part: &Part, heading: impl Fn(String) -> String, lines: &mut Vec<String>) {
    if part.count == 0 {
        return;
    }
    let words = sheet.words;
    title(&heading(words.count(compose::whole(part))), lines);
    for row in part.rows.iter().take(sheet.rows) {
        lines.push(first_line(sheet, row));
        lines.extend(
            compose::reasons(sheet, row)
                .iter()
                .map(|text| format!("  {}", one_line(text))),
        );
        lines.extend(sheet.links.map(|links| format!("  {}", links.process(row.id))));
    }
    let more = compose::more(part, sheet.rows);
    if more > 0 {
        lines.push(format!("  {}", words.and_more(words.count(more))));
    }
}

fn first_line(sheet: &Sheet<'_>, row: &Row) -> String {
    let words = sheet.words;
    let parts = [
        row.client.clone(),
        row.operator.clone(),
        words.status(row.status).to_owned(),
        format!("{} {}", words.since_column(), words.day(row.since)),
        format!("{}: {}", words.due_column(), compose::due(sheet, row)),
    ];
    format!("- {}", one_line(&parts.join(" · ")))
}

fn missed(sheet: &Sheet<'_>, lines: &mut Vec<String>) {
    let (words, missed) = (sheet.words, &sheet.report.missed);
    if missed.count == 0 {
        return;
    }
    title(&words.missed_schedules(words.count(missed.count)), lines);
    for slot in &missed.rows {
        let cause = slot.cause.map_or("", |cause| words.missed(cause));
        lines.push(format!(
            "- {} · {} · {cause}",
            one_line(&slot.schedule),
            words.time(slot.at)
        ));
    }
    lines.extend(sheet.links.map(|links| format!("  {}", links.missed())));
}
