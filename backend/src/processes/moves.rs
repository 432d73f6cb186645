//! Moving a process along its status flow: the table decides, the version guards, the history remembers.

use diesel::prelude::*;
use esteira_shared::{
    dto::processes::{ProcessDto, ProcessMoveDto},
    error::ErrorCode,
    event::Topic,
    ids::{OrganizationId, ProcessId, ProcessMoveId, UserId},
    instant::Instant,
    reason::{Reason, ReasonDto},
    status::ProcessStatus,
    transition::{self, Move},
    webhook::WebhookEvent,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::model::{Names, Process, ProcessChanges};
use crate::{
    auth::{
        Actor,
        audit::{self, Subject},
    },
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{process_moves, processes},
    },
    error::{AppError, AppResult},
    language::{self, told},
    webhooks, with_conn,
};

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = process_moves)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewMove {
    pub id: ProcessMoveId,
    pub organization_id: OrganizationId,
    pub process_id: ProcessId,
    pub at: Instant,
    pub actor: String,
    pub actor_user_id: Option<UserId>,
    pub by_move: Move,
    pub from_status: Option<ProcessStatus>,
    pub to_status: ProcessStatus,
    pub reason: Option<Reason>,
}

/// Where the move leads.
///
/// # Errors
/// `illegal_transition`, naming the legal moves.
pub fn destination(from: ProcessStatus, by: Move) -> AppResult<ProcessStatus> {
    transition::next(from, by).ok_or_else(|| {
        AppError::new(
            ErrorCode::IllegalTransition,
            format!("{by} is not possible from {from}"),
        )
        .with_details(json!({ "from": from, "move": by, "allowed": transition::allowed(from) }))
    })
}

/// The moves that are legal for a process as it stands. That SAT has its document can be confirmed only after a sending
/// of it failed.
#[must_use]
pub fn allowed(process: &Process) -> Vec<Move> {
    let mut allowed = transition::allowed(process.status);
    if process.error_cause.is_none() {
        allowed.retain(|by| *by != Move::ConfirmSend);
    }
    allowed
}

/// Moves a process that was read in this transaction, and records who did it and why.
///
/// # Errors
/// `illegal_transition`; `version_conflict` when somebody else was faster.
pub async fn advance(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    by: Move,
    reason: Option<&Reason>,
    changes: ProcessChanges,
) -> AppResult<Process> {
    let names = Names::of(tx.conn(), process).await?;
    advance_named(tx, actor, process, &names, by, reason, changes).await
}

/// As [`advance`], when the names were read in this transaction.
///
/// # Errors
/// As [`advance`].
pub async fn advance_named(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    names: &Names,
    by: Move,
    reason: Option<&Reason>,
    changes: ProcessChanges,
) -> AppResult<Process> {
    let to = destination(process.status, by)?;
    let now = tx.now();
    let after: Option<Process> = with_conn!(tx.conn(), |c| diesel::update(
        processes::table.filter(processes::id.eq(process.id).and(processes::version.eq(process.version)))
    )
    .set((
        &changes,
        processes::status.eq(to),
        processes::status_since.eq(now),
        processes::updated_at.eq(now),
        processes::version.eq(processes::version + 1),
    ))
    .returning(Process::as_returning())
    .get_result(c)
    .await
    .optional())?;
    let after = after.ok_or_else(AppError::version_conflict)?;
    let row = NewMove {
        id: ProcessMoveId(Uuid::now_v7()),
        organization_id: process.organization_id,
        process_id: process.id,
        at: now,
        actor: actor.name.clone(),
        actor_user_id: actor.user_id,
        by_move: by,
        from_status: Some(process.status),
        to_status: to,
        reason: reason.cloned(),
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(process_moves::table)
        .values(&row)
        .execute(c)
        .await)?;
    let subject = Subject::new("process", process.id.0, names.title(process));
    let before_state = json!({
        "status": process.status, "fatura_sha256": process.fatura_sha256, "sat_protocol": process.sat_protocol,
    });
    let (reason, reason_coded) = language::kept(|| reason.map(told).unzip());
    let after_state = json!({
        "status": to, "fatura_sha256": after.fatura_sha256, "sat_protocol": after.sat_protocol, "reason": reason,
        "reason_coded": reason_coded,
    });
    audit::record(tx, actor, by.into(), subject, Some(&before_state), Some(&after_state)).await?;
    if let Some(event) = WebhookEvent::of_status(to) {
        let told = MoveMessage {
            process: language::kept(|| names.clone().dto(after.clone()))?,
            from: process.status,
            by: &actor.name,
            reason,
            reason_coded,
        };
        webhooks::emit(tx, process.organization_id, event, &told).await?;
    }
    tx.changed(process.organization_id, Topic::Processes, process.id.0);
    Ok(after)
}

/// Back to waiting for its invoice. Facts of the last invoice are removed.
///
/// # Errors
/// As [`advance`].
pub async fn reopen(tx: &mut Tx, actor: &Actor, process: &Process, reason: Option<&Reason>) -> AppResult<Process> {
    let names = Names::of(tx.conn(), process).await?;
    reopen_named(tx, actor, process, &names, reason).await
}

/// As [`reopen`], when the names were read in this transaction.
///
/// # Errors
/// As [`advance`].
pub async fn reopen_named(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    names: &Names,
    reason: Option<&Reason>,
) -> AppResult<Process> {
    let changes = ProcessChanges {
        url_fatura: Some(None),
        fatura_s3_key: Some(None),
        fatura_filename: Some(None),
        fatura_sha256: Some(None),
        data_upload_manual: Some(None),
        data_download: Some(None),
        valor_fatura: Some(None),
        data_vencimento: Some(None),
        rejection_reason: Some(None),
        error_cause: Some(None),
        error_step: Some(None),
        error_action: Some(None),
        ..ProcessChanges::default()
    };
    advance_named(tx, actor, process, names, Move::Reopen, reason, changes).await
}

/// To `ENVIANDO_SAT`, without the last failure. The caller queues the job or the robot in the same transaction.
///
/// # Errors
/// As [`advance`]; `sat_unclear` when SAT's last answer was not understood, unless a person sends it all the same.
pub async fn begin_sending(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    names: &Names,
    despite_doubt: bool,
) -> AppResult<Process> {
    // The table's word comes first: an illegal move is one whatever SAT said.
    destination(process.status, sending_move(process.status))?;
    if !despite_doubt && matches!(process.error_cause, Some(Reason::SatNotUnderstood { .. })) {
        let message = "SAT's last answer was not understood, so it may have the document; look there first";
        return Err(AppError::new(ErrorCode::SatUnclear, message));
    }
    let changes = ProcessChanges {
        error_cause: Some(None),
        error_step: Some(None),
        error_action: Some(None),
        ..ProcessChanges::default()
    };
    let by = sending_move(process.status);
    advance_named(tx, actor, process, names, by, None, changes).await
}

/// The move that starts sending; after a failure it has another name.
#[must_use]
pub fn sending_move(status: ProcessStatus) -> Move {
    if status == ProcessStatus::ErroEnvioSat {
        Move::RetrySend
    } else {
        Move::StartSend
    }
}

/// What other systems are told of a move.
#[derive(Serialize)]
struct MoveMessage<'a> {
    process: ProcessDto,
    from: ProcessStatus,
    by: &'a str,
    reason: Option<String>,
    reason_coded: Option<ReasonDto>,
}

type Row = (
    ProcessMoveId,
    Instant,
    String,
    Move,
    Option<ProcessStatus>,
    ProcessStatus,
    Option<Reason>,
);

/// Every move of a process, newest first.
pub async fn history(conn: &mut DbConn, process: ProcessId) -> QueryResult<Vec<ProcessMoveDto>> {
    let rows: Vec<Row> = with_conn!(conn, |c| process_moves::table
        .filter(process_moves::process_id.eq(process))
        .order(process_moves::id.desc())
        .limit(500)
        .select((
            process_moves::id,
            process_moves::at,
            process_moves::actor,
            process_moves::by_move,
            process_moves::from_status,
            process_moves::to_status,
            process_moves::reason,
        ))
        .load(c)
        .await)?;
    let dto = |(id, at, actor, by, from, to, reason): Row| {
        let (reason, reason_coded) = reason.as_ref().map(told).unzip();
        ProcessMoveDto {
            id,
            at,
            actor,
            by,
            from,
            to,
            reason,
            reason_coded,
        }
    };
    Ok(rows.into_iter().map(dto).collect())
}
