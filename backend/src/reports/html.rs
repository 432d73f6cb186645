//! The report for those who read HTML.

use esteira_shared::{
    dto::{home::OperatorProgress, processes::StatusCount},
    status::Tone,
};

use super::{
    cells::{FAINT, INK, Table, bar, button, escape, heading, link, mark, page, paragraph},
    compose::{self, Foot, Sheet},
    gather::{Part, Row},
};
use crate::mail::UNSUBSCRIBE;

/// The order in which a bar shows how far things are.
const TONES: [Tone; 5] = [Tone::Done, Tone::Running, Tone::NeedsYou, Tone::Failed, Tone::Waiting];

pub(super) fn write(sheet: &Sheet<'_>) -> String {
    let words = sheet.words;
    let mut inside = head(sheet);
    if sheet.report.total() > 0 {
        inside += &by_status(sheet);
        inside += &by_operator(sheet);
        if sheet.report.pending() == 0 {
            inside += &paragraph(&escape(&words.nothing_missing()), INK);
        }
        inside += &list(sheet, &sheet.report.failures, |count| words.failures(count));
        inside += &list(sheet, &sheet.report.standing, |count| words.overdue(count));
        inside += &list(sheet, &sheet.report.remaining, |count| words.remaining(count));
    } else {
        inside += &paragraph(&escape(&words.not_opened_text()), INK);
    }
    inside += &missed(sheet);
    inside += &foot(sheet);
    page(
        words.0.as_str(),
        &words.title(words.long_month(sheet.report.month)),
        &inside,
    )
}

fn head(sheet: &Sheet<'_>) -> String {
    let (words, report) = (sheet.words, sheet.report);
    let title = escape(&words.title(words.long_month(report.month)));
    let headline = escape(&sheet.headline());
    let as_of = escape(&words.as_of(&report.organization, words.time(report.at)));
    let mut html = format!(
        "<p style=\"margin:0;font-size:12px;color:{FAINT}\">{title}</p>\
         <h1 style=\"margin:2px 0 4px;font-size:24px;line-height:30px;color:{INK}\">{headline}</h1>\
         <p style=\"margin:0 0 16px;font-size:12px;color:{FAINT}\">{as_of}</p>"
    );
    if report.total() > 0 {
        html += &bar(&tones(&report.counts), 10);
        let done = words.done_of(words.count(report.done()), words.count(report.total()));
        html += &format!(
            "<p style=\"margin:6px 0 12px;font-size:12px;color:{FAINT}\">{}</p>",
            escape(&done)
        );
    }
    for (count, text, address) in notes(sheet) {
        if count > 0 {
            html += &paragraph(&link(address.as_deref(), &text), INK);
        }
    }
    if let Some(links) = sheet.links {
        html += "<div style=\"height:8px\"></div>";
        html += &button(
            &links.month(report.month),
            &words.open_month(words.long_month(report.month)),
        );
    }
    html
}

/// What is to be known beside the lists: how many, in words, and where they are.
pub(super) fn notes(sheet: &Sheet<'_>) -> Vec<(i64, String, Option<String>)> {
    let (words, report, links) = (sheet.words, sheet.report, sheet.links);
    let month = report.month;
    vec![
        (report.overdue, words.overdue_count(words.count(report.overdue)), None),
        (
            report.late,
            words.late_count(words.count(report.late), report.late_after_days),
            links.map(|links| format!("{}?late=true", links.month(month))),
        ),
        (
            report.unknown_runs,
            words.unknown_count(words.count(report.unknown_runs)),
            links.map(|links| links.unknown_runs(month)),
        ),
        (
            report.unopened,
            words.unopened_count(words.count(report.unopened)),
            links.map(|links| links.month(month)),
        ),
    ]
}

fn by_status(sheet: &Sheet<'_>) -> String {
    let words = sheet.words;
    let mut table = Table::new(&[(words.status_column(), false), (words.count_column(), true)]);
    for one in &sheet.report.counts {
        let address = sheet
            .links
            .map(|links| links.processes(sheet.report.month, one.status.as_str()));
        table.row(&[
            mark(one.status.tone(), words.status(one.status)),
            link(address.as_deref(), &words.count(one.count)),
        ]);
    }
    let total = escape(&words.total());
    table.row(&[
        format!("<b>{total}</b>"),
        format!("<b>{}</b>", words.count(sheet.report.total())),
    ]);
    heading(&words.by_status()) + &table.end()
}

fn by_operator(sheet: &Sheet<'_>) -> String {
    let words = sheet.words;
    let mut table = Table::new(&[
        (words.operator_column(), false),
        (String::new(), false),
        (words.progress_column(), true),
    ]);
    for operator in &sheet.report.operators {
        table.row(&[
            escape(&operator.name),
            format!(
                "<div style=\"min-width:140px\">{}</div>",
                bar(&tones(&operator.counts), 8)
            ),
            escape(&progress(sheet, operator)),
        ]);
    }
    heading(&words.by_operator()) + &table.end()
}

/// `12/14`
pub(super) fn progress(sheet: &Sheet<'_>, operator: &OperatorProgress) -> String {
    let done = operator.counts.iter().filter(|one| one.status.tone() == Tone::Done);
    let done: i64 = done.map(|one| one.count).sum();
    format!("{}/{}", sheet.words.count(done), sheet.words.count(operator.total))
}

fn tones(counts: &[StatusCount]) -> Vec<(Tone, i64)> {
    let of = |tone: Tone| {
        counts
            .iter()
            .filter(|one| one.status.tone() == tone)
            .map(|one| one.count)
            .sum()
    };
    TONES.iter().map(|tone| (*tone, of(*tone))).collect()
}

fn list(sheet: &Sheet<'_>, part: &Part, title: impl Fn(String) -> String) -> String {
    if part.count == 0 {
        return String::new();
    }
    let words = sheet.words;
    let mut table = Table::new(&[
        (words.client_column(), false),
        (words.status_column(), false),
        (words.due_column(), true),
    ]);
    for row in part.rows.iter().take(sheet.rows) {
        table.row(&cells(sheet, row));
    }
    let more = compose::more(part, sheet.rows);
    let more = (more > 0).then(|| {
        let address = sheet.links.map(|links| links.month(sheet.report.month));
        paragraph(&link(address.as_deref(), &words.and_more(words.count(more))), FAINT)
    });
    heading(&title(words.count(compose::whole(part)))) + &table.end() + &more.unwrap_or_default()
}

fn cells(sheet: &Sheet<'_>, row: &Row) -> [String; 3] {
    let words = sheet.words;
    let address = sheet.links.map(|links| links.process(row.id));
    let small = |text: &str| format!("<div style=\"font-size:12px;color:{FAINT}\">{}</div>", escape(text));
    let client = link(address.as_deref(), &row.client) + &small(&row.operator);
    let mut standing = mark(row.status.tone(), words.status(row.status));
    for text in compose::reasons(sheet, row) {
        standing += &small(&text);
    }
    let due = compose::due(sheet, row);
    let due = if row.overdue {
        format!("<b style=\"color:#b42318\">{}</b>", escape(&due))
    } else {
        escape(&due)
    };
    let since = small(&format!("{} {}", words.since_column(), words.day(row.since)));
    [client, standing, due + &since]
}

fn missed(sheet: &Sheet<'_>) -> String {
    let (words, missed) = (sheet.words, &sheet.report.missed);
    if missed.count == 0 {
        return String::new();
    }
    let mut table = Table::new(&[
        (words.schedule_column(), false),
        (words.missed_column(), false),
        (words.reason_column(), false),
    ]);
    for slot in &missed.rows {
        table.row(&[
            escape(&slot.schedule),
            escape(&words.time(slot.at)),
            escape(slot.cause.map_or("", |cause| words.missed(cause))),
        ]);
    }
    let shown = i64::try_from(missed.rows.len()).unwrap_or(i64::MAX);
    let address = sheet.links.map(|links| links.missed());
    let more = (missed.count > shown).then(|| {
        paragraph(
            &link(address.as_deref(), &words.and_more(words.count(missed.count - shown))),
            FAINT,
        )
    });
    heading(&words.missed_schedules(words.count(missed.count))) + &table.end() + &more.unwrap_or_default()
}

fn foot(sheet: &Sheet<'_>) -> String {
    let words = sheet.words;
    let mut lines: Vec<String> = compose::foot(sheet).iter().map(|line| escape(line)).collect();
    if let Foot::Schedule { with_link: true, .. } = sheet.foot {
        lines.push(link(Some(UNSUBSCRIBE), &words.unsubscribe()));
    }
    if lines.is_empty() {
        return String::new();
    }
    let lines = lines.join("<br>");
    format!("<p style=\"margin:28px 0 0;font-size:12px;line-height:18px;color:{FAINT}\">{lines}</p>")
}
