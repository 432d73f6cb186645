//! Jobs of the engine, as people and tools see them.

mod monitor;

use serde::{Deserialize, Serialize};

pub use self::monitor::*;
use crate::{
    error::{FieldCode, FieldError, words},
    ids::{JobGroupId, JobId, SubjectId, WorkerId},
    instant::Instant,
    reason::ReasonDto,
    status::{FailureKind, JobOutcome, JobStatus},
    validate::{Fields, Validate},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobDto {
    pub id: JobId,
    /// Name of the task, for example `send_to_sat`.
    pub task: String,
    pub status: JobStatus,
    pub queue: String,
    /// The path of limits that hold for it, for example `robots/VIVO`; empty when none does.
    pub lane: String,
    /// 0 (first) to 9.
    pub priority: i32,
    /// What the job is about, for example a process.
    pub subject_id: Option<SubjectId>,
    /// Who wanted it.
    pub requested_by: String,
    /// Attempts started so far.
    pub attempt: i32,
    pub max_attempts: i32,
    /// 0 to 100.
    pub progress: i32,
    pub progress_message: Option<String>,
    /// The same as code and arguments.
    pub progress_message_coded: Option<ReasonDto>,
    pub created_at: Instant,
    /// Not before this instant.
    pub run_at: Instant,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
    /// Of the last attempt.
    pub duration_ms: Option<i64>,
    /// Where it runs.
    pub worker_id: Option<WorkerId>,
    /// Somebody asked for its end.
    pub cancel_requested_at: Option<Instant>,
    pub last_error: Option<String>,
    /// The same as code and arguments.
    pub last_error_coded: Option<ReasonDto>,
    pub last_error_kind: Option<FailureKind>,
    /// What the task reported at its end.
    pub result: Option<serde_json::Value>,
}

/// A job with all that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobDetailDto {
    pub job: JobDto,
    pub payload: serde_json::Value,
    /// Every attempt, the first one first.
    pub attempts: Vec<JobAttemptDto>,
    /// The end of its log.
    pub log: Vec<JobLogLineDto>,
    /// Why it does not run yet; only of a waiting job.
    pub waiting: Option<WaitingDto>,
    /// The group it is part of.
    pub group: Option<JobGroupDto>,
}

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobAttemptDto {
    /// Counts from 1; attempts that were handed back are counted again.
    pub attempt: i32,
    pub worker_id: WorkerId,
    pub started_at: Instant,
    pub finished_at: Instant,
    pub outcome: JobOutcome,
    pub error: Option<String>,
    /// The same as code and arguments.
    pub error_coded: Option<ReasonDto>,
    pub error_kind: Option<FailureKind>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobGroupDto {
    pub id: JobGroupId,
    pub total: i32,
    pub pending: i32,
    /// Ended without success.
    pub failed: i32,
}

words! {
    /// What has to be true before a waiting job runs, in the order in which it is looked at.
    WaitingCheck {
        /// Its time has come.
        Due = "due",
        /// The jobs it waits for are over.
        Group = "group",
        /// Its queue is not paused.
        Queue = "queue",
        /// No maintenance keeps it at rest; named only while one does.
        Maintenance = "maintenance",
        /// A worker is alive and takes jobs.
        Workers = "workers",
        /// Fewer run in its lane than its limit allows.
        Running = "running",
        /// Its lane's rate lets the next one start.
        Rate = "rate",
        /// It is its turn.
        Turn = "turn",
    }
}

/// One check, and what it saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingCheckDto {
    pub check: WaitingCheck,
    pub passed: bool,
    /// The lane whose limit this is, who paused the queue, or what the maintenance is for.
    pub subject: Option<String>,
    /// When it passes by itself.
    pub at: Option<Instant>,
    /// Jobs that run, are pending in the group, or come before this one.
    pub count: Option<i64>,
    /// The most that may run.
    pub most: Option<i64>,
}

/// Why a job waits: the first check that did not pass is what holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingDto {
    pub checks: Vec<WaitingCheckDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobLogLineDto {
    /// Counts from 1 per job.
    pub seq: i64,
    pub at: Instant,
    /// `info`, `warn` or `error`.
    pub level: String,
    pub message: String,
    /// The same as code and arguments.
    pub message_coded: ReasonDto,
}
