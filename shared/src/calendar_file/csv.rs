//! Lines of date, name and kind, with or without a head, between semicolons, commas or tabs.

use chrono::NaiveDate;

use super::{
    ROWS,
    collect::{Collector, UNSAID},
    words::{self, Column},
};
use crate::{csv::from_text, reason::Reason, schedule::CalendarDay};

/// A longer row has a quotation mark too many, or is none.
const ROW_BYTES: usize = 4 * 1024;

pub(super) fn parse(text: &str, out: &mut Collector) {
    let rows = Rows {
        rest: text,
        line: 1,
        delimiter: delimiter(text),
    };
    let mut columns = None;
    for (place, row) in rows.enumerate() {
        if out.is_full() {
            return;
        }
        if place >= ROWS {
            out.refuse_rest(row.line, row.text);
            return;
        }
        let Some(cells) = row.cells else {
            out.refuse(row.line, Reason::RowUnreadable {}, row.text);
            continue;
        };
        let columns = match columns {
            Some(columns) => columns,
            None => {
                let (found, is_head) = Columns::of(&cells);
                columns = Some(found);
                if is_head {
                    continue;
                }
                found
            }
        };
        match columns.day(&cells) {
            Ok(day) => out.take(row.line, row.text, day),
            Err(reason) => out.refuse(row.line, reason, row.text),
        }
    }
}

/// Where each column stands.
#[derive(Debug, Clone, Copy)]
struct Columns {
    date: usize,
    name: Option<usize>,
    kind: Option<usize>,
    yearly: Option<usize>,
}

impl Columns {
    /// What the first row says, and whether it is a head.
    fn of(cells: &[String]) -> (Self, bool) {
        let is_date = |place: usize| cells.get(place).is_some_and(|cell| date(cell).is_some());
        let named = |wanted: Column| cells.iter().position(|cell| words::column(cell) == Some(wanted));
        let any_date = (0..cells.len()).any(is_date);
        if !any_date && let Some(date) = named(Column::Date) {
            let head = Self {
                date,
                name: named(Column::Name),
                kind: named(Column::Kind),
                yearly: named(Column::Yearly),
            };
            return (head, true);
        }
        // Some lists begin with the name.
        let (date, name) = if !is_date(0) && is_date(1) { (1, 0) } else { (0, 1) };
        let bare = Self {
            date,
            name: Some(name),
            kind: Some(2),
            yearly: Some(3),
        };
        (bare, false)
    }

    fn day(self, cells: &[String]) -> Result<CalendarDay, Reason> {
        let cell = |place: Option<usize>| {
            let cell = place.and_then(|place| cells.get(place));
            cell.map_or("", |cell| from_text(cell.trim()))
        };
        let written = cell(Some(self.date));
        let (date, each_year) = date(written).ok_or_else(|| Reason::DayDateUnreadable { text: shown(written) })?;
        let kind = match cell(self.kind) {
            "" => UNSAID,
            word => words::kind(word).ok_or_else(|| Reason::DayKindUnknown { text: shown(word) })?,
        };
        let word = cell(self.yearly);
        let yearly = words::yes(word).ok_or_else(|| Reason::DayYearlyUnreadable { text: shown(word) })?;
        Ok(CalendarDay {
            date,
            yearly: yearly || each_year,
            name: cell(self.name).to_owned(),
            kind,
        })
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// `2026-06-24`, `24/06/2026`, `24/06/26`, and `24/06` for each year; with a midnight behind it, as spreadsheets write it.
fn date(cell: &str) -> Option<(NaiveDate, bool)> {
    let cell = from_text(cell.trim());
    let day = match cell.split_once([' ', 'T']) {
        Some((day, time)) if is_midnight(time) => day,
        Some(_) => return None,
        None => cell,
    };
    let separator = day.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let parts: Vec<&str> = day.split(separator).collect();
    let number = |text: &str| {
        let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten()
    };
    match *parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            let date = ymd(number(year)?, number(month)?, number(day)?)?;
            Some((date, false))
        }
        [day, month, year] => {
            let year = match year.len() {
                4 => number(year)?,
                2 => 2_000 + number(year)?,
                _ => return None,
            };
            Some((ymd(year, number(month)?, number(day)?)?, false))
        }
        // The other order is as likely with a hyphen.
        [day, month] if separator != '-' => Some((ymd(2_000, number(month)?, number(day)?)?, true)),
        _ => None,
    }
}

fn ymd(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn is_midnight(time: &str) -> bool {
    let time = time.trim();
    !time.is_empty() && time.chars().all(|c| matches!(c, '0' | ':' | '.' | 'Z'))
}

/// What parts the cells of the first row that says something.
fn delimiter(text: &str) -> char {
    let first = text.split(['\n', '\r']).find(|line| !line.trim().is_empty());
    let (mut semicolons, mut commas, mut tabs) = (0, 0, 0);
    let mut quoted = false;
    for c in first.unwrap_or_default().chars().take(ROW_BYTES) {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            ';' => semicolons += 1,
            ',' => commas += 1,
            '\t' => tabs += 1,
            _ => {}
        }
    }
    if tabs > semicolons && tabs > commas {
        '\t'
    } else if commas > semicolons {
        ','
    } else {
        ';'
    }
}

struct Row<'a> {
    /// Where it begins.
    line: usize,
    /// `None` when it has no end within bounds.
    cells: Option<Vec<String>>,
    text: &'a str,
}

/// The rows that are neither empty nor a remark.
struct Rows<'a> {
    rest: &'a str,
    line: usize,
    delimiter: char,
}

impl<'a> Rows<'a> {
    /// Goes on after so many bytes, which it answers.
    fn skip(&mut self, length: usize) -> &'a str {
        let (text, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += line_ends(text);
        text
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        while !self.rest.is_empty() {
            let line = self.line;
            if self.rest.starts_with('#') {
                self.skip(first_line(self.rest));
                continue;
            }
            let (cells, length) = match cells(self.rest, self.delimiter) {
                Some((cells, length)) => (Some(cells), length),
                None => (None, first_line(self.rest)),
            };
            let text = self.skip(length);
            let blank = cells
                .as_ref()
                .is_some_and(|cells| cells.iter().all(|cell| cell.trim().is_empty()));
            if !blank {
                return Some(Row { line, cells, text });
            }
        }
        None
    }
}

/// The cells of the first row, and how long it is with its end.
fn cells(text: &str, delimiter: char) -> Option<(Vec<String>, usize)> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if at > ROW_BYTES {
            return None;
        }
        match c {
            '"' if quoted => match chars.next_if(|(_, next)| *next == '"') {
                Some(_) => cell.push('"'),
                None => quoted = false,
            },
            _ if quoted => cell.push(c),
            '"' if cell.trim().is_empty() => {
                quoted = true;
                cell.clear();
            }
            '\n' | '\r' => {
                let two = c == '\r' && chars.next_if(|(_, next)| *next == '\n').is_some();
                cells.push(cell);
                return Some((cells, at + 1 + usize::from(two)));
            }
            _ if c == delimiter => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    if quoted {
        return None;
    }
    cells.push(cell);
    Some((cells, text.len()))
}

/// How long the first line is with its end.
fn first_line(text: &str) -> usize {
    match text.find(['\n', '\r']) {
        Some(at) if text.get(at..).is_some_and(|end| end.starts_with("\r\n")) => at + 2,
        Some(at) => at + 1,
        None => text.len(),
    }
}

/// Line breaks of each kind.
fn line_ends(text: &str) -> usize {
    let feeds = text.matches('\n').count();
    let returns = text.matches('\r').count();
    feeds + returns - text.matches("\r\n").count()
}
