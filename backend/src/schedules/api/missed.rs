use axum::extract::State;
use esteira_shared::{
    dto::schedules::{MissedAct, MissedQuery, ScheduleRunDto, SchedulesChanged},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ManageSchedules, ReadSchedules},
    },
    error::AppResult,
    http::extract::{Json, Query, Valid},
    schedules::missed,
};

/// Slots of all schedules that did not run, newest first
#[utoipa::path(
    get, path = "/schedules/missed", tag = "schedules", params(MissedQuery),
    responses((status = 200, body = Page<ScheduleRunDto>)),
)]
pub async fn list_missed_schedule_runs(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Query(query): Query<MissedQuery>,
) -> AppResult<Json<Page<ScheduleRunDto>>> {
    missed::page(&mut app.db.read().await?, auth.organization_id, &query)
        .await
        .map(Json)
}

/// Run missed slots now
///
/// At most 1,000 with one request, the oldest first; those of one schedule one after the other.
#[utoipa::path(
    post, path = "/schedules/missed/run", tag = "schedules", request_body = MissedAct,
    responses((status = 200, body = SchedulesChanged)),
)]
pub async fn run_missed_schedule_runs(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Valid(act): Valid<MissedAct>,
) -> AppResult<Json<SchedulesChanged>> {
    let mut tx = app.db.begin_long().await?;
    let changed = missed::run(&app, &mut tx, &auth.actor(), &act.target, act.confirm_messages).await?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// Say of missed slots that they need not run
#[utoipa::path(
    post, path = "/schedules/missed/dismiss", tag = "schedules", request_body = MissedAct,
    responses((status = 200, body = SchedulesChanged)),
)]
pub async fn dismiss_missed_schedule_runs(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Valid(act): Valid<MissedAct>,
) -> AppResult<Json<SchedulesChanged>> {
    missed::dismiss(&app, &auth.actor(), &act.target).await.map(Json)
}
