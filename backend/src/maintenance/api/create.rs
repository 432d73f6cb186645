use axum::{extract::State, http::StatusCode};
use esteira_shared::dto::schedules::{MaintenanceCreate, MaintenanceDto};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageEngine},
    error::AppResult,
    http::extract::{Json, Valid},
    maintenance::{model, rules},
};

/// Let an area rest for a time
///
/// It begins and ends by itself. Nothing of the area is started meanwhile; what runs goes on. A beginning in the past is
/// now.
#[utoipa::path(
    post, path = "/maintenance", tag = "maintenance", request_body = MaintenanceCreate,
    responses((status = 201, body = MaintenanceDto)),
)]
pub async fn create_maintenance(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Valid(create): Valid<MaintenanceCreate>,
) -> AppResult<(StatusCode, Json<MaintenanceDto>)> {
    let mut tx = app.db.begin().await?;
    let id = rules::create(&mut tx, &auth, create).await?;
    tx.commit().await?;
    let mut conn = app.db.read().await?;
    let made = model::get(&mut conn, app.clock.as_ref(), auth.organization_id, id).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
