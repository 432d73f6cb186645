//! Where the applications meet: what they serve, the jobs they run, what they tidy up. The only file that names them all,
//! and the last one to change when one is added.

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::{
    administration,
    app::{App, Diagnostic, SharedApp, Tasks},
    backups, bulk, clients,
    clock::SystemClock,
    config::Config,
    db::once,
    executions, home,
    housekeeping::Chore,
    http::router::{self, Routes},
    jobs, mail, operators, processes, search, sending, webhooks,
};

/// Starts the program with all of them.
///
/// # Errors
/// As [`App::start`].
pub async fn start(config: Config) -> anyhow::Result<SharedApp> {
    let tasks = match config.engine.diagnostics {
        true => tasks().with::<Diagnostic>(),
        false => tasks(),
    };
    App::start(config, Arc::new(SystemClock), tasks).await
}

/// The whole service.
pub fn service(app: SharedApp) -> axum::Router {
    router::build(app, routes())
}

/// The OpenAPI document of everything that is served.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    router::document(routes())
}

/// What each of them serves.
#[must_use]
pub fn routes() -> Routes {
    Routes {
        quick: OpenApiRouter::new()
            .merge(administration::routes())
            .merge(operators::routes())
            .merge(clients::routes())
            .merge(processes::routes(sending::beside_process))
            .merge(executions::routes())
            .merge(sending::routes())
            .merge(jobs::routes())
            .merge(bulk::routes())
            .merge(mail::routes())
            .merge(home::routes())
            .merge(search::routes())
            .merge(webhooks::routes())
            .merge(backups::routes()),
        unhurried: OpenApiRouter::new()
            .merge(processes::unhurried_routes(sending::beside_process))
            .merge(executions::unhurried_routes())
            .merge(clients::unhurried_routes())
            .merge(backups::unhurried_routes()),
        older: OpenApiRouter::new()
            .merge(jobs::older_routes())
            .merge(executions::older_routes()),
    }
}

/// Every kind of job.
#[must_use]
pub fn tasks() -> Tasks {
    Tasks::default()
        .with::<executions::CancelRobot>()
        .with::<executions::RunExecution>()
        .with::<bulk::BulkMove>()
        .with::<bulk::ExecutionsBulk>()
        .with::<bulk::JobsBulk>()
        .with::<backups::MakeBackup>()
        .with::<mail::SendEmail>()
        .with::<sending::SendToSat>()
        .with::<webhooks::DeliverWebhook>()
        .on_death(webhooks::job_died)
}

/// What is tidied up every quarter of an hour.
#[must_use]
pub fn chores() -> Vec<Chore> {
    vec![
        Chore::new("unfinished uploads", |app| {
            Box::pin(processes::sweep::sweep(app, processes::sweep::ABANDONED))
        }),
        Chore::new("webhook messages", |app| {
            Box::pin(async move { Ok(webhooks::sweep(app).await?) })
        }),
        Chore::new("backups that were given up or deleted", |app| {
            Box::pin(backups::sweep(app))
        }),
        Chore::new("idempotency keys", |app| {
            Box::pin(async move { Ok(once::sweep(&app.db).await?) })
        }),
    ]
}
