//! Files of schedules from elsewhere, read row by row: crontabs, lists of the former system, and what this program exports.
//! A row that cannot be read says why and stops no other. Whether a rule can be is not asked here.

mod crontab;
mod json;
#[cfg(test)]
mod tests;

use crate::{
    dto::schedules::{CalendarFileDto, ScheduleCreate, ScheduleFileFormat},
    reason::Reason,
    schedule::{CronDialect, CronRule, Roll, Rule, Schedule},
    status::{Overlap, ScheduleKind},
};

/// Rows of one file.
pub const FILE_ROWS: usize = 1_000;
/// The form of [`crate::dto::schedules::ScheduleFileDto`] that this program writes.
pub const FILE_VERSION: i64 = 1;

/// What holds for rows that do not say it themselves.
#[derive(Debug, Clone, Copy)]
pub struct Unsaid<'a> {
    pub timezone: &'a str,
    pub kind: Option<ScheduleKind>,
}

/// A file, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileRows {
    pub calendars: Vec<FileRow<CalendarFileDto>>,
    pub schedules: Vec<FileRow<ScheduleCreate>>,
    /// What has no effect, each with its line.
    pub notes: Vec<(i64, Reason)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FileRow<T> {
    /// Of the text, or the place in a list of JSON. From 1.
    pub line: i64,
    /// As far as it could be read.
    pub name: String,
    pub read: Result<T, Reason>,
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read at all.
pub fn read(format: ScheduleFileFormat, text: &str, unsaid: Unsaid<'_>) -> Result<FileRows, Reason> {
    let rows = match format {
        ScheduleFileFormat::Crontab => crontab::read(text, unsaid),
        ScheduleFileFormat::Legacy => json::legacy(text, unsaid)?,
        ScheduleFileFormat::Esteira => json::own(text)?,
    };
    if rows.schedules.len() + rows.calendars.len() > FILE_ROWS {
        return Err(Reason::FileRows { most: FILE_ROWS });
    }
    Ok(rows)
}

/// A schedule of which only this is known.
fn plain(name: String, kind: ScheduleKind, expression: String, timezone: String) -> ScheduleCreate {
    ScheduleCreate {
        name,
        kind,
        parameters: serde_json::Value::Null,
        schedule: Schedule {
            timezone,
            rule: Rule::Cron(CronRule {
                expression,
                dialect: CronDialect::default(),
            }),
            start: None,
            end: None,
            window: None,
            skip_weekends: false,
            skip_holidays: false,
            calendars: Vec::new(),
            blackouts: Vec::new(),
            roll: Roll::default(),
            exceptions: Vec::new(),
            jitter_seconds: 0,
        },
        catch_up: None,
        catch_up_hours: 24,
        overlap: Overlap::Skip,
        pause_after_failures: 5,
        active: true,
    }
}

/// The kind of a word, in any case.
fn kind_of(word: &str) -> Option<ScheduleKind> {
    ScheduleKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.as_str().eq_ignore_ascii_case(word.trim()))
}
