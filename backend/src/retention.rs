//! What goes after a while, and when.
//!
//! This is the one place that decides. An organisation with a schedule of clean-ups ([`CleanUp`]) decides by its parameters:
//! nothing of it goes in between, also while the schedule is paused. For all others the program goes by its own times
//! ([`own`]). Whoever owns the rows says which of the old ones may go (`db::aged::Aged`), and removes them. Processes,
//! documents, their history and the audit trail never go by age.
//!
//! A clean-up works in small transactions, so that nobody waits long for the one writer of SQLite, and notes with each what
//! it did. So it may be interrupted anywhere.

mod api;
mod kinds;
mod measure;
pub mod own;
mod run;

use utoipa_axum::router::OpenApiRouter;

pub use run::CleanUp;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new().routes(routes!(api::preview::preview_retention))
}
