use axum::extract::State;
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessMove},
    ids::ProcessId,
    transition::Move,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::UploadDocuments},
    error::AppResult,
    http::extract::{Json, Path},
    processes::{model::Process, moves, view},
};

/// Let a failed or rejected process wait for its invoice again
///
/// Its earlier documents stay as versions.
#[utoipa::path(
    post, path = "/processes/{id}/reopen", tag = "processes", params(("id" = ProcessId, Path)),
    request_body = ProcessMove,
    responses((status = 200, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn reopen_process(
    auth: Require<UploadDocuments>,
    State(app): State<SharedApp>,
    Path(id): Path<ProcessId>,
    Json(seen): Json<ProcessMove>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    let process = Process::lock(&mut tx, auth.organization_id, id).await?;
    moves::destination(process.status, Move::Reopen)?;
    process.expect_version(seen.version)?;
    moves::reopen(&mut tx, &auth.actor(), &process, None).await?;
    let detail = view::detail(&app, tx.conn(), auth.organization_id, id).await?;
    tx.commit().await?;
    Ok(Json(detail))
}
