//! Where the applications meet: what they serve, the jobs they run, what they tidy up. The only file that names them all,
//! and the last one to change when one is added.

use std::sync::Arc;

use esteira_shared::{reason::Reason, status::MaintenanceArea};
use futures_util::future::BoxFuture;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    administration,
    app::{App, Diagnostic, Kinds, RunSchedule, SharedApp, Tasks},
    backups, bulk, calendars, clients,
    clock::SystemClock,
    config::Config,
    db::{Tx, once},
    error::AppResult,
    executions, home,
    housekeeping::Chore,
    http::router::{self, Routes},
    jobs, mail, maintenance, operators, processes, reports, retention,
    scheduler::ScheduleRow,
    schedules, search, sending, webhooks,
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
    App::start(config, Arc::new(SystemClock), tasks, kinds()).await
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
            .merge(calendars::routes())
            .merge(clients::routes())
            .merge(processes::routes(sending::beside_process))
            .merge(executions::routes())
            .merge(sending::routes())
            .merge(schedules::routes())
            .merge(jobs::routes())
            .merge(bulk::routes())
            .merge(mail::routes())
            .merge(maintenance::routes())
            .merge(reports::routes())
            .merge(retention::routes())
            .merge(home::routes())
            .merge(search::routes())
            .merge(webhooks::routes())
            .merge(backups::routes()),
        unhurried: OpenApiRouter::new()
            .merge(processes::unhurried_routes(sending::beside_process))
            .merge(executions::unhurried_routes())
            .merge(clients::unhurried_routes())
            .merge(schedules::unhurried_routes())
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
        .with::<RunSchedule>()
        .with::<sending::SendToSat>()
        .with::<webhooks::DeliverWebhook>()
        .on_death(webhooks::job_died)
        .leaving(retention::own::deciding)
        .resting(MaintenanceArea::Robots, &["robots"])
        .resting(MaintenanceArea::Sat, &["sat", "robots/*/sat"])
        .resting(MaintenanceArea::Messages, &["email", "webhooks"])
}

/// Every kind of schedule.
#[must_use]
pub fn kinds() -> Kinds {
    Kinds::default()
        .with::<processes::OpenMonth>()
        .with::<executions::StartDownloads>()
        .with::<reports::SendReport>()
        .with::<backups::BackUp>()
        .with::<retention::CleanUp>()
        .on_paused(schedule_paused)
}

/// Tells the administrators: the program never pauses a schedule silently.
fn schedule_paused<'a>(tx: &'a mut Tx, schedule: &'a ScheduleRow, why: &'a Reason) -> BoxFuture<'a, AppResult<()>> {
    Box::pin(async move {
        let subject = Reason::SchedulePausedSubject {
            name: schedule.name.clone(),
        };
        let text = Reason::SchedulePausedMail {
            name: schedule.name.clone(),
            cause: Box::new(why.clone()),
        };
        mail::tell_admins(tx, schedule.organization_id, &subject, &text).await
    })
}

/// What is tidied up every quarter of an hour.
#[must_use]
pub fn chores() -> Vec<Chore> {
    vec![
        Chore::new("unfinished uploads", |app| Box::pin(retention::own::uploads(app))),
        Chore::new("webhook messages", |app| Box::pin(retention::own::messages(app))),
        Chore::new("logs", |app| Box::pin(retention::own::lines(app))),
        Chore::new("e-mails without a job", |app| {
            Box::pin(async move { Ok(mail::give_up(app).await?) })
        }),
        Chore::new("backups that were given up or deleted", |app| {
            Box::pin(backups::sweep(app))
        }),
        Chore::new("idempotency keys", |app| {
            Box::pin(async move { Ok(once::sweep(&app.db).await?) })
        }),
        // Removes nothing; it is looked at as often, and once a year there is something to ask.
        Chore::new("holidays", |app| {
            Box::pin(async move {
                calendars::check::check_next_year(app).await?;
                Ok(0)
            })
        }),
    ]
}
