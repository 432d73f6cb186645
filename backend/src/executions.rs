//! Runs of robots. A run is started for a process and followed at the external API that runs the robot. Its result is
//! applied to every process that it names.
//!
//! ```text
//! start ─▶ PENDENTE ─▶ EXECUTANDO ─┬─ CONCLUIDO   the result was applied
//!             │                    ├─ FALHOU      with its cause; or nobody knows how it ended
//!             └────────────────────┴─ CANCELADO
//! ```
//!
//! A run is one row and one job of the engine, [`RunExecution`]. After a restart the job goes on from where the row
//! says.

mod api;
mod apply;
pub mod control;
mod end;
mod fetch;
mod legacy;
pub mod list;
mod made_up;
pub mod model;
mod old;
mod order;
mod scheduled;
mod settings;
mod start;
mod tasks;
mod view;

use utoipa_axum::router::OpenApiRouter;

pub use self::{
    list::robots_now,
    made_up::{MadeUp, apply_made_up},
    old::OldExecutions,
    scheduled::StartDownloads,
    settings::{RobotSettings, point_at},
    start::{operators_with_robots, start_download, start_upload, start_upload_with},
    tasks::{cancel::CancelRobot, run::RunExecution},
    view::of_process,
};
use crate::{app::SharedApp, routes};

/// The path of limits for all robots; below it there is one for each operator.
const LANE: &str = "robots";

/// The name of everything that the external API runs.
const EXTERNAL_API: &str = "API_EXTERNA";

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_executions, api::create::create_execution))
        .routes(routes!(api::get::get_execution))
        .routes(routes!(api::control::cancel_execution))
        .routes(routes!(api::control::rerun_execution))
        .routes(routes!(api::control::resume_execution))
        .routes(routes!(api::log::get_execution_log))
        .routes(routes!(api::log::find_in_execution_log))
        .routes(routes!(api::results::list_execution_results))
        .routes(routes!(
            api::settings::get_robot_settings,
            api::settings::update_robot_settings
        ))
        .routes(routes!(api::settings::test_robot_settings))
}

/// Downloads of whole logs and answers.
pub fn unhurried_routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::log::download_execution_log))
        .routes(routes!(api::results::download_execution_result))
}

/// Routes of older tools, outside `/api/v1`.
pub fn older_routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(legacy::run_process))
        .routes(routes!(legacy::get_run_status))
        .routes(routes!(legacy::cancel_run))
}
