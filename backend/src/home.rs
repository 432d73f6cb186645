//! Início: what needs people now, and how the month goes.

mod figures;

use axum::{extract::State, response::Response};
use esteira_shared::dto::home::HomeDto;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::AppResult,
    http::alike::alike,
    routes,
};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new().routes(routes!(get_home))
}

/// What needs people now, and how the newest month goes
#[utoipa::path(
    get, path = "/home", tag = "home", responses((status = 200, body = HomeDto)),
)]
pub async fn get_home(auth: Require<ReadProcesses>, State(app): State<SharedApp>) -> AppResult<Response> {
    let organization = auth.organization_id;
    alike(&app, "home", organization, figures::home(&app, organization)).await
}
