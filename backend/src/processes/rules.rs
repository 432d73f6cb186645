//! What people do to one process. Each rule holds the row, checks what the person saw, and moves it.

use diesel::prelude::*;
use esteira_shared::{
    dto::processes::{ProcessApprove, ProcessConfirm, ProcessMove, ProcessReject, ProcessUpdate},
    error::ErrorCode,
    event::Topic,
    ids::ProcessId,
    reason::Reason,
    status::ProcessStatus,
    transition::{self, Move},
};
use serde_json::json;

use super::{
    model::{Process, ProcessChanges, title},
    moves,
};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, Subject},
    },
    db::{RunQueryDsl, Tx, schema::processes},
    error::{AppError, AppResult},
    with_conn,
};

/// The process, held for a move. `version` is the one that the person saw.
///
/// # Errors
/// `not_found`; `illegal_transition`, which is checked first because it says more; `version_conflict`.
async fn held(tx: &mut Tx, actor: &Actor, id: ProcessId, by: Move, version: i32) -> AppResult<Process> {
    let process = Process::lock(tx, actor.organization_id, id).await?;
    moves::destination(process.status, by)?;
    process.expect_version(version)?;
    Ok(process)
}

/// Approves the document that was seen.
///
/// # Errors
/// `not_found`, `illegal_transition`, `version_conflict`; `document_changed` when the current document is another one.
pub async fn approve(tx: &mut Tx, actor: &Actor, id: ProcessId, seen: &ProcessApprove) -> AppResult<Process> {
    let process = Process::lock(tx, actor.organization_id, id).await?;
    moves::destination(process.status, Move::Approve)?;
    // Said before the version: a person must look at the other document.
    if process.fatura_sha256.as_deref() != Some(seen.sha256.as_str()) {
        return Err(AppError::new(
            ErrorCode::DocumentChanged,
            "another document is the current one; look at it first",
        ));
    }
    process.expect_version(seen.version)?;
    let changes = ProcessChanges {
        approved_by: Some(Some(actor.name.clone())),
        approved_at: Some(Some(tx.now())),
        approved_sha256: Some(process.fatura_sha256.clone()),
        ..ProcessChanges::default()
    };
    moves::advance(tx, actor, &process, Move::Approve, None, changes).await
}

/// Refuses the current document, with a reason.
///
/// # Errors
/// `not_found`, `illegal_transition`, `version_conflict`.
pub async fn reject(tx: &mut Tx, actor: &Actor, id: ProcessId, seen: &ProcessReject) -> AppResult<Process> {
    let process = held(tx, actor, id, Move::Reject, seen.version).await?;
    let reason = seen.reason.trim();
    let changes = ProcessChanges {
        rejection_reason: Some(Some(reason.to_owned())),
        ..ProcessChanges::default()
    };
    let reason = Reason::quoted(reason);
    moves::advance(tx, actor, &process, Move::Reject, Some(&reason), changes).await
}

/// Takes an approval back.
///
/// # Errors
/// `not_found`, `illegal_transition`, `version_conflict`.
pub async fn withdraw(tx: &mut Tx, actor: &Actor, id: ProcessId, seen: &ProcessMove) -> AppResult<Process> {
    let process = held(tx, actor, id, Move::Withdraw, seen.version).await?;
    let changes = ProcessChanges {
        approved_by: Some(None),
        approved_at: Some(None),
        approved_sha256: Some(None),
        ..ProcessChanges::default()
    };
    moves::advance(tx, actor, &process, Move::Withdraw, None, changes).await
}

/// Lets a failed or rejected process wait for its invoice again.
///
/// # Errors
/// `not_found`, `illegal_transition`, `version_conflict`.
pub async fn reopen(tx: &mut Tx, actor: &Actor, id: ProcessId, seen: &ProcessMove) -> AppResult<Process> {
    let process = held(tx, actor, id, Move::Reopen, seen.version).await?;
    moves::reopen(tx, actor, &process, None).await
}

/// Writes down that SAT has the document of a failed sending, as a person found it there.
///
/// # Errors
/// `not_found`, `illegal_transition`, also when no sending of this document failed; `version_conflict`.
pub async fn confirm(tx: &mut Tx, actor: &Actor, id: ProcessId, seen: &ProcessConfirm) -> AppResult<Process> {
    let by = Move::ConfirmSend;
    let process = held(tx, actor, id, by, seen.version).await?;
    let allowed = moves::allowed(&process);
    if !allowed.contains(&by) {
        let message = "no sending of this document failed; send it to SAT";
        return Err(AppError::new(ErrorCode::IllegalTransition, message)
            .with_details(json!({ "from": process.status, "move": by, "allowed": allowed })));
    }
    let changes = ProcessChanges {
        data_envio_sat: Some(Some(tx.now())),
        sat_protocol: Some(Some(seen.protocol.trim().to_owned())),
        error_cause: Some(None),
        error_step: Some(None),
        error_action: Some(None),
        ..ProcessChanges::default()
    };
    let note = seen.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let reason = note.map(Reason::quoted);
    moves::advance(tx, actor, &process, by, reason.as_ref(), changes).await
}

/// Sets the invoice's value and due date.
///
/// # Errors
/// `not_found`; `illegal_transition` when it is being sent to SAT, or was; `version_conflict`.
pub async fn set_facts(tx: &mut Tx, actor: &Actor, id: ProcessId, update: &ProcessUpdate) -> AppResult<()> {
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
