use axum::extract::State;
use esteira_shared::{
    dto::processes::{ProcessApprove, ProcessDetailDto},
    error::ErrorCode,
    ids::ProcessId,
    transition::Move,
};

use crate::{
    app::SharedApp,
    auth::{Actor, Require, permission::ReviewProcesses},
    db::Tx,
    error::{AppError, AppResult},
    http::extract::{Json, Path},
    processes::{
        model::{Process, ProcessChanges},
        moves, view,
    },
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
    Path(id): Path<ProcessId>,
    Json(seen): Json<ProcessApprove>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    let process = Process::lock(&mut tx, auth.organization_id, id).await?;
    moves::destination(process.status, Move::Approve)?;
    if process.fatura_sha256.as_deref() != Some(seen.sha256.as_str()) {
        return Err(AppError::new(
            ErrorCode::DocumentChanged,
            "another document is the current one; look at it first",
        ));
    }
    process.expect_version(seen.version)?;
    approve(&mut tx, &auth.actor(), &process).await?;
    let detail = view::detail(&app, tx.conn(), auth.organization_id, id).await?;
    tx.commit().await?;
    Ok(Json(detail))
}

/// Approves the current document of a process that is held.
pub(crate) async fn approve(tx: &mut Tx, actor: &Actor, process: &Process) -> AppResult<Process> {
    let changes = ProcessChanges {
        approved_by: Some(Some(actor.name.clone())),
        approved_at: Some(Some(tx.now())),
        approved_sha256: Some(process.fatura_sha256.clone()),
        ..ProcessChanges::default()
    };
    moves::advance(tx, actor, process, Move::Approve, None, changes).await
}
