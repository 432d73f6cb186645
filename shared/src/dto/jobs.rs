//! Jobs of the engine, as people and tools see them.

use serde::{Deserialize, Serialize};

use crate::{
    ids::JobId,
    instant::Instant,
    status::{FailureKind, JobStatus},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobDto {
    pub id: JobId,
    /// Name of the task, for example `send_process_to_sat`.
    pub task: String,
    pub status: JobStatus,
    /// What the job is about, for example a process.
    pub subject_id: Option<crate::ids::SubjectId>,
    /// Attempts started so far.
    pub attempt: i32,
    pub max_attempts: i32,
    /// 0 to 100.
    pub progress: i32,
    pub progress_message: Option<String>,
    pub created_at: Instant,
    /// Not before this instant.
    pub run_at: Instant,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
    pub last_error: Option<String>,
    pub last_error_kind: Option<FailureKind>,
    /// What the task reported at its end.
    pub result: Option<serde_json::Value>,
}

/// A job with the end of its log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobDetailDto {
    pub job: JobDto,
    pub log: Vec<JobLogLineDto>,
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
}
