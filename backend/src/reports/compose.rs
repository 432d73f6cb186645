//! A report as a message: subject, HTML, text and table.

use esteira_shared::{language::Language, report::Words};

use super::{
    gather::{MonthReport, Part, ROWS, Row, Wanted},
    html,
    link::Links,
    text,
};
use crate::{
    administration::organization::Organization,
    app::SharedApp,
    error::AppResult,
    mail::{Attachment, Draft},
    processes::{export, list::Selection},
};

/// Mail programs cut longer messages; some of it is headers and the encoding of letters.
const HTML_BYTES: usize = 90_000;
/// A longer table is not attached: it is kept with the message, and sent to each.
const TABLE_BYTES: usize = 4 * 1024 * 1024;
/// Rows of each list, and fewer when the message would become too long.
const ROWS_TRIED: [usize; 4] = [ROWS, 25, 10, 3];

/// Signs of a reason that are shown.
const REASON: usize = 240;

/// What stands at the end: why somebody gets it.
#[derive(Debug, Clone)]
pub(super) enum Foot {
    /// Their address is in a schedule; with a link they can take it off.
    Schedule { name: String, with_link: bool },
    /// Somebody asked for it.
    Person(String),
    /// It is looked at in the browser.
    Nobody,
}

/// The table that goes along.
#[derive(Debug, Clone)]
pub(super) enum Table {
    None,
    /// By its name.
    Attached(String),
    TooLarge,
}

/// What HTML and text are made of.
pub(super) struct Sheet<'a> {
    pub(super) report: &'a MonthReport,
    pub(super) words: Words,
    /// Absent: nothing links anywhere.
    pub(super) links: Option<Links<'a>>,
    pub(super) foot: &'a Foot,
    pub(super) table: &'a Table,
    /// Rows of each list.
    pub(super) rows: usize,
}

impl Sheet<'_> {
    pub(super) fn headline(&self) -> String {
        self.words.headline(self.report.pending(), self.report.total())
    }
}

pub(super) struct Written {
    pub(super) subject: String,
    pub(super) html: String,
    pub(super) text: String,
}

/// Writes it as long as a mail program shows whole.
pub(super) fn write(
    report: &MonthReport,
    language: Language,
    links: Option<Links<'_>>,
    foot: &Foot,
    table: &Table,
) -> Written {
    let words = Words(language);
    let mut sheet = Sheet {
        report,
        words,
        links,
        foot,
        table,
        rows: ROWS,
    };
    let mut whole = String::new();
    for rows in ROWS_TRIED {
        sheet.rows = rows;
        whole = html::write(&sheet);
        if whole.len() <= HTML_BYTES {
            break;
        }
    }
    Written {
        subject: words.subject(sheet.headline(), words.short_month(report.month)),
        text: text::write(&sheet),
        html: whole,
    }
}

/// The message, ready to be queued.
pub(super) async fn draft(
    app: &SharedApp,
    wanted: Wanted,
    report: &MonthReport,
    foot: &Foot,
    with_table: bool,
) -> AppResult<Draft> {
    let csv = match with_table && report.total() > 0 {
        true => csv(app, wanted, report).await?,
        false => None,
    };
    let table = match (&csv, with_table && report.total() > 0) {
        (Some(attachment), _) => Table::Attached(attachment.filename.clone()),
        (None, true) => Table::TooLarge,
        (None, false) => Table::None,
    };
    let Written { subject, html, text } = write(report, wanted.language, Links::of(app), foot, &table);
    Ok(Draft {
        subject,
        text,
        html: Some(html),
        attachment: csv,
    })
}

async fn csv(app: &SharedApp, wanted: Wanted, report: &MonthReport) -> AppResult<Option<Attachment>> {
    let mut conn = app.db.read_long().await?;
    let organization = Organization::find(&mut conn, wanted.organization).await?;
    let filter = esteira_shared::dto::processes::ProcessFilter {
        month: Some(wanted.month),
        ..Default::default()
    };
    let late_before = organization.late_before(app.clock.now());
    let selection = Selection::new(&mut conn, wanted.organization, filter, late_before).await?;
    drop(conn);
    let whole = export::whole(app.clone(), selection, report.zone, wanted.language, TABLE_BYTES).await?;
    Ok(whole.map(|csv| Attachment {
        filename: format!("esteira-{}.csv", wanted.month),
        csv,
    }))
}

/// How many a part has.
pub(super) fn whole(part: &Part) -> i64 {
    i64::try_from(part.count).unwrap_or(i64::MAX)
}

/// How many of them are not shown.
pub(super) fn more(part: &Part, rows: usize) -> i64 {
    let shown = part.rows.len().min(rows);
    i64::try_from(part.count.saturating_sub(shown)).unwrap_or(i64::MAX)
}

/// When it is due, in words.
pub(super) fn due(sheet: &Sheet<'_>, row: &Row) -> String {
    row.due.map_or_else(|| sheet.words.no_day(), |day| sheet.words.day(day))
}

/// Why it failed, and what to do about it.
pub(super) fn reasons(sheet: &Sheet<'_>, row: &Row) -> Vec<String> {
    let action = row
        .action
        .as_deref()
        .map(|action| sheet.words.what_to_do(short(action)));
    row.reason.as_deref().map(short).into_iter().chain(action).collect()
}

fn short(text: &str) -> String {
    let mut signs = text.chars();
    let mut start: String = signs.by_ref().take(REASON).collect();
    if signs.next().is_some() {
        start.push('…');
    }
    start
}

/// What stands at the end, without the link.
pub(super) fn foot(sheet: &Sheet<'_>) -> Vec<String> {
    let words = sheet.words;
    let table = match sheet.table {
        Table::None => None,
        Table::Attached(filename) => Some(words.attached(filename)),
        Table::TooLarge => Some(words.too_large_to_attach()),
    };
    let why = match sheet.foot {
        Foot::Schedule { name, .. } => Some(words.why(name)),
        Foot::Person(name) => Some(words.asked_for(name)),
        Foot::Nobody => None,
    };
    table.into_iter().chain(why).collect()
}

#[cfg(test)]
mod tests;
