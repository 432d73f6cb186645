//! A calendar as a file.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};

use super::words::kind_word;
use crate::{csv::as_text, dto::calendars::DayKey, schedule::CalendarDay};

/// UTF-8 with a byte order mark and semicolons, as spreadsheets in Brazil expect. Read back, it gives the same days.
#[must_use]
pub fn write_csv(days: &[CalendarDay]) -> String {
    let mut file = "\u{feff}data;nome;tipo\r\n".to_owned();
    for day in days {
        let date = if day.yearly {
            format!("{:02}/{:02}", day.date.day(), day.date.month())
        } else {
            format!("{:02}/{:02}/{:04}", day.date.day(), day.date.month(), day.date.year())
        };
        let name = as_text(&day.name);
        let _ = write!(file, "{date};{};{}\r\n", quoted(&name), kind_word(day.kind));
    }
    file
}

fn quoted(cell: &str) -> String {
    if cell.contains([';', '"', ',', '\t']) || cell.starts_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// iCalendar (RFC 5545). `name` is what schedules call the calendar by, `now` when it is written.
#[must_use]
pub fn ics_file(name: &str, title: &str, days: &[CalendarDay], now: DateTime<Utc>) -> String {
    let mut file = String::new();
    let (hour, minute, second) = (now.hour(), now.minute(), now.second());
    let stamp = format!("{}T{hour:02}{minute:02}{second:02}Z", digits(now.date_naive()));
    for line in [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Esteira//Esteira//PT".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(title)),
    ] {
        fold(&mut file, &line);
    }
    for day in days {
        fold(&mut file, "BEGIN:VEVENT");
        fold(&mut file, &format!("UID:{}@{name}.esteira", DayKey::of(day)));
        fold(&mut file, &format!("DTSTAMP:{stamp}"));
        fold(&mut file, &format!("DTSTART;VALUE=DATE:{}", digits(day.date)));
        if day.yearly {
            fold(&mut file, "RRULE:FREQ=YEARLY");
        }
        fold(&mut file, &format!("SUMMARY:{}", escaped(&day.name)));
        fold(&mut file, &format!("CATEGORIES:{}", kind_word(day.kind)));
        fold(&mut file, "TRANSP:TRANSPARENT");
        fold(&mut file, "END:VEVENT");
    }
    fold(&mut file, "END:VCALENDAR");
    file
}

/// `20260624`
fn digits(date: NaiveDate) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Longest line in bytes, its end not counted.
const LINE_BYTES: usize = 75;

fn fold(file: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE_BYTES {
            file.push_str("\r\n ");
            length = 1;
        }
        file.push(c);
        length += c.len_utf8();
    }
    file.push_str("\r\n");
}
