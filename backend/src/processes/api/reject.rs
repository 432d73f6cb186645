use axum::{Extension, extract::State};
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessReject},
    ids::ProcessId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReviewProcesses},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    processes::{ProcessPage, rules},
};

/// Refuse the document, with a reason
#[utoipa::path(
    post, path = "/processes/{id}/reject", tag = "processes", params(("id" = ProcessId, Path)),
    request_body = ProcessReject,
    responses((status = 200, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn reject_process(
    auth: Require<ReviewProcesses>,
    State(app): State<SharedApp>,
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
    Valid(seen): Valid<ProcessReject>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::reject(&mut tx, &auth.actor(), id, &seen).await?;
    tx.commit().await?;
    page.of(&app, auth.organization_id, id).await.map(Json)
}
