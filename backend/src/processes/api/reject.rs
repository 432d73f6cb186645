use axum::extract::State;
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessReject},
    ids::ProcessId,
    reason::Reason,
    transition::Move,
};

use crate::{
    app::SharedApp,
    auth::{Actor, Require, permission::ReviewProcesses},
    db::Tx,
    error::AppResult,
    http::extract::{Json, Path, Valid},
    processes::{
        model::{Process, ProcessChanges},
        moves, view,
    },
};

/// Refuse the document, with a reason
#[utoipa::path(
    post, path = "/processes/{id}/reject", tag = "processes", params(("id" = ProcessId, Path)),
    request_body = ProcessReject,
    responses((status = 200, body = ProcessDetailDto), (status = 409, body = esteira_shared::error::ErrorBody)),
    security(("session" = ["processes:review"]), ("token" = ["processes:review"])),
)]
pub async fn reject_process(
    auth: Require<ReviewProcesses>,
    State(app): State<SharedApp>,
    Path(id): Path<ProcessId>,
    Valid(seen): Valid<ProcessReject>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    let process = Process::lock(&mut tx, auth.organization_id, id).await?;
    moves::destination(process.status, Move::Reject)?;
    process.expect_version(seen.version)?;
    reject(&mut tx, &auth.actor(), &process, seen.reason.trim()).await?;
    let detail = view::detail(&app, tx.conn(), auth.organization_id, id).await?;
    tx.commit().await?;
    Ok(Json(detail))
}

/// Refuses the current document of a process that is held.
pub(crate) async fn reject(tx: &mut Tx, actor: &Actor, process: &Process, reason: &str) -> AppResult<Process> {
    let changes = ProcessChanges {
        rejection_reason: Some(Some(reason.to_owned())),
        ..ProcessChanges::default()
    };
    moves::advance(tx, actor, process, Move::Reject, Some(&Reason::quoted(reason)), changes).await
}
