use axum::extract::State;
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessMove},
    ids::ProcessId,
    transition::Move,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReviewProcesses},
    error::AppResult,
    http::extract::{Json, Path},
    processes::{
        model::{Process, ProcessChanges},
        moves, view,
    },
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
    Path(id): Path<ProcessId>,
    Json(seen): Json<ProcessMove>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    let process = Process::lock(&mut tx, auth.organization_id, id).await?;
    moves::destination(process.status, Move::Withdraw)?;
    process.expect_version(seen.version)?;
    let changes = ProcessChanges {
        approved_by: Some(None),
        approved_at: Some(None),
        approved_sha256: Some(None),
        ..ProcessChanges::default()
    };
    moves::advance(&mut tx, &auth.actor(), &process, Move::Withdraw, None, changes).await?;
    let detail = view::detail(&app, tx.conn(), auth.organization_id, id).await?;
    tx.commit().await?;
    Ok(Json(detail))
}
