//! Backups of the whole installation, and what a schedule of backups is told.

use serde::{Deserialize, Serialize};

use crate::{
    error::{FieldCode, FieldError},
    ids::{BackupId, JobId, ScheduleId},
    instant::Instant,
    reason::ReasonDto,
    retention::Retention,
    status::BackupStatus,
    validate::{Fields, Validate},
};

/// The only place that backups are brought to so far: the one of the settings.
pub const DEFAULT_TARGET: &str = "default";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackupDto {
    pub id: BackupId,
    /// Of the file.
    pub name: String,
    pub status: BackupStatus,
    /// Of the file as it is kept; absent until it is there.
    pub size_bytes: Option<i64>,
    /// Of the file as it is kept.
    pub sha256: Option<String>,
    pub encrypted: bool,
    pub with_documents: bool,
    pub documents: i64,
    pub documents_bytes: i64,
    /// Documents that the store did not hold as they were received, and that are therefore not in the backup.
    pub documents_missing: i64,
    pub rows: i64,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Of the program that made it.
    pub version: String,
    /// How long it took to restore it elsewhere and to compare everything.
    pub proof_ms: Option<i64>,
    /// Why it failed.
    pub failure: Option<String>,
    /// The same as code and arguments.
    pub failure_coded: Option<ReasonDto>,
    /// A person, a token, or the name of a schedule.
    pub made_by: String,
    /// The schedule that made it.
    pub schedule_id: Option<ScheduleId>,
    /// The job that made it.
    pub job_id: Option<JobId>,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A backup with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackupDetailDto {
    pub backup: BackupDto,
    /// The last change of the schema that the tables have; absent until they are read.
    pub migration: Option<String>,
    pub tables: Vec<BackupTableDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackupTableDto {
    pub name: String,
    pub rows: i64,
    /// Of its rows as they stand in the backup.
    pub sha256: String,
}

/// How this installation backs up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackupFactsDto {
    /// Where backups are brought to: a folder or a bucket.
    pub target: String,
    /// Whether the settings name somebody who can open encrypted ones.
    pub can_encrypt: bool,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// When the newest proven one was made.
    pub newest_proven_at: Option<Instant>,
    /// An active schedule makes backups.
    pub scheduled: bool,
    /// One is being made.
    pub making: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackupCreate {
    /// The invoices too, not only the database.
    pub documents: bool,
    /// For those whom the settings name.
    pub encrypt: bool,
}

impl Validate for BackupCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        Ok(())
    }
}

/// Filters of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct BackupQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<BackupStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// What a schedule of backups is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackUpParameters {
    /// The invoices too, not only the database.
    pub documents: bool,
    /// Only [`DEFAULT_TARGET`] so far.
    pub target: String,
    /// For those whom the settings name.
    pub encrypt: bool,
    pub keep_last: u32,
    pub keep_weekly: u32,
    pub keep_monthly: u32,
}

impl Default for BackUpParameters {
    fn default() -> Self {
        Self {
            documents: false,
            target: DEFAULT_TARGET.to_owned(),
            encrypt: false,
            keep_last: 7,
            keep_weekly: 4,
            keep_monthly: 12,
        }
    }
}

impl BackUpParameters {
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention {
            last: self.keep_last,
            weekly: self.keep_weekly,
            monthly: self.keep_monthly,
        }
    }
}

impl Validate for BackUpParameters {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self.target != DEFAULT_TARGET {
            fields.push("target", FieldCode::Unknown, format!("must be {DEFAULT_TARGET}"));
        }
        self.retention().check(&mut fields);
        fields.finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn what_a_schedule_leaves_out_has_a_default_and_what_it_makes_up_is_refused() {
        let read = serde_json::from_str::<BackUpParameters>;
        assert_eq!(read(r#"{"documents": true}"#).unwrap().keep_last, 7);
        assert!(read(r#"{"document": true}"#).is_err());
        let elsewhere = read(r#"{"target": "moon", "keep_last": 0}"#).unwrap();
        let refused = elsewhere.validate().unwrap_err();
        let names: Vec<&str> = refused.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["target", "keep_last"]);
    }
}
