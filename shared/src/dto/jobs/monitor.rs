//! What the monitor shows and changes: the list, workers, queues, limits and figures.

use super::*;

words! {
    /// Order of the list of jobs.
    JobSort {
        Newest = "-created",
        Oldest = "created",
        /// Those that ended last first; only jobs that are over.
        LastFinished = "-finished",
        FirstFinished = "finished",
        /// Longest attempt first; only jobs that ran.
        Slowest = "-duration",
        Fastest = "duration",
        Task = "task",
        TaskBackwards = "-task",
        Status = "status",
        StatusBackwards = "-status",
    }
}

/// Which jobs: the same in lists and bulk actions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JobFilter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<JobStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<SubjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<WorkerId>,
    /// Made at or after this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
    /// Words of the last error, or an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// Filter, order and place of the list of jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct JobQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<JobStatus>,
    /// Name of a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What the job is about, for example a process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<SubjectId>,
    /// Runs there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<WorkerId>,
    /// Made at or after this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
    /// Words of the last error, or an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<JobSort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

impl JobQuery {
    #[must_use]
    pub fn filter(&self) -> JobFilter {
        JobFilter {
            status: self.status,
            task: self.task.clone(),
            subject_id: self.subject_id,
            worker_id: self.worker_id,
            since: self.since,
            q: self.q.clone(),
        }
    }
}

/// A process that runs jobs, of every organisation of the installation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkerDto {
    pub id: WorkerId,
    /// Where it runs. Absent for whoever may not drain it.
    pub host: Option<String>,
    pub pid: Option<i64>,
    pub version: String,
    /// Jobs at once.
    pub slots: i32,
    pub started_at: Instant,
    pub heartbeat_at: Instant,
    /// Its heartbeat is not late.
    pub alive: bool,
    /// Since when it takes no more jobs; and who asked, for whoever may drain it.
    pub draining_at: Option<Instant>,
    pub drained_by: Option<String>,
    /// What it runs for this organisation.
    pub jobs: Vec<JobDto>,
    /// Jobs of all organisations.
    pub running: i64,
}

/// A queue as this organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueDto {
    pub name: String,
    pub paused_at: Option<Instant>,
    pub paused_by: Option<String>,
    pub waiting: i64,
    pub running: i64,
    /// When the job that has been due for longest fell due.
    pub due_since: Option<Instant>,
}

/// A limit on a lane and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobLimitDto {
    /// For example `robots/VIVO`; empty for the whole organisation.
    pub lane: String,
    /// Jobs at once.
    pub max_running: Option<i32>,
    /// Starts in `rate_seconds`, evenly spaced.
    pub rate_count: Option<i32>,
    pub rate_seconds: Option<i32>,
    /// What it counts: jobs at work, those included that only wait to be followed on.
    pub running: i64,
    /// Jobs that wait for a place.
    pub waiting: i64,
    pub updated_at: Instant,
    pub updated_by: String,
}

/// Sets the limit of a lane; without any figure it is removed. `robots/*` is for each lane one step below `robots` that has
/// no limit of its own. `robots/*/sat` is for what is named `sat` below each of them, counted together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JobLimitUpdate {
    pub lane: String,
    /// 1 to 10,000. To let nothing run, pause the queue.
    pub max_running: Option<i32>,
    /// 1 to 1,000,000, and at most 100 per second.
    pub rate_count: Option<i32>,
    /// 1 to 86,400.
    pub rate_seconds: Option<i32>,
}

impl Validate for JobLimitUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        let lane = self.lane.trim();
        let odd = |c: char| c.is_control() || c == '%' || c == '\\';
        if lane.len() > 200 || lane.contains(odd) || lane.split('/').any(str::is_empty) && !lane.is_empty() {
            fields.push(
                "lane",
                FieldCode::Invalid,
                "words between slashes, for example robots/VIVO",
            );
        }
        if self.max_running.is_some_and(|most| !(1..=10_000).contains(&most)) {
            fields.push(
                "max_running",
                FieldCode::OutOfRange,
                "1 to 10,000; to let nothing run, pause the queue",
            );
        }
        match (self.rate_count, self.rate_seconds) {
            (None, None) => {}
            (Some(_), Some(_)) if lane.ends_with("/*") => fields.push(
                "rate_count",
                FieldCode::Invalid,
                "a limit for each path bounds jobs at once only",
            ),
            (Some(count), Some(seconds)) => {
                if !(1..=1_000_000).contains(&count) {
                    fields.push(
                        "rate_count",
                        FieldCode::OutOfRange,
                        "1 to 1,000,000; to let nothing run, pause the queue",
                    );
                } else if !(1..=86_400).contains(&seconds) {
                    fields.push("rate_seconds", FieldCode::OutOfRange, "1 to 86,400 seconds");
                } else if count > seconds.saturating_mul(100) {
                    fields.push(
                        "rate_count",
                        FieldCode::OutOfRange,
                        "at most 100 per second; limit jobs at once instead",
                    );
                }
            }
            (None, Some(_)) => fields.push("rate_count", FieldCode::Required, "how many start in that time"),
            (Some(_), None) => fields.push("rate_seconds", FieldCode::Required, "in how many seconds"),
        }
        fields.finish()
    }
}

words! {
    /// How far back the figures go.
    StatsRange {
        Hour = "hour",
        Day = "day",
        Month = "month",
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct JobStatsQuery {
    /// The last hour when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<StatsRange>,
    /// Only this task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
}

/// Ended attempts and the length of the queue, over time and for each task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobStatsDto {
    /// Length of a step.
    pub step_seconds: i64,
    /// Every step of the range, oldest first.
    pub points: Vec<JobStatsPointDto>,
    /// The whole range, for each task.
    pub tasks: Vec<TaskStatsDto>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobStatsPointDto {
    pub at: Instant,
    pub succeeded: i64,
    /// Failed and lost.
    pub failed: i64,
    /// Percentiles of successful attempts, at most a tenth off.
    pub p50_ms: Option<i64>,
    pub p95_ms: Option<i64>,
    pub p99_ms: Option<i64>,
    /// The most that waited in the step; absent when nothing was noted.
    pub waiting: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskStatsDto {
    pub task: String,
    pub succeeded: i64,
    pub failed: i64,
    pub p50_ms: Option<i64>,
    pub p95_ms: Option<i64>,
    pub p99_ms: Option<i64>,
}

/// The answer of the older route `/api/task-status/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskStatusDto {
    pub state: TaskState,
    pub current: i64,
    pub total: i64,
    pub status: String,
    pub result: Option<serde_json::Value>,
}

words! {
    /// States of the older routes, as Celery names them.
    TaskState {
        Pending = "PENDING",
        Started = "STARTED",
        Progress = "PROGRESS",
        Success = "SUCCESS",
        Failure = "FAILURE",
        Retry = "RETRY",
        Revoked = "REVOKED",
    }
}
