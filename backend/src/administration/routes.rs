//! Routes of administration.

use utoipa_axum::router::OpenApiRouter;

use super::api;
use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::setup::get_setup, api::setup::create_setup))
        .routes(routes!(
            api::session::get_session,
            api::session::create_session,
            api::session::delete_session
        ))
        .routes(routes!(api::password::update_password))
        .routes(routes!(api::users::list_users, api::users::create_user))
        .routes(routes!(api::users::update_user))
        .routes(routes!(api::tokens::list_tokens, api::tokens::create_token))
        .routes(routes!(api::tokens::revoke_token))
        .routes(routes!(
            api::organization::get_organization,
            api::organization::update_organization
        ))
        .routes(routes!(api::organization::test_sat_connection))
        .routes(routes!(api::audit::list_audit_events))
}
