use axum::extract::State;
use esteira_shared::{
    dto::{maintenance::MaintenanceQuery, schedules::MaintenanceDto},
    page::Page,
};

use crate::{
    app::SharedApp,
    auth::SignedIn,
    error::AppResult,
    http::extract::{Json, Query},
    maintenance::model,
};

/// Maintenances
///
/// For everybody who is signed in: what rests concerns all.
#[utoipa::path(
    get, path = "/maintenance", tag = "maintenance", params(MaintenanceQuery),
    responses((status = 200, body = Page<MaintenanceDto>)),
)]
pub async fn list_maintenances(
    SignedIn(principal): SignedIn,
    State(app): State<SharedApp>,
    Query(query): Query<MaintenanceQuery>,
) -> AppResult<Json<Page<MaintenanceDto>>> {
    let mut conn = app.db.read().await?;
    model::list(&mut conn, app.clock.as_ref(), principal.organization_id, &query)
        .await
        .map(Json)
}
