//! Older routes that other tools call: `/api/v2/externos/…`.

use std::time::Duration;

use axum::extract::State;
use esteira_shared::{
    dto::logs::LogQuery,
    ids::{ExecutionId, OrganizationId, ProcessId},
    status::ExecutionStatus,
};
use serde::{Deserialize, Serialize};

use super::{control, model::Execution, start};
use crate::{
    app::{App, SharedApp},
    auth::{
        Require,
        permission::{ReadProcesses, RunRobots},
    },
    error::AppResult,
    http::extract::{Json, Path},
    logs,
};

/// What is asked to run.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct RunCreate {
    /// `rpa`, whatever it says: nothing else runs here.
    tipo: String,
    /// Answer when the robot is over, or after 25 s.
    sincrono: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RunStarted {
    success: bool,
    /// Id of the execution.
    job_id: ExecutionId,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RunStatusAnswer {
    success: bool,
    status: RunStatus,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RunStatus {
    /// `PENDING`, `RUNNING`, `COMPLETED`, `FAILED` or `CANCELLED`.
    status: &'static str,
    /// 0 to 100.
    progress: i32,
    /// The end of the log.
    logs: Vec<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RunCancelled {
    success: bool,
}

/// A synchronous caller waits no longer than this.
const PATIENCE: Duration = Duration::from_secs(25);
const MARGIN: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(500);
/// Lines that come with the status.
const LINES: i64 = 100;

/// Start the robot that a process waits for, for older tools
#[utoipa::path(
    post, path = "/api/v2/externos/executar/{process_id}", tag = "older routes",
    params(("process_id" = ProcessId, Path)), request_body = RunCreate,
    responses((status = 200, body = RunStarted), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn run_process(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Path(id): Path<ProcessId>,
    Json(create): Json<RunCreate>,
) -> AppResult<Json<RunStarted>> {
    let mut tx = app.db.begin().await?;
    let started = start::create_awaited(&mut tx, &auth, id).await?;
    tx.commit().await?;
    if create.sincrono {
        // Before the request's own time is over.
        let patience = app.config.http.request_timeout.saturating_sub(MARGIN).min(PATIENCE);
        // A robot that takes longer goes on; its status tells.
        let _ = tokio::time::timeout(patience, until_over(&app, auth.organization_id, started.id)).await;
    }
    Ok(Json(RunStarted {
        success: true,
        job_id: started.id,
    }))
}

async fn until_over(app: &App, organization: OrganizationId, id: ExecutionId) -> AppResult<()> {
    loop {
        let execution = Execution::find(&mut app.db.read().await?, organization, id).await?;
        if execution.status.is_over() {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How a robot is doing, for older tools
#[utoipa::path(
    get, path = "/api/v2/externos/status/{job_id}", tag = "older routes", params(("job_id" = ExecutionId, Path)),
    responses((status = 200, body = RunStatusAnswer)),
)]
pub async fn get_run_status(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
) -> AppResult<Json<RunStatusAnswer>> {
    let mut conn = app.db.read().await?;
    let execution = Execution::find(&mut conn, auth.organization_id, id).await?;
    let log = logs::find(&mut conn, auth.organization_id, execution.id.log()).await?;
    let lines = match &log {
        Some(log) => {
            let query = LogQuery {
                from: None,
                limit: Some(LINES),
            };
            logs::page(&mut conn, log, &query).await?.lines
        }
        None => Vec::new(),
    };
    let status = match execution.status {
        ExecutionStatus::Pendente => "PENDING",
        ExecutionStatus::Executando => "RUNNING",
        ExecutionStatus::Concluido => "COMPLETED",
        ExecutionStatus::Falhou => "FAILED",
        ExecutionStatus::Cancelado => "CANCELLED",
    };
    Ok(Json(RunStatusAnswer {
        success: true,
        status: RunStatus {
            status,
            progress: execution.progress,
            logs: lines.into_iter().map(|line| line.message).collect(),
        },
    }))
}

/// Cancel a robot, for older tools
#[utoipa::path(
    delete, path = "/api/v2/externos/cancelar/{job_id}", tag = "older routes", params(("job_id" = ExecutionId, Path)),
    responses((status = 200, body = RunCancelled)),
)]
pub async fn cancel_run(
    auth: Require<RunRobots>,
    State(app): State<SharedApp>,
    Path(id): Path<ExecutionId>,
) -> AppResult<Json<RunCancelled>> {
    let mut tx = app.db.begin().await?;
    control::cancel(&app, &mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(Json(RunCancelled { success: true }))
}
