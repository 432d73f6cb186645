use axum::extract::State;
use esteira_shared::dto::retention::{CleanUpParameters, RetentionPreviewDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageSchedules},
    error::AppResult,
    http::extract::{Json, Valid},
    retention::measure,
};

/// What a clean-up would remove
///
/// Looks at what a schedule of the kind `LIMPEZA_LOGS` with these parameters would find now, and removes nothing. It takes at
/// most some ten seconds: where there is more to count, `complete` is false.
#[utoipa::path(
    post, path = "/retention/preview", tag = "schedules", request_body = CleanUpParameters,
    responses((status = 200, body = RetentionPreviewDto), (status = 422, body = esteira_shared::error::ErrorBody)),
)]
pub async fn preview_retention(
    auth: Require<ManageSchedules>,
    State(app): State<SharedApp>,
    Valid(parameters): Valid<CleanUpParameters>,
) -> AppResult<Json<RetentionPreviewDto>> {
    let _place = app.shares.heavy_read(&auth).await?;
    measure::preview(&app, auth.organization_id, &parameters)
        .await
        .map(Json)
}
