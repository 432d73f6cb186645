use axum::extract::State;
use esteira_shared::{dto::schedules::MaintenanceDto, ids::MaintenanceId};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageEngine},
    error::AppResult,
    http::extract::{Json, Path},
    maintenance::{model, rules},
};

/// End a maintenance now
///
/// What waited starts at once. One that is over stays as it is; one that has not begun is deleted instead.
#[utoipa::path(
    post, path = "/maintenance/{id}/end", tag = "maintenance", params(("id" = MaintenanceId, Path)),
    responses((status = 200, body = MaintenanceDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn end_maintenance(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Path(id): Path<MaintenanceId>,
) -> AppResult<Json<MaintenanceDto>> {
    let mut tx = app.db.begin().await?;
    rules::end(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    let mut conn = app.db.read().await?;
    model::get(&mut conn, app.clock.as_ref(), auth.organization_id, id)
        .await
        .map(Json)
}
