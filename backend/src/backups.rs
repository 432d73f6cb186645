//! Backups of the whole installation: made by a schedule, by a person or in the shell, proven before they count, kept at a
//! target of their own, and removed when newer ones do. [`crate::archive`] knows what is in them.
//!
//! They hold every organisation, so they belong to the first one: for the others there are none.

mod api;
mod file;
mod kind;
mod make;
mod model;
mod retain;
mod rules;
mod shell;
mod sweep;
mod target;
mod tasks;

pub use kind::BackUp;
pub use shell::{Listed, list as list_from_shell, restored};
pub use sweep::sweep;
pub use target::Place;
pub use tasks::make::MakeBackup;

use utoipa_axum::router::OpenApiRouter;

use crate::{app::SharedApp, routes};

pub use self::{file::name as file_name, rules::work_folder};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_backups, api::create::create_backup))
        .routes(routes!(api::facts::get_backup_facts))
        .routes(routes!(api::get::get_backup, api::delete::delete_backup))
}

/// Downloads, which take as long as they take.
pub fn unhurried_routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new().routes(routes!(api::download::download_backup))
}
