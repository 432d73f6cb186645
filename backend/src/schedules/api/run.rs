use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::schedules::{BackfillDto, BackfillRequest, ScheduleRunAgainQuery, ScheduleRunDto},
    ids::{ScheduleId, ScheduleRunId},
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageSchedules},
    error::AppResult,
    http::extract::{Json, Path, Query, Valid},
    schedules::{backfill, run, runs},
};

/// Run a schedule now
///
/// Once, besides its rule, also when it is paused or an earlier run is unfinished.
#[utoipa::path(
    post, path = "/schedules/{id}/run", tag = "schedules", params(("id" = ScheduleId, Path)),
    responses((status = 201, body = ScheduleRunDto)),
)]
pub async fn run_schedule(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
) -> AppResult<(StatusCode, Json<ScheduleRunDto>)> {
    let mut tx = app.db.begin().await?;
    let run = run::now(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    let made = runs::get(&mut app.db.read().await?, auth.organization_id, run).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Run a slot of the past once more
///
/// One that ended, or that did not run. Refused with `job_status` while it is unfinished.
#[utoipa::path(
    post, path = "/schedules/runs/{run_id}/run", tag = "schedules",
    params(("run_id" = ScheduleRunId, Path), ScheduleRunAgainQuery),
    responses((status = 200, body = ScheduleRunDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn rerun_schedule_run(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleRunId>,
    Query(query): Query<ScheduleRunAgainQuery>,
) -> AppResult<Json<ScheduleRunDto>> {
    let mut tx = app.db.begin().await?;
    run::again(&app, &mut tx, &auth.actor(), id, query.confirm_messages).await?;
    tx.commit().await?;
    runs::get(&mut app.db.read().await?, auth.organization_id, id)
        .await
        .map(Json)
}

/// Run the slots of a range of the past
///
/// Those that succeeded or are under way are left out. With `dry_run` it only lists them. The overlap policy is not asked.
#[utoipa::path(
    post, path = "/schedules/{id}/backfill", tag = "schedules", params(("id" = ScheduleId, Path)),
    request_body = BackfillRequest, responses((status = 200, body = BackfillDto)),
)]
pub async fn backfill_schedule(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
    Valid(request): Valid<BackfillRequest>,
) -> AppResult<Json<BackfillDto>> {
    if request.dry_run {
        let mut conn = app.db.read().await?;
        let listed = backfill::listed(&app, &mut conn, auth.organization_id, id, &request).await?;
        return Ok(Json(listed));
    }
    let mut tx = app.db.begin_long().await?;
    let started = backfill::start(&app, &mut tx, &auth.actor(), id, &request).await?;
    tx.commit().await?;
    Ok(Json(started))
}
