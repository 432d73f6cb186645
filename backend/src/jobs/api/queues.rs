use axum::extract::State;
use esteira_shared::dto::jobs::QueueDto;

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ManageEngine, ReadJobs},
    },
    error::AppResult,
    http::extract::{Json, Path},
    jobs::queues,
};

/// Queues: what waits and runs, and whether they are paused
#[utoipa::path(
    get, path = "/queues", tag = "jobs", responses((status = 200, body = Vec<QueueDto>)),
)]
pub async fn list_queues(auth: Require<ReadJobs>, State(app): State<SharedApp>) -> AppResult<Json<Vec<QueueDto>>> {
    let _place = app.shares.heavy_read(&auth).await?;
    Ok(Json(
        queues::list(&mut app.db.read_long().await?, auth.organization_id).await?,
    ))
}

/// Start no more jobs of a queue; what runs goes on
#[utoipa::path(
    post, path = "/queues/{name}/pause", tag = "jobs", params(("name" = String, Path)),
    responses((status = 200, body = Vec<QueueDto>)),
)]
pub async fn pause_queue(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
) -> AppResult<Json<Vec<QueueDto>>> {
    let mut tx = app.db.begin().await?;
    let all = queues::pause(&mut tx, &auth.actor(), &name, true).await?;
    tx.commit().await?;
    Ok(Json(all))
}

/// Start jobs of a queue again
#[utoipa::path(
    post, path = "/queues/{name}/resume", tag = "jobs", params(("name" = String, Path)),
    responses((status = 200, body = Vec<QueueDto>)),
)]
pub async fn resume_queue(
    auth: Require<ManageEngine>,
    State(app): State<SharedApp>,
    Path(name): Path<String>,
) -> AppResult<Json<Vec<QueueDto>>> {
    let mut tx = app.db.begin().await?;
    let all = queues::pause(&mut tx, &auth.actor(), &name, false).await?;
    tx.commit().await?;
    Ok(Json(all))
}
