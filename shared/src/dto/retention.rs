//! What goes after a while, and how much that is.

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use crate::{
    error::{FieldCode, FieldError, words},
    instant::Instant,
    reason::ReasonDto,
    validate::{Fields, Validate},
};

/// People look at a month that is over for at least this long.
pub const EXECUTIONS_DAYS: RangeInclusive<i32> = 30..=3_650;
/// What failed can be started once more for at least this long.
pub const JOBS_DAYS: RangeInclusive<i32> = 7..=3_650;
/// Figures of schedules are about 90 days.
pub const RUNS_DAYS: RangeInclusive<i32> = 90..=3_650;
/// A message is repeated for twelve hours.
pub const WEBHOOKS_DAYS: RangeInclusive<i32> = 2..=3_650;
pub const EMAILS_DAYS: RangeInclusive<i32> = 7..=3_650;
/// An upload that is two hours old has ended one way or the other.
pub const UPLOADS_HOURS: RangeInclusive<i32> = 2..=720;

words! {
    /// What a clean-up removes. Nothing else is ever removed by age: neither processes, documents and their history nor the
    /// audit trail.
    RetentionKind {
        /// Executions with their logs and results.
        Executions = "executions",
        /// Ended jobs with their attempts and log lines.
        Jobs = "jobs",
        /// Groups of jobs that are gone.
        Groups = "groups",
        /// What schedules did, and what they did not.
        Runs = "runs",
        /// Messages of webhooks.
        Webhooks = "webhooks",
        /// E-mails with what they say.
        Emails = "emails",
        /// What unfinished uploads left in the store.
        Uploads = "uploads",
    }
}

/// How long each is kept. What is left out is kept for its usual time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CleanUpParameters {
    /// Executions that ended longer ago: 30 to 3,650. The newest of each kind of a process stays, as do those of processes
    /// that are not done and those whose end is unknown.
    pub executions_days: i32,
    /// Jobs and groups that ended longer ago: 7 to 3,650.
    pub jobs_days: i32,
    /// What schedules did before: 90 to 3,650. The last run of each stays.
    pub runs_days: i32,
    /// Messages of webhooks, delivered or given up: 2 to 3,650.
    pub webhooks_days: i32,
    /// E-mails, sent or given up: 7 to 3,650.
    pub emails_days: i32,
    /// Uploads that began before and never ended: 2 to 720.
    pub uploads_hours: i32,
}

impl Default for CleanUpParameters {
    fn default() -> Self {
        Self {
            executions_days: 365,
            jobs_days: 90,
            runs_days: 400,
            webhooks_days: 30,
            emails_days: 90,
            uploads_hours: 24,
        }
    }
}

impl Validate for CleanUpParameters {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        for (field, value, allowed) in [
            ("executions_days", self.executions_days, EXECUTIONS_DAYS),
            ("jobs_days", self.jobs_days, JOBS_DAYS),
            ("runs_days", self.runs_days, RUNS_DAYS),
            ("webhooks_days", self.webhooks_days, WEBHOOKS_DAYS),
            ("emails_days", self.emails_days, EMAILS_DAYS),
            ("uploads_hours", self.uploads_hours, UPLOADS_HOURS),
        ] {
            if !allowed.contains(&value) {
                let message = format!("between {} and {}", allowed.start(), allowed.end());
                fields.push(field, FieldCode::OutOfRange, message);
            }
        }
        fields.finish()
    }
}

/// What a clean-up did so far. It grows with each transaction, so that a run that is interrupted goes on counting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CleanedUp {
    /// How many of each.
    pub removed: BTreeMap<RetentionKind, i64>,
    /// What these held, logs and attachments included. Indexes are not counted.
    pub bytes: BTreeMap<RetentionKind, i64>,
    /// What could not be removed, or not all of it; the rest was.
    pub failed: Vec<NotRemoved>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotRemoved {
    pub what: RetentionKind,
    pub reason: ReasonDto,
}

impl CleanedUp {
    pub fn add(&mut self, what: RetentionKind, count: i64, bytes: i64) {
        *self.removed.entry(what).or_default() += count;
        *self.bytes.entry(what).or_default() += bytes;
    }
}

/// What a clean-up would remove now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionPreviewDto {
    /// One for each kind.
    pub lines: Vec<RetentionLineDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionLineDto {
    pub what: RetentionKind,
    /// What is older than this may go.
    pub before: Instant,
    pub count: i64,
    /// What these hold, logs and attachments included. Indexes are not counted.
    pub bytes: i64,
    /// The time of the oldest that would go.
    pub oldest: Option<Instant>,
    /// False: there are so many that counting was broken off; there are at least as many as `count` says.
    pub complete: bool,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn what_is_left_out_is_the_usual_and_what_is_unknown_is_refused() {
        let some: CleanUpParameters = from_value(json!({ "jobs_days": 14 })).unwrap();
        assert_eq!(
            some,
            CleanUpParameters {
                jobs_days: 14,
                ..CleanUpParameters::default()
            }
        );
        assert!(from_value::<CleanUpParameters>(json!({ "audit_days": 30 })).is_err());
        assert_eq!(CleanUpParameters::default().validate(), Ok(()));
    }

    #[test]
    fn every_number_out_of_range_is_named() {
        let none = CleanUpParameters {
            executions_days: 29,
            jobs_days: 6,
            runs_days: 89,
            webhooks_days: 1,
            emails_days: 6,
            uploads_hours: 1,
        };
        let fields = |parameters: CleanUpParameters| -> Vec<String> {
            let refused = parameters.validate().err().unwrap_or_default();
            refused.into_iter().map(|error| error.field).collect()
        };
        let all = [
            "executions_days",
            "jobs_days",
            "runs_days",
            "webhooks_days",
            "emails_days",
            "uploads_hours",
        ];
        assert_eq!(fields(none), all);
        let much = CleanUpParameters {
            executions_days: 3_651,
            uploads_hours: 721,
            ..CleanUpParameters::default()
        };
        assert_eq!(fields(much), ["executions_days", "uploads_hours"]);
    }

    #[test]
    fn a_result_travels_by_its_words_and_goes_on() {
        let mut done = CleanedUp::default();
        done.add(RetentionKind::Jobs, 200, 4_000);
        let mut read: CleanedUp = from_value(serde_json::to_value(&done).unwrap()).unwrap();
        assert_eq!(read, done);
        read.add(RetentionKind::Jobs, 1, 20);
        read.add(RetentionKind::Emails, 2, 30);
        assert_eq!(
            serde_json::to_value(&read).unwrap(),
            json!({ "removed": { "jobs": 201, "emails": 2 }, "bytes": { "jobs": 4_020, "emails": 30 }, "failed": [] })
        );
        assert_eq!(from_value::<CleanedUp>(json!({})).unwrap(), CleanedUp::default());
    }
}
