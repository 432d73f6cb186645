use axum::extract::State;
use esteira_shared::{
    dto::schedules::SchedulePreviewQuery,
    ids::ScheduleId,
    schedule::{Preview, PreviewRequest},
};
use serde_json::Value;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadSchedules},
    error::{AppError, AppResult},
    http::extract::{Json, Path, Query},
    language,
    schedules::{check, preview},
};

/// What a schedule would do, before it is saved
///
/// The next occurrences after `from`, and in between what does not run, each with its reason. A schedule that cannot be is
/// refused: `fields` names each fault, and `details.problems` says the same in the language of `Accept-Language`.
#[utoipa::path(
    post, path = "/schedules/preview", tag = "schedules", request_body = PreviewRequest,
    responses((status = 200, body = Preview), (status = 422, body = esteira_shared::error::ErrorBody)),
)]
pub async fn preview_schedule_draft(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Json(body): Json<Value>,
) -> AppResult<Json<Preview>> {
    let body = serde_json::to_vec(&body).map_err(AppError::internal)?;
    let request = preview::read(&body)?;
    let mut conn = app.db.read().await?;
    let calendars = check::calendars(&mut conn, auth.organization_id, &request.schedule).await?;
    drop(conn);
    preview::draft(&request, &calendars, language::current()).map(Json)
}

/// What a schedule will do
#[utoipa::path(
    get, path = "/schedules/{id}/preview", tag = "schedules", params(("id" = ScheduleId, Path), SchedulePreviewQuery),
    responses((status = 200, body = Preview)),
)]
pub async fn preview_schedule(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
    Path(id): Path<ScheduleId>,
    Query(query): Query<SchedulePreviewQuery>,
) -> AppResult<Json<Preview>> {
    let mut conn = app.db.read().await?;
    let now = app.clock.now();
    preview::saved(&mut conn, auth.organization_id, id, &query, now)
        .await
        .map(Json)
}
