//! Tells other systems what happens, as [Standard Webhooks](https://www.standardwebhooks.com) describes: signed, repeated
//! until received, and kept with what was answered.
//!
//! [`emit`] writes the messages in the transaction of the change itself, each with the job that delivers it, so that no
//! change goes untold and nothing is told that did not become true.

mod api;
mod delivery;
mod emit;
mod endpoint;
mod old;
mod signature;
mod tasks;

pub use delivery::sweep;
pub use emit::{emit, job_died};
pub use old::OldMessages;
pub use tasks::deliver::DeliverWebhook;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::endpoints::list_webhooks, api::endpoints::create_webhook))
        .routes(routes!(
            api::endpoints::get_webhook,
            api::endpoints::update_webhook,
            api::endpoints::delete_webhook
        ))
        .routes(routes!(api::endpoints::change_webhook_secret))
        .routes(routes!(api::endpoints::test_webhook))
        .routes(routes!(api::deliveries::list_webhook_deliveries))
        .routes(routes!(api::deliveries::get_webhook_delivery))
        .routes(routes!(api::deliveries::resend_webhook_delivery))
}
