//! Maintenance: times in which robots, sendings, messages or schedules rest.
//!
//! A maintenance is a row with a beginning and an end. Whoever starts something looks at the rows of that instant: the
//! engine at each claim (`engine::rest`), the scheduler at each slot. So one begins and ends without anybody doing it.

mod api;
mod model;
mod rules;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_maintenances, api::create::create_maintenance))
        .routes(routes!(api::delete::delete_maintenance))
        .routes(routes!(api::end::end_maintenance))
}
