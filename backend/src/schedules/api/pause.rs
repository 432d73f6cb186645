use axum::extract::State;
use esteira_shared::{
    dto::schedules::{ScheduleDto, SchedulePause, SchedulesChanged, SchedulesPause, SchedulesResume},
    ids::ScheduleId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageSchedules},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    schedules::{pause, view},
};

/// Pause a schedule
///
/// Its slots are noted as missed until it is resumed. A paused one gets another note.
#[utoipa::path(
    post, path = "/schedules/{id}/pause", tag = "schedules", params(("id" = ScheduleId, Path)), request_body = SchedulePause,
    responses((status = 200, body = ScheduleDto)),
)]
pub async fn pause_schedule(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
    Valid(asked): Valid<SchedulePause>,
) -> AppResult<Json<ScheduleDto>> {
    let mut tx = app.db.begin().await?;
    pause::pause(&mut tx, &auth.actor(), id, asked.note.as_deref()).await?;
    tx.commit().await?;
    view::dto(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}

/// Let a paused schedule go on
///
/// What passed meanwhile stays missed.
#[utoipa::path(
    post, path = "/schedules/{id}/resume", tag = "schedules", params(("id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleDto)),
)]
pub async fn resume_schedule(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
) -> AppResult<Json<ScheduleDto>> {
    let mut tx = app.db.begin().await?;
    pause::resume(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    view::dto(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}

/// Pause many schedules
#[utoipa::path(
    post, path = "/schedules/bulk/pause", tag = "schedules", request_body = SchedulesPause,
    responses((status = 200, body = SchedulesChanged)),
)]
pub async fn bulk_pause_schedules(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Valid(asked): Valid<SchedulesPause>,
) -> AppResult<Json<SchedulesChanged>> {
    let mut tx = app.db.begin_long().await?;
    let changed = pause::pause_all(&mut tx, &auth.actor(), &asked.target, asked.note.as_deref()).await?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// Let many paused schedules go on
#[utoipa::path(
    post, path = "/schedules/bulk/resume", tag = "schedules", request_body = SchedulesResume,
    responses((status = 200, body = SchedulesChanged)),
)]
pub async fn bulk_resume_schedules(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Valid(asked): Valid<SchedulesResume>,
) -> AppResult<Json<SchedulesChanged>> {
    let mut tx = app.db.begin_long().await?;
    let changed = pause::resume_all(&mut tx, &auth.actor(), &asked.target).await?;
    tx.commit().await?;
    Ok(Json(changed))
}
