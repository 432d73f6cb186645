use axum::{Extension, extract::State};
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessMove},
    ids::ProcessId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::UploadDocuments},
    error::AppResult,
    http::extract::{Json, Path},
    processes::{ProcessPage, rules},
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
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
    Json(seen): Json<ProcessMove>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::reopen(&mut tx, &auth.actor(), id, &seen).await?;
    tx.commit().await?;
    page.of(&app, auth.organization_id, id).await.map(Json)
}
