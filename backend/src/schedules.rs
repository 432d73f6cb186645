//! Schedules as people make them: what runs when, what did not run and why, and how it went.
//!
//! When something fires is decided below, in [`crate::scheduler`]; here are the rules about changing it.

mod api;
mod backfill;
mod check;
mod exceptions;
mod export;
mod figures;
mod import;
mod list;
mod missed;
mod pause;
mod preview;
mod rules;
mod run;
mod runs;
mod view;

pub use list::named;
pub use missed::count as count_missed;
pub use preview::answer;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_schedules, api::create::create_schedule))
        .routes(routes!(api::kinds::list_schedule_kinds))
        .routes(routes!(api::preview::preview_schedule_draft))
        .routes(routes!(
            api::get::get_schedule,
            api::update::update_schedule,
            api::delete::delete_schedule
        ))
        .routes(routes!(api::preview::preview_schedule))
        .routes(routes!(api::pause::pause_schedule))
        .routes(routes!(api::pause::resume_schedule))
        .routes(routes!(api::pause::bulk_pause_schedules))
        .routes(routes!(api::pause::bulk_resume_schedules))
        .routes(routes!(api::run::run_schedule))
        .routes(routes!(api::run::rerun_schedule_run))
        .routes(routes!(api::run::backfill_schedule))
        .routes(routes!(api::runs::list_schedule_runs))
        .routes(routes!(api::runs::get_schedule_figures))
        .routes(routes!(
            api::exceptions::get_schedule_exceptions,
            api::exceptions::update_schedule_exceptions
        ))
        .routes(routes!(api::missed::list_missed_schedule_runs))
        .routes(routes!(api::missed::run_missed_schedule_runs))
        .routes(routes!(api::missed::dismiss_missed_schedule_runs))
}

/// Files of many schedules.
pub fn unhurried_routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::files::export_schedules))
        .routes(routes!(api::files::import_schedules))
}
