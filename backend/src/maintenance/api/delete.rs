use axum::{extract::State, http::StatusCode};
use esteira_shared::ids::MaintenanceId;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageEngine},
    error::AppResult,
    http::extract::Path,
    maintenance::rules,
};

/// Call off a maintenance that has not begun
#[utoipa::path(
    delete, path = "/maintenance/{id}", tag = "maintenance", params(("id" = MaintenanceId, Path)),
    responses((status = 204), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn delete_maintenance(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Path(id): Path<MaintenanceId>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    rules::delete(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
