//! Taking days from a file, and taking that back.

use serde::{Deserialize, Serialize};

use super::{CalendarDto, CalendarFormat, CalendarScheduleDto, DayKey};
use crate::{
    calendar_file::FILE_BYTES,
    error::{FieldCode, FieldError},
    ids::CalendarImportId,
    instant::Instant,
    reason::ReasonDto,
    schedule::CalendarDay,
    validate::{Fields, Validate},
};

/// A file whose days are to be merged into a calendar. What the file does not name stays, unless `remove_missing` says
/// otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CalendarImport {
    pub format: CalendarFormat,
    /// The whole file; with everything else in the request at most 1 MiB.
    pub text: String,
    /// What the file is called, for the list of imports.
    #[serde(default)]
    pub file_name: String,
    /// Only says what it would do.
    #[serde(default)]
    pub dry_run: bool,
    /// Days that the file lacks go, of the years that it covers. Nothing goes while a line of it is refused.
    #[serde(default)]
    pub remove_missing: bool,
    /// Days of the file that are not wanted.
    #[serde(default)]
    pub leave_out: Vec<DayKey>,
    /// Of the calendar as the dry run showed it: somebody's change since then answers `version_conflict`.
    #[serde(default)]
    pub version: Option<i32>,
}

impl Validate for CalendarImport {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self.text.trim().is_empty() {
            fields.push("text", FieldCode::Required, "must not be empty");
        } else if self.text.len() > FILE_BYTES {
            fields.push("text", FieldCode::TooLong, format!("at most {FILE_BYTES} bytes"));
        }
        fields.optional_text("file_name", Some(&self.file_name), 200);
        fields.finish()
    }
}

/// A day that has another name or kind in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarChangedDay {
    pub before: CalendarDay,
    pub after: CalendarDay,
}

/// A file against a calendar. Of a day that returns each year, the year of its date says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDiff {
    pub added: Vec<CalendarDay>,
    pub changed: Vec<CalendarChangedDay>,
    /// Days of the calendar that the file lacks, of the years that it covers; days of each year only when the file has
    /// some.
    pub missing: Vec<CalendarDay>,
    pub unchanged: i64,
}

/// A line that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedLineDto {
    /// From 1.
    pub line: i64,
    pub reason: ReasonDto,
    /// Its beginning.
    pub text: String,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarImportedDto {
    pub diff: CalendarDiff,
    /// Whether `diff.missing` goes.
    pub removes: bool,
    /// The first 200 of them.
    pub refused: Vec<RefusedLineDto>,
    pub refused_count: i64,
    /// Cancelled events, which count for nothing.
    pub cancelled: i64,
    /// Schedules that have a next run now, and none with these days.
    pub stopped: Vec<CalendarScheduleDto>,
    /// Something was written.
    pub applied: bool,
    /// What to undo; absent when nothing was written.
    pub import_id: Option<CalendarImportId>,
    /// As it is now.
    pub calendar: CalendarDto,
}

/// An import that changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarImportDto {
    pub id: CalendarImportId,
    pub file_name: String,
    pub format: CalendarFormat,
    pub added: i64,
    pub changed: i64,
    pub removed: i64,
    pub by: String,
    pub at: Instant,
    pub undone_by: Option<String>,
    pub undone_at: Option<Instant>,
}

/// Which page of the imports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct CalendarImportQuery {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// What undoing an import did. A day that somebody changed since then stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarUndoneDto {
    /// Days that are again what they were.
    pub undone: i64,
    /// Days that were changed since the import, and are not touched.
    pub kept: Vec<DayKey>,
    pub stopped: Vec<CalendarScheduleDto>,
    pub calendar: CalendarDto,
}
