//! Clients, their accounts with operators, and the import of both.

pub mod account;
mod api;
mod import;
mod model;
mod rules;
mod words;

pub use account::Account;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use import::fuzzing;
pub use model::{Client, kept_cnpj};
pub use rules::create;
pub use words::matching_clients;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_clients, api::create::create_client))
        .routes(routes!(
            api::get::get_client,
            api::update::update_client,
            api::delete::delete_client
        ))
        .routes(routes!(api::accounts::list_accounts, api::accounts::create_account))
        .routes(routes!(api::accounts::update_account, api::accounts::delete_account))
}

/// Reading a long file takes its time.
pub fn unhurried_routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new().routes(routes!(api::import::import_clients))
}
