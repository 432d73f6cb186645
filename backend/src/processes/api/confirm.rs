use axum::{Extension, extract::State};
use esteira_shared::{
    dto::processes::{ProcessConfirm, ProcessDetailDto},
    ids::ProcessId,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::SendProcesses},
    error::AppResult,
    http::extract::{Json, Path, Valid},
    processes::{ProcessPage, rules},
};

/// Say that SAT has the document of a failed sending
///
/// For a person who looked in SAT and found it: nothing is sent, and the process ends with the protocol number given here.
/// `illegal_transition` when no sending of the document failed.
#[utoipa::path(
    post, path = "/processes/{id}/confirm", tag = "processes", params(("id" = ProcessId, Path)),
    request_body = ProcessConfirm,
    responses((status = 200, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn confirm_process(
    auth: Require<SendProcesses>,
    State(app): State<SharedApp>,
    Extension(page): Extension<ProcessPage>,
    Path(id): Path<ProcessId>,
    Valid(seen): Valid<ProcessConfirm>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    rules::confirm(&mut tx, &auth.actor(), id, &seen).await?;
    tx.commit().await?;
    page.of(&app, auth.organization_id, id).await.map(Json)
}
