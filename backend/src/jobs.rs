//! Jobs as people see them. The engine itself is `engine`.

mod api;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::SharedApp;

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::get::get_job))
        .routes(routes!(api::cancel::cancel_job))
}
