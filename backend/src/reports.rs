//! Reports by e-mail: how a month stands, what is missing to close it and why.
//!
//! ```text
//! gather ─▶ MonthReport ─┬─▶ html   tables with their style at each cell, for mail programs
//!                        ├─▶ text   the same figures
//!                        └─▶ CSV    all processes of the month (processes::export)
//! ```
//!
//! The same report is shown in the browser, sent to whoever asks for it, and sent by a schedule ([`SendReport`]).

mod api;
mod cells;
mod compose;
mod gather;
mod html;
mod link;
mod send;
mod text;
mod unsubscribe;

pub use self::send::SendReport;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::month::get_month_report))
        .routes(routes!(api::month::send_month_report))
        .routes(routes!(
            api::unsubscribe::get_unsubscription,
            api::unsubscribe::confirm_unsubscription
        ))
}
