use axum::{Extension, extract::State};
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessUpdate},
    ids::ProcessId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::UploadDocuments},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    processes::{ProcessPage, rules},
};

/// Set the invoice's value and due date
#[utoipa::path(
    put, path = "/processes/{id}", tag = "processes", params(("id" = ProcessId, Path)), request_body = ProcessUpdate,
    responses((status = 200, body = ProcessDetailDto)),
)]
pub async fn update_process(
    auth: Require<UploadDocuments>,
    State(app): State<SharedApp>,
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
    Valid(update): Valid<ProcessUpdate>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::set_facts(&mut tx, &auth.actor(), id, &update).await?;
    tx.commit().await?;
    page.of(&app, auth.organization_id, id).await.map(Json)
}
