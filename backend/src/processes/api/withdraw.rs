use axum::{Extension, extract::State};
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessMove},
    ids::ProcessId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReviewProcesses},
    error::AppResult,
    http::extract::{Json, Path},
    processes::{ProcessPage, rules},
};

/// Take an approval back before the document goes out
#[utoipa::path(
    post, path = "/processes/{id}/withdraw", tag = "processes", params(("id" = ProcessId, Path)),
    request_body = ProcessMove,
    responses((status = 200, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn withdraw_process(
    auth: Require<ReviewProcesses>,
    State(app): State<SharedApp>,
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
    Json(seen): Json<ProcessMove>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::withdraw(&mut tx, &auth.actor(), id, &seen).await?;
    tx.commit().await?;
    page.of(&app, auth.organization_id, id).await.map(Json)
}
