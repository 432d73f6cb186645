//! Files of schedules, as they leave and as they come.

use serde::{Deserialize, Serialize};

use super::ScheduleCreate;
use crate::{
    error::{FieldCode, FieldError, words},
    reason::ReasonDto,
    schedule::CalendarDay,
    status::ScheduleKind,
    validate::{Fields, Validate},
};

words! {
    /// What a file of schedules is.
    ScheduleFileFormat {
        /// Lines of cron: five fields and a command.
        Crontab = "crontab",
        /// A JSON list of name, cron, kind and parameters, as the former system wrote it.
        Legacy = "legacy",
        /// What this program exports: schedules and calendars.
        Esteira = "esteira",
    }
}

/// A file of schedules, tried or taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleImport {
    pub format: ScheduleFileFormat,
    pub text: String,
    /// Of rules that name none. Left out: the organisation's.
    #[serde(default)]
    pub timezone: Option<String>,
    /// Of lines of a crontab whose command names none.
    #[serde(default)]
    pub kind: Option<ScheduleKind>,
    /// Only says what it would do.
    #[serde(default)]
    pub dry_run: bool,
}

words! {
    /// What an import does with one line.
    ScheduleLineOutcome {
        Create = "create",
        Update = "update",
        Unchanged = "unchanged",
        /// Its problems say why; the others are taken.
        Refused = "refused",
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleImportDto {
    pub lines: Vec<ScheduleImportLineDto>,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub refused: i64,
    /// What the file says beside its schedules, and that has no effect here.
    #[serde(default)]
    pub notes: Vec<ScheduleImportNoteDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleImportLineDto {
    /// Of the text; of JSON the place in its list. From 1.
    pub line: i64,
    /// Of the schedule or calendar.
    pub name: String,
    /// Absent for a calendar.
    pub kind: Option<ScheduleKind>,
    pub outcome: ScheduleLineOutcome,
    /// The rule in words; empty when it was refused.
    pub description: String,
    pub problems: Vec<ReasonDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleImportNoteDto {
    /// Of the text. From 1.
    pub line: i64,
    #[serde(flatten)]
    pub reason: ReasonDto,
}

/// Everything that is exported: made to be imported elsewhere, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleFileDto {
    /// Of this form.
    pub version: i64,
    #[serde(default)]
    pub calendars: Vec<CalendarFileDto>,
    #[serde(default)]
    pub schedules: Vec<ScheduleCreate>,
}

/// An organisation's own calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarFileDto {
    /// What schedules call it by.
    pub name: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub days: Vec<CalendarDay>,
}

/// Bytes of one file.
const FILE_BYTES: usize = 1024 * 1024;

impl Validate for ScheduleImport {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self.text.trim().is_empty() {
            fields.push("text", FieldCode::Required, "must not be empty");
        } else if self.text.len() > FILE_BYTES {
            fields.push("text", FieldCode::TooLong, format!("at most {FILE_BYTES} bytes"));
        }
        fields.finish()
    }
}
