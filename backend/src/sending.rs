//! Sending approved documents to SAT: over HTTPS by a job, or by a robot, as the organisation has set it.

mod api;
mod beside;
pub mod rules;
mod tasks;

use utoipa_axum::router::OpenApiRouter;

pub use self::{beside::beside_process, tasks::send_to_sat::SendToSat};
use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new().routes(routes!(api::send::send_process))
}
