//! Calendars of holidays, which schedules go by: an organisation's own, and the built-in ones, which are computed.
//!
//! Whatever changes the days of a calendar plans the schedules that go by it anew, in the same transaction
//! ([`used::replan`]).

mod api;
pub mod check;
mod days;
mod imports;
mod list;
mod merge;
mod model;
mod rules;
mod used;

pub use merge::{Merged, merge};

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_calendars, api::change::create_calendar))
        .routes(routes!(
            api::list::get_calendar,
            api::change::update_calendar,
            api::change::delete_calendar
        ))
        .routes(routes!(api::days::list_calendar_days, api::days::create_calendar_day))
        .routes(routes!(api::days::update_calendar_day, api::days::delete_calendar_day))
        .routes(routes!(api::files::import_calendar))
        .routes(routes!(api::files::export_calendar))
        .routes(routes!(api::files::list_calendar_imports))
        .routes(routes!(api::files::undo_calendar_import))
        .routes(routes!(api::check::check_calendar))
}
