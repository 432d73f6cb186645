//! Days of a calendar in files: CSV and iCalendar, read and written. Whatever a file holds, what can be read of it is read,
//! and every line that is not taken says why.

mod collect;
mod csv;
mod decode;
mod diff;
mod ics;
#[cfg(test)]
mod tests;
mod words;
mod write;

use self::collect::Collector;
pub use self::{
    decode::decode,
    diff::diff,
    write::{ics_file, write_csv},
};
use crate::{dto::calendars::CalendarFormat, reason::Reason, schedule::CalendarDay};

/// Largest file.
pub const FILE_BYTES: usize = 1024 * 1024;
/// Rows or events that are looked at.
const ROWS: usize = 20_000;
/// Refused lines that are kept; more are counted.
pub const REFUSED_SHOWN: usize = 200;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// One for each [`crate::dto::calendars::DayKey`], in the order of the file. Those of each year are of the year 2000.
    pub days: Vec<CalendarDay>,
    /// The first [`REFUSED_SHOWN`] of them.
    pub refused: Vec<Refused>,
    pub refused_count: usize,
    /// Events that say of themselves that they were cancelled.
    pub cancelled: usize,
}

/// A line that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// From 1.
    pub line: usize,
    pub reason: Reason,
    /// Its beginning.
    pub text: String,
}

/// Reads a file of at most [`FILE_BYTES`]; of a longer one only the beginning.
#[must_use]
pub fn parse(format: CalendarFormat, text: &str) -> Parsed {
    let text = text.get(..text.floor_char_boundary(FILE_BYTES)).unwrap_or(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = Collector::default();
    match format {
        CalendarFormat::Csv => csv::parse(text, &mut out),
        CalendarFormat::Ics => ics::parse(text, &mut out),
    }
    out.finish()
}
