//! Schedules, their runs, and the slots that did not run.

use esteira_shared::{
    dto::schedules::{
        BackfillDto, BackfillRequest, MissedAct, MissedQuery, ScheduleCreate, ScheduleDto, ScheduleExceptionsDto,
        ScheduleExceptionsUpdate, ScheduleFiguresDto, ScheduleImport, ScheduleImportDto, ScheduleKindDto,
        SchedulePause, SchedulePreviewQuery, ScheduleQuery, ScheduleRunDto, ScheduleRunQuery, ScheduleUpdate,
        SchedulesChanged, SchedulesPause, SchedulesResume,
    },
    ids::{ScheduleId, ScheduleRunId},
    page::Page,
    schedule::{Preview, PreviewRequest},
};

use super::{ApiResult, client, query_string};

pub async fn list_schedules(query: &ScheduleQuery) -> ApiResult<Page<ScheduleDto>> {
    client::get(&format!("/schedules{}", query_string(query))).await
}

/// What a schedule may start, with what a new one begins with.
pub async fn list_schedule_kinds() -> ApiResult<Vec<ScheduleKindDto>> {
    client::get("/schedules/kinds").await
}

pub async fn get_schedule(id: ScheduleId) -> ApiResult<ScheduleDto> {
    client::get(&format!("/schedules/{id}")).await
}

pub async fn create_schedule(create: &ScheduleCreate) -> ApiResult<ScheduleDto> {
    client::post("/schedules", create).await
}

pub async fn update_schedule(id: ScheduleId, update: &ScheduleUpdate) -> ApiResult<ScheduleDto> {
    client::put(&format!("/schedules/{id}"), update).await
}

/// Its runs go with it.
pub async fn delete_schedule(id: ScheduleId) -> ApiResult<()> {
    client::delete(&format!("/schedules/{id}")).await
}

/// What a rule that is not saved would do. A rule that is refused answers 422 with the fields.
pub async fn preview_draft(request: &PreviewRequest) -> ApiResult<Preview> {
    client::post("/schedules/preview", request).await
}

/// What a saved one will do.
pub async fn preview_schedule(id: ScheduleId, query: &SchedulePreviewQuery) -> ApiResult<Preview> {
    client::get(&format!("/schedules/{id}/preview{}", query_string(query))).await
}

pub async fn pause_schedule(id: ScheduleId, pause: &SchedulePause) -> ApiResult<ScheduleDto> {
    client::post(&format!("/schedules/{id}/pause"), pause).await
}

/// What passed meanwhile stays missed.
pub async fn resume_schedule(id: ScheduleId) -> ApiResult<ScheduleDto> {
    client::post(&format!("/schedules/{id}/resume"), &()).await
}

/// Once, now, besides its rule.
pub async fn run_schedule(id: ScheduleId) -> ApiResult<ScheduleRunDto> {
    client::post(&format!("/schedules/{id}/run"), &()).await
}

/// Newest first.
pub async fn list_schedule_runs(id: ScheduleId, query: &ScheduleRunQuery) -> ApiResult<Page<ScheduleRunDto>> {
    client::get(&format!("/schedules/{id}/runs{}", query_string(query))).await
}

/// Numbers of its last 90 days.
pub async fn get_schedule_figures(id: ScheduleId) -> ApiResult<ScheduleFiguresDto> {
    client::get(&format!("/schedules/{id}/figures")).await
}

pub async fn get_schedule_exceptions(id: ScheduleId) -> ApiResult<ScheduleExceptionsDto> {
    client::get(&format!("/schedules/{id}/exceptions")).await
}

/// Replaces all of them.
pub async fn update_schedule_exceptions(
    id: ScheduleId,
    update: &ScheduleExceptionsUpdate,
) -> ApiResult<ScheduleExceptionsDto> {
    client::put(&format!("/schedules/{id}/exceptions"), update).await
}

/// With `dry_run` it only lists.
pub async fn backfill_schedule(id: ScheduleId, request: &BackfillRequest) -> ApiResult<BackfillDto> {
    client::post(&format!("/schedules/{id}/backfill"), request).await
}

pub async fn pause_schedules(pause: &SchedulesPause) -> ApiResult<SchedulesChanged> {
    client::post("/schedules/bulk/pause", pause).await
}

pub async fn resume_schedules(resume: &SchedulesResume) -> ApiResult<SchedulesChanged> {
    client::post("/schedules/bulk/resume", resume).await
}

/// Slots that did not run and wait for somebody's word, newest first.
pub async fn list_missed(query: &MissedQuery) -> ApiResult<Page<ScheduleRunDto>> {
    client::get(&format!("/schedules/missed{}", query_string(query))).await
}

pub async fn run_missed(act: &MissedAct) -> ApiResult<SchedulesChanged> {
    client::post("/schedules/missed/run", act).await
}

pub async fn dismiss_missed(act: &MissedAct) -> ApiResult<SchedulesChanged> {
    client::post("/schedules/missed/dismiss", act).await
}

/// Once more, a run that ended or was missed. Kinds that write to people need `confirm_messages`.
pub async fn run_schedule_run(id: ScheduleRunId, confirm_messages: bool) -> ApiResult<ScheduleRunDto> {
    let query = query_string(&[("confirm_messages", confirm_messages)]);
    client::post(&format!("/schedules/runs/{id}/run{query}"), &()).await
}

/// Where all schedules and calendars are, as a file.
pub fn schedules_export_address() -> String {
    client::address("/schedules/export")
}

/// With `dry_run` it only says what it would do, line by line.
pub async fn import_schedules(import: &ScheduleImport) -> ApiResult<ScheduleImportDto> {
    client::post("/schedules/import", import).await
}
