use axum::{Extension, extract::State};
use esteira_shared::{
    dto::processes::{ProcessApprove, ProcessDetailDto},
    ids::ProcessId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReviewProcesses},
    error::AppResult,
    http::extract::{Json, Path},
    processes::{ProcessPage, rules},
};

/// Approve the document that was seen
///
/// Bound to its SHA-256: when the current document is another one, 409 `document_changed`.
#[utoipa::path(
    post, path = "/processes/{id}/approve", tag = "processes", params(("id" = ProcessId, Path)),
    request_body = ProcessApprove,
    responses((status = 200, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn approve_process(
    auth: Require<ReviewProcesses>,
    State(app): State<SharedApp>,
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
    Json(seen): Json<ProcessApprove>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::approve(&mut tx, &auth.actor(), id, &seen).await?;
    tx.commit().await?;
    page.of(&app, auth.organization_id, id).await.map(Json)
}
