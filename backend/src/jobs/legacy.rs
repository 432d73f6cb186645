//! Older routes that other tools call: `/api/task-status/{id}` and `/api/active-tasks`, in the shapes of Celery.

use axum::extract::State;
use esteira_shared::{
    dto::jobs::{TaskState, TaskStatusDto},
    ids::JobId,
    status::JobStatus,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadJobs},
    engine::job::Job,
    error::{AppError, AppResult},
    http::extract::{Json, Path},
    language,
};

/// Running jobs in one answer.
const ACTIVE: i64 = 1_000;

/// State of a job, for older tools
#[utoipa::path(
    get, path = "/api/task-status/{id}", tag = "older routes", params(("id" = JobId, Path)),
    responses((status = 200, body = TaskStatusDto)),
)]
pub async fn get_task_status(
    auth: Require<ReadJobs>,
    State(app): State<SharedApp>,
    Path(id): Path<JobId>,
) -> AppResult<Json<TaskStatusDto>> {
    Job::find(&mut app.db.read().await?, auth.organization_id, id)
        .await?
        .map(|job| Json(status(job)))
        .ok_or_else(|| AppError::not_found("job"))
}

/// Running jobs, for older tools
#[utoipa::path(
    get, path = "/api/active-tasks", tag = "older routes", responses((status = 200, body = Vec<ActiveTaskDto>)),
)]
pub async fn list_active_tasks(
    auth: Require<ReadJobs>,
    State(app): State<SharedApp>,
) -> AppResult<Json<Vec<ActiveTaskDto>>> {
    let running = Job::running(&mut app.db.read().await?, auth.organization_id, ACTIVE).await?;
    Ok(Json(running.into_iter().map(ActiveTaskDto::from).collect()))
}

/// A running job, as Celery's inspection names its parts.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ActiveTaskDto {
    id: JobId,
    name: String,
    state: TaskState,
    current: i64,
    total: i64,
    status: String,
    worker: Option<esteira_shared::ids::WorkerId>,
    time_start: Option<esteira_shared::instant::Instant>,
}

impl From<Job> for ActiveTaskDto {
    fn from(job: Job) -> Self {
        let (id, name, worker, time_start) = (job.id, job.task.clone(), job.worker_id, job.started_at);
        let TaskStatusDto {
            state,
            current,
            total,
            status,
            ..
        } = status(job);
        Self {
            id,
            name,
            state,
            current,
            total,
            status,
            worker,
            time_start,
        }
    }
}

fn status(job: Job) -> TaskStatusDto {
    let state = match job.status {
        JobStatus::Queued if job.attempt > 0 => TaskState::Retry,
        JobStatus::Queued => TaskState::Pending,
        JobStatus::Running if job.progress > 0 => TaskState::Progress,
        JobStatus::Running => TaskState::Started,
        JobStatus::Succeeded => TaskState::Success,
        JobStatus::Cancelled => TaskState::Revoked,
        JobStatus::Dead => TaskState::Failure,
    };
    // A job that counts its own steps says so in its result; every other one is one step.
    let (current, total) = match job.status {
        JobStatus::Running => (i64::from(job.progress), 100),
        JobStatus::Succeeded => (1, 1),
        _ => (0, 1),
    };
    let status = job
        .last_error
        .or(job.progress_message)
        .map_or_else(|| state.to_string(), |reason| reason.text(language::current()));
    TaskStatusDto {
        state,
        current,
        total,
        status,
        result: job.result.map(|result| result.0),
    }
}
