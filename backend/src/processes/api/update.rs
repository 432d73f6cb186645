use axum::extract::State;
use diesel::prelude::*;
use esteira_shared::{
    dto::processes::{ProcessDetailDto, ProcessUpdate},
    error::ErrorCode,
    event::Topic,
    ids::ProcessId,
    status::ProcessStatus,
    transition,
};
use serde_json::json;

use crate::{
    app::SharedApp,
    auth::{
        Actor, Require,
        audit::{self, AuditAction, Subject},
        permission::UploadDocuments,
    },
    db::{RunQueryDsl, Tx, schema::processes},
    error::{AppError, AppResult},
    http::extract::{Json, Path, Valid},
    processes::{
        model::{Process, title},
        view,
    },
    with_conn,
};

/// Set the invoice's value and due date
#[utoipa::path(
    put, path = "/processes/{id}", tag = "processes", params(("id" = ProcessId, Path)), request_body = ProcessUpdate,
    responses((status = 200, body = ProcessDetailDto)),
)]
pub async fn update_process(
    auth: Require<UploadDocuments>,
    State(app): State<SharedApp>,
    Path(id): Path<ProcessId>,
    Valid(update): Valid<ProcessUpdate>,
) -> AppResult<Json<ProcessDetailDto>> {
    let mut tx = app.db.begin().await?;
    set_facts(&mut tx, &auth.actor(), id, &update).await?;
    let detail = view::detail(&app, tx.conn(), auth.organization_id, id).await?;
    tx.commit().await?;
    Ok(Json(detail))
}

/// Sets value and due date of a process that was read at `update.version`.
pub(crate) async fn set_facts(tx: &mut Tx, actor: &Actor, id: ProcessId, update: &ProcessUpdate) -> AppResult<()> {
    let before = Process::lock(tx, actor.organization_id, id).await?;
    // What SAT was told, or is being told, stays as it was.
    if matches!(
        before.status,
        ProcessStatus::EnviandoSat | ProcessStatus::UploadRealizado
    ) {
        let message = format!("value and due date are fixed in {}", before.status);
        return Err(AppError::new(ErrorCode::IllegalTransition, message)
            .with_details(json!({ "from": before.status, "allowed": transition::allowed(before.status) })));
    }
    before.expect_version(update.version)?;
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(
        processes::table.filter(processes::id.eq(id))
    )
    .set((
        processes::valor_fatura.eq(update.valor_fatura),
        processes::data_vencimento.eq(update.data_vencimento),
        processes::updated_at.eq(now),
        processes::version.eq(processes::version + 1),
    ))
    .execute(c)
    .await)?;
    let old = json!({ "valor_fatura": before.valor_fatura, "data_vencimento": before.data_vencimento });
    let new = json!({ "valor_fatura": update.valor_fatura, "data_vencimento": update.data_vencimento });
    let subject = Subject::new("process", id.0, title(tx.conn(), &before).await?);
    audit::record(tx, actor, AuditAction::ProcessUpdate, subject, Some(&old), Some(&new)).await?;
    tx.changed(actor.organization_id, Topic::Processes, id.0);
    Ok(())
}
