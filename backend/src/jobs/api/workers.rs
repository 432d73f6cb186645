use axum::extract::State;
use esteira_shared::{dto::jobs::WorkerDto, ids::WorkerId};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ManageEngine, ReadJobs},
    },
    error::AppResult,
    http::extract::{Json, Path},
    jobs::workers,
};

/// Workers and what each runs for you; where they run, for administrators of an only organisation
#[utoipa::path(
    get, path = "/workers", tag = "jobs", responses((status = 200, body = Vec<WorkerDto>)),
)]
pub async fn list_workers(auth: Require<ReadJobs>, State(app): State<SharedApp>) -> AppResult<Json<Vec<WorkerDto>>> {
    let mut conn = app.db.read().await?;
    workers::list(&app, &mut conn, &auth).await.map(Json)
}

/// Have a worker finish what it runs and take no more; in an installation of one organisation
#[utoipa::path(
    post, path = "/workers/{id}/drain", tag = "jobs", params(("id" = WorkerId, Path)),
    responses((status = 200, body = Vec<WorkerDto>)),
)]
pub async fn drain_worker(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Path(id): Path<WorkerId>,
) -> AppResult<Json<Vec<WorkerDto>>> {
    let mut tx = app.db.begin().await?;
    workers::drain(&mut tx, &auth, id, true).await?;
    tx.commit().await?;
    workers::list(&app, &mut app.db.read().await?, &auth).await.map(Json)
}

/// Let a worker take jobs again; in an installation of one organisation
#[utoipa::path(
    post, path = "/workers/{id}/resume", tag = "jobs", params(("id" = WorkerId, Path)),
    responses((status = 200, body = Vec<WorkerDto>)),
)]
pub async fn resume_worker(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Path(id): Path<WorkerId>,
) -> AppResult<Json<Vec<WorkerDto>>> {
    let mut tx = app.db.begin().await?;
    workers::drain(&mut tx, &auth, id, false).await?;
    tx.commit().await?;
    workers::list(&app, &mut app.db.read().await?, &auth).await.map(Json)
}
