//! Short texts that stand in forms, files and addresses, and lines of logs.

use std::{collections::BTreeSet, fmt, str::FromStr};

use chrono::{Datelike as _, NaiveDate};
use esteira_shared::{
    calendar_file::{FILE_BYTES, REFUSED_SHOWN, decode, diff, ics_file, parse, write_csv},
    csv::{as_text, from_text},
    dto::calendars::{CALENDAR_DAYS, CALENDAR_YEARS, CalendarFormat, DAY_NAME_CHARS, DayKey},
    ids::ProcessId,
    instant::Instant,
    money::Money,
    month::Month,
    reason::Reason,
    schedule::Cron,
    validate::{Cnpj, Fields},
};
use serde_json::Value;

use crate::{
    integrations::{rpa::hash::ExecutionHash, smtp::is_address},
    logs::{lines_of, plain},
};

/// A cell that is exported, opened in a spreadsheet and imported again.
pub fn csv_cell(data: &[u8]) {
    let cell = String::from_utf8_lossy(data);
    let safe = as_text(&cell);
    assert_eq!(from_text(&safe), cell);
    // The signs by which spreadsheets know a formula, each written out.
    assert!(
        !safe.starts_with([
            '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'
        ]),
        "{safe:?}"
    );
    let mut file = Vec::new();
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(&mut file);
    let written = writer.write_record(["x", safe.as_ref()]).is_ok() && writer.flush().is_ok();
    drop(writer);
    assert!(written);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .from_reader(file.as_slice());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    assert_eq!(record.get(1), Some(safe.as_ref()));
}

/// Holidays as a spreadsheet or a person writes them.
pub fn calendar_csv(data: &[u8]) {
    calendar(CalendarFormat::Csv, data);
}

/// Holidays as calendars write them.
pub fn calendar_ics(data: &[u8]) {
    calendar(CalendarFormat::Ics, data);
}

fn calendar(format: CalendarFormat, data: &[u8]) {
    let text = decode(data);
    let parsed = parse(format, &text);
    assert!(parsed.days.len() <= CALENDAR_DAYS);
    assert!(parsed.refused.len() <= REFUSED_SHOWN && parsed.refused.len() <= parsed.refused_count);
    for refused in &parsed.refused {
        assert!(refused.line >= 1 && refused.line <= text.len() + 1, "{refused:?}");
        assert!(refused.text.chars().count() <= 80 && !refused.text.contains(char::is_control));
    }
    let mut seen = BTreeSet::new();
    for day in &parsed.days {
        assert!(seen.insert(DayKey::of(day)), "{day:?} twice");
        assert!(CALENDAR_YEARS.contains(&day.date.year()), "{day:?}");
        assert!((1..=DAY_NAME_CHARS).contains(&day.name.chars().count()), "{day:?}");
        assert!(!day.name.contains(char::is_control), "{day:?}");
    }
    // What was taken can be handed out, and is taken again.
    for (format, file) in [
        (CalendarFormat::Csv, write_csv(&parsed.days)),
        (
            CalendarFormat::Ics,
            ics_file("fuzz", "Fuzz", &parsed.days, chrono::DateTime::UNIX_EPOCH),
        ),
    ] {
        if file.len() > FILE_BYTES {
            continue;
        }
        let again = parse(format, &file);
        assert!(again.refused.is_empty(), "{format}: {:?}", again.refused);
        assert_eq!(again.days, parsed.days, "{format}");
        let change = diff(&parsed.days, &again.days, &[]);
        assert!(change.added.is_empty() && change.changed.is_empty() && change.missing.is_empty());
    }
}

/// An expression that somebody types.
pub fn cron(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(cron) = text.parse::<Cron>() else { return };
    let Some(from) = NaiveDate::from_ymd_opt(2026, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0)) else {
        return;
    };
    let first = cron.at_or_after(from);
    assert_eq!(first.is_some(), cron.ever_fires(), "{text:?}");
    if let Some(first) = first {
        assert!(first >= from, "{text:?}");
        assert_eq!(cron.at_or_after(first), Some(first), "{text:?}");
        let next = cron.at_or_after(first + chrono::TimeDelta::minutes(1));
        assert!(next.is_some_and(|next| next > first), "{text:?}");
    }
}

/// An address that somebody types.
pub fn email(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut fields = Fields::new();
    fields.email("email", &text);
    if !fields.is_empty() {
        return;
    }
    let text = text.trim();
    assert_eq!(text.matches('@').count(), 1, "{text:?}");
    let strange = |c: char| c.is_whitespace() || c.is_control() || ",;<>()[]\"\\:".contains(c);
    assert!(!text.contains(strange), "{text:?} is more than one address");
    // Of other names, not every one can be written in ASCII.
    assert!(!text.is_ascii() || is_address(text), "{text:?} cannot be written to");
}

/// A message of a robot, as it is kept and as it is handed out.
pub fn log_text(data: &[u8]) {
    let message = String::from_utf8_lossy(data);
    let lines = lines_of(&message);
    assert!(!lines.is_empty());
    for line in lines {
        assert!(line.len() <= 16 * 1024 && !line.contains(['\n', '\r']), "{line:?}");
        let shown = plain(&line);
        assert!(shown.chars().all(|c| !c.is_control() || c == '\t'), "{shown:?}");
        assert_eq!(plain(&shown), shown);
    }
}

/// Amounts, months, numbers of companies, ids, times, reasons and the names of a robot's processes: what is read can be
/// written, and is read again as the same.
pub fn values(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(money) = Money::parse_typed(&text) {
        assert_eq!(Money::parse_typed(&money.to_brazilian()), Ok(money));
        again(&money);
    }
    if let Ok(cnpj) = text.parse::<Cnpj>() {
        assert_eq!(cnpj.formatted().parse(), Ok(cnpj.clone()));
        again(&cnpj);
    }
    if let Ok(month) = text.parse::<Month>() {
        again(&month);
    }
    if let Ok(hash) = text.parse::<ExecutionHash>() {
        again(&hash);
    }
    if let Ok(id) = text.parse::<ProcessId>() {
        again(&id);
    }
    if let Ok(instant) = serde_json::from_value::<Instant>(Value::from(&*text)) {
        let written = serde_json::to_value(instant).unwrap_or_default();
        assert_eq!(serde_json::from_value::<Instant>(written).ok(), Some(instant));
        let fixed = instant.fixed().and_then(|fixed| Instant::from_fixed(&fixed));
        assert_eq!(fixed, Some(instant));
    }
    let reason = Reason::read(&text);
    assert_eq!(Reason::read(&reason.stored()), reason);
}

fn again<T: FromStr + fmt::Display + fmt::Debug + PartialEq>(value: &T) {
    let text = value.to_string();
    assert_eq!(text.parse::<T>().ok().as_ref(), Some(value), "{text:?}");
}
