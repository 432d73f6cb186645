//! Actions on many things at once: counted first, then done by a job whose result lists the failures.

use serde::{Deserialize, Serialize};

use super::{executions::ExecutionFilter, jobs::JobFilter, processes::ProcessFilter};
use crate::{
    error::{ErrorCode, FieldCode, FieldError, words},
    ids::{ExecutionId, JobId, ProcessId},
    status::JobStatus,
    validate::{Fields, Validate},
};

/// Ids in one target; a filter has no such bound.
pub const BULK_IDS: usize = 1_000;

/// What a bulk action will do; the job tells how it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkDto {
    /// Things that match.
    pub matching: i64,
    /// Of these, those that the action is possible for now.
    pub eligible: i64,
    /// Of those that match, those for which another sending would be refused with `sat_unclear`, or whose sending by a robot
    /// has an unknown end: SAT may have their documents. They are eligible only with `despite_doubt`. Absent for other
    /// actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubtful: Option<i64>,
    /// Absent for a dry run.
    pub job_id: Option<JobId>,
}

/// `result` of a bulk action's job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult {
    pub done: i64,
    /// No longer eligible when their turn came.
    pub skipped: i64,
    /// All that failed.
    pub failures: i64,
    /// The first hundred of them.
    pub failed: Vec<BulkFailure>,
}

/// One thing that the action failed for: a process, the process of a run, or a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkFailure {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_id: Option<ProcessId>,
    /// Of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Of the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<JobId>,
    /// The screen translates it.
    pub code: ErrorCode,
    /// For developers, in English.
    pub message: String,
}

/// Which things an action is for.
pub trait Target {
    /// Whether it names more than one request may.
    fn is_too_long(&self) -> bool;
}

/// Which things an action is for, by ids or by a filter.
macro_rules! bulk_target {
    ($(#[$doc:meta])* $name:ident of $id:ident, or all that match $filter:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            /// At most 1,000 ids.
            Ids(Vec<$id>),
            /// Everything that matches, not only a page of it.
            Filter($filter),
        }

        impl $name {
            /// The filter, which lets everything pass when there are ids.
            #[must_use]
            pub fn split(&self) -> ($filter, Option<Vec<$id>>) {
                match self {
                    Self::Filter(filter) => (filter.clone(), None),
                    Self::Ids(ids) => ($filter::default(), Some(ids.clone())),
                }
            }

            fn check(&self, fields: &mut Fields) {
                if matches!(self, Self::Ids(ids) if ids.is_empty()) || self.is_too_long() {
                    let message = format!("between 1 and {BULK_IDS} ids");
                    fields.push("target.ids", FieldCode::OutOfRange, message);
                }
            }
        }

        impl Target for $name {
            fn is_too_long(&self) -> bool {
                matches!(self, Self::Ids(ids) if ids.len() > BULK_IDS)
            }
        }
    };
}

bulk_target! {
    /// Which processes a bulk action is for.
    BulkTarget of ProcessId, or all that match ProcessFilter
}

bulk_target! {
    /// Which executions a bulk action is for.
    ExecutionTarget of ExecutionId, or all that match ExecutionFilter
}

bulk_target! {
    /// Which jobs a bulk action is for.
    JobTarget of JobId, or all that match JobFilter
}

words! {
    /// What a bulk action does to each process.
    BulkAction {
        Approve = "approve",
        Send = "send",
        Reject = "reject",
        /// Starts a robot for each.
        Download = "download",
    }
}

/// A bulk action; the route says which. With `dry_run` it only counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkCreate {
    pub target: BulkTarget,
    /// Asked for when rejecting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When sending: also those that SAT may have already. Somebody decided so.
    #[serde(default)]
    pub despite_doubt: bool,
    #[serde(default)]
    pub dry_run: bool,
}

impl Validate for BulkCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.optional_text("reason", self.reason.as_deref(), 500);
        self.target.check(&mut fields);
        fields.finish()
    }
}

words! {
    /// What a bulk action does to each execution.
    ExecutionAction {
        Cancel = "cancel",
        Rerun = "rerun",
    }
}

/// A bulk action. With `dry_run` it only counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExecutionBulkCreate {
    pub action: ExecutionAction,
    pub target: ExecutionTarget,
    #[serde(default)]
    pub dry_run: bool,
}

impl Validate for ExecutionBulkCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        self.target.check(&mut fields);
        fields.finish()
    }
}

words! {
    JobBulkAction {
        /// Run once more what ended without success.
        Retry = "retry",
        /// End what waits or runs.
        Cancel = "cancel",
    }
}

impl JobBulkAction {
    /// Statuses that the action takes.
    #[must_use]
    pub fn takes(self) -> &'static [JobStatus] {
        match self {
            Self::Retry => &[JobStatus::Dead, JobStatus::Cancelled],
            Self::Cancel => &[JobStatus::Queued, JobStatus::Running],
        }
    }
}

/// A bulk action on jobs. With `dry_run` it only counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JobBulkCreate {
    pub action: JobBulkAction,
    pub target: JobTarget,
    #[serde(default)]
    pub dry_run: bool,
}

impl Validate for JobBulkCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        self.target.check(&mut fields);
        fields.finish()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn results_of_every_kind_read_as_one() {
        let id = Uuid::from_u128(7);
        let failed = json!([
            { "process_id": id, "client_name": "Padaria", "code": "not_found", "message": "gone" },
            { "id": id, "code": "job_status", "message": "over" },
        ]);
        let kept = json!({ "done": 1, "skipped": 0, "failures": 2, "failed": failed });
        let read: BulkResult = serde_json::from_value(kept.clone()).unwrap();
        let ids: Vec<_> = read.failed.iter().map(|one| (one.process_id, one.id)).collect();
        assert_eq!(ids, [(Some(ProcessId(id)), None), (None, Some(JobId(id)))]);
        assert_eq!(serde_json::to_value(read).unwrap(), kept);
    }

    #[test]
    fn a_target_has_between_one_and_a_thousand_ids() {
        let refused = |count: usize| {
            let target = JobTarget::Ids(vec![JobId(Uuid::nil()); count]);
            let create = JobBulkCreate {
                action: JobBulkAction::Cancel,
                target,
                dry_run: true,
            };
            create.validate().is_err()
        };
        assert_eq!([0, 1, BULK_IDS, BULK_IDS + 1].map(refused), [true, false, false, true]);
    }
}
