//! Jobs as people see and steer them: the monitor. The engine itself is `engine`.

mod api;
mod detail;
mod legacy;
mod limits;
pub mod list;
mod queues;
pub mod rules;
mod stats;
mod waiting;
pub mod workers;

use utoipa_axum::router::OpenApiRouter;

pub use self::waiting::why_waiting;
use crate::{app::SharedApp, routes};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(api::list::list_jobs))
        .routes(routes!(api::get::get_job))
        .routes(routes!(api::change::cancel_job))
        .routes(routes!(api::change::retry_job))
        .routes(routes!(api::figures::get_job_stats))
        .routes(routes!(api::figures::list_tasks))
        .routes(routes!(api::workers::list_workers))
        .routes(routes!(api::workers::drain_worker))
        .routes(routes!(api::workers::resume_worker))
        .routes(routes!(api::queues::list_queues))
        .routes(routes!(api::queues::pause_queue))
        .routes(routes!(api::queues::resume_queue))
        .routes(routes!(api::limits::list_job_limits, api::limits::set_job_limit))
}

/// Routes of older tools, outside `/api/v1`.
pub fn older_routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new()
        .routes(routes!(legacy::get_task_status))
        .routes(routes!(legacy::list_active_tasks))
}
