use std::time::Instant;

use axum::extract::State;
use esteira_shared::{
    dto::{
        administration::ConnectionTestDto,
        executions::{RobotSettingsDto, RobotSettingsUpdate},
    },
    reason::Reason,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ManageOrganization},
    error::AppResult,
    executions::settings::{self, RobotSettings},
    http::extract::{Json, Valid},
    language::told,
};

/// How robots are reached
#[utoipa::path(
    get, path = "/robots/settings", tag = "executions", responses((status = 200, body = RobotSettingsDto)),
)]
pub async fn get_robot_settings(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
) -> AppResult<Json<RobotSettingsDto>> {
    Ok(Json(
        settings::get(&mut app.db.read().await?, auth.organization_id).await?,
    ))
}

/// Change how robots are reached
#[utoipa::path(
    put, path = "/robots/settings", tag = "executions", request_body = RobotSettingsUpdate,
    responses((status = 200, body = RobotSettingsDto)),
)]
pub async fn update_robot_settings(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
    Valid(update): Valid<RobotSettingsUpdate>,
) -> AppResult<Json<RobotSettingsDto>> {
    let mut tx = app.db.begin().await?;
    let settings = settings::update(&app, &mut tx, &auth.actor(), update).await?;
    tx.commit().await?;
    Ok(Json(settings))
}

/// Try the connection to the robots' API with the saved settings
#[utoipa::path(
    post, path = "/robots/settings/test", tag = "executions", responses((status = 200, body = ConnectionTestDto)),
)]
pub async fn test_robot_settings(
    auth: Require<ManageOrganization>,
    State(app): State<SharedApp>,
) -> AppResult<Json<ConnectionTestDto>> {
    let settings = RobotSettings::of(&mut app.db.read().await?, auth.organization_id).await?;
    let connection = settings.own_connection(&app)?;
    let started = Instant::now();
    let (ok, message) = match app.rpa.check(&connection).await {
        Ok(message) => {
            settings::token_accepted(&app, auth.organization_id, &connection.url).await?;
            (true, Reason::quoted(message))
        }
        Err(error) => (false, error.reason()),
    };
    let (message, message_coded) = told(&message);
    Ok(Json(ConnectionTestDto {
        ok,
        message,
        message_coded,
        elapsed_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
    }))
}
