//! Invoice processes: one account in one month, from its opening to SAT.

mod api;
pub mod document;
pub mod export;
pub mod figures;
pub mod list;
mod matrix;
pub mod model;
mod month;
pub mod moves;
pub mod outgoing;
mod review;
pub mod rules;
pub mod scheduled;
mod storage_key;
pub mod sweep;
pub mod unfinished;
mod upload;
mod view;

pub use list::all as matching;
pub use month::open as open_month;
pub use scheduled::OpenMonth;
pub use upload::{Incoming, Origin, clear_incoming, receive};
pub use view::{Beside, ProcessPage, ReadBeside};

use axum::Extension;
use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

/// `beside`: what pages of processes show of the applications above.
pub fn routes(beside: ReadBeside) -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_processes))
        .routes(routes!(api::get::get_process, api::update::update_process))
        .routes(routes!(api::approve::approve_process))
        .routes(routes!(api::reject::reject_process))
        .routes(routes!(api::withdraw::withdraw_process))
        .routes(routes!(api::reopen::reopen_process))
        .routes(routes!(api::confirm::confirm_process))
        .routes(routes!(api::months::list_months))
        .routes(routes!(api::months::get_month))
        .routes(routes!(api::months::open_month))
        .layer(Extension(ProcessPage::new(beside)))
}

/// Uploads, downloads and exports.
pub fn unhurried_routes(beside: ReadBeside) -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::upload::upload_document))
        .routes(routes!(api::content::get_document_content))
        .routes(routes!(api::export::export_processes))
        .layer(Extension(ProcessPage::new(beside)))
}
