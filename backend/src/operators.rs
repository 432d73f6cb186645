//! Telecom carriers.

mod api;
mod model;
mod rules;

pub use model::Operator;
pub use rules::create;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_operators, api::create::create_operator))
        .routes(routes!(
            api::get::get_operator,
            api::update::update_operator,
            api::delete::delete_operator
        ))
}
