//! Runs of robots, and how robots are reached. Their logs are in `executions_log`.

use esteira_shared::{
    dto::{
        administration::ConnectionTestDto,
        bulk::{BulkDto, ExecutionBulkCreate},
        executions::{
            ExecutionCreate, ExecutionDetailDto, ExecutionDto, ExecutionQuery, ExecutionRerun, ExecutionResultDto,
            ExecutionResultQuery, RobotSettingsDto, RobotSettingsUpdate,
        },
    },
    ids::ExecutionId,
    page::Page,
};

use super::{ApiResult, client};

pub async fn list_executions(query: &ExecutionQuery) -> ApiResult<Page<ExecutionDto>> {
    client::get(&format!("/executions{}", client::query_string(query))).await
}

/// The run with its result and every other attempt.
pub async fn get_execution(id: ExecutionId) -> ApiResult<ExecutionDetailDto> {
    client::get(&format!("/executions/{id}")).await
}

/// What the entries of its result did.
pub async fn list_results(id: ExecutionId, query: &ExecutionResultQuery) -> ApiResult<Page<ExecutionResultDto>> {
    client::get(&format!("/executions/{id}/results{}", client::query_string(query))).await
}

/// Where the whole answer of the robots' API is, as a file.
pub fn result_address(id: ExecutionId) -> String {
    client::address(&format!("/executions/{id}/results/download"))
}

/// Starts a robot; refused with `execution_active` while another one is at work for the process.
pub async fn create_execution(create: &ExecutionCreate) -> ApiResult<ExecutionDto> {
    client::post("/executions", create).await
}

/// Asks for its end, which comes at the latest at `cancel_deadline`.
pub async fn cancel_execution(id: ExecutionId) -> ApiResult<ExecutionDto> {
    client::post(&format!("/executions/{id}/cancel"), &()).await
}

/// Another attempt; the answer is the new run.
pub async fn rerun_execution(id: ExecutionId, rerun: &ExecutionRerun) -> ApiResult<ExecutionDto> {
    client::post(&format!("/executions/{id}/rerun"), rerun).await
}

/// Asks the API once more how a run ended that nobody knows the end of.
pub async fn resume_execution(id: ExecutionId) -> ApiResult<ExecutionDto> {
    client::post(&format!("/executions/{id}/resume"), &()).await
}

/// With `dry_run` it only counts.
pub async fn bulk_executions(create: &ExecutionBulkCreate) -> ApiResult<BulkDto> {
    client::post("/executions/bulk", create).await
}

pub async fn get_robot_settings() -> ApiResult<RobotSettingsDto> {
    client::get("/robots/settings").await
}

pub async fn update_robot_settings(update: &RobotSettingsUpdate) -> ApiResult<RobotSettingsDto> {
    client::put("/robots/settings", update).await
}

/// Calls the robots' API with the settings as they are saved.
pub async fn test_robots() -> ApiResult<ConnectionTestDto> {
    client::post("/robots/settings/test", &()).await
}
