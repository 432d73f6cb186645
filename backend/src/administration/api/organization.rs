//! Settings of the organisation.

use std::time::Instant;

use axum::extract::State;
use esteira_shared::{
    dto::administration::{ConnectionTestDto, OrganizationDto, OrganizationUpdate},
    reason::Reason,
};

use crate::{
    administration::organization::{self, Organization},
    app::SharedApp,
    auth::{Require, permission::ManageOrganization},
    error::AppResult,
    http::extract::{Json, Valid},
    language::told,
};

/// Settings of the organisation
#[utoipa::path(
    get, path = "/organization", tag = "administration", responses((status = 200, body = OrganizationDto)),
)]
pub async fn get_organization(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
) -> AppResult<Json<OrganizationDto>> {
    Ok(Json(
        Organization::find(&mut app.db.read().await?, auth.organization_id)
            .await?
            .into_dto(),
    ))
}

/// Change the settings of the organisation
#[utoipa::path(
    put, path = "/organization", tag = "administration", request_body = OrganizationUpdate,
    responses((status = 200, body = OrganizationDto)),
)]
pub async fn update_organization(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
    Valid(update): Valid<OrganizationUpdate>,
) -> AppResult<Json<OrganizationDto>> {
    let mut tx = app.db.begin().await?;
    let organization = organization::update(&app, &mut tx, &auth.actor(), update).await?;
    tx.commit().await?;
    Ok(Json(organization))
}

/// Try the connection to SAT with the saved settings
#[utoipa::path(
    post, path = "/organization/sat/test", tag = "administration", responses((status = 200, body = ConnectionTestDto)),
)]
pub async fn test_sat_connection(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
) -> AppResult<Json<ConnectionTestDto>> {
    let organization = Organization::find(&mut app.db.read().await?, auth.organization_id).await?;
    let connection = organization.sat(&app)?;
    let started = Instant::now();
    let (ok, message) = match app.sat.check(&connection).await {
        Ok(message) => (true, Reason::quoted(message)),
        Err(error) => (false, error.reason()),
    };
    let (message, message_coded) = told(&message);
    let elapsed_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(Json(ConnectionTestDto {
        ok,
        message,
        message_coded,
        elapsed_ms,
    }))
}
