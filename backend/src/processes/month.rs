//! Opening a month, and which months there are.

use diesel::prelude::*;
use esteira_shared::{
    dto::processes::MonthOpened,
    error::{FieldCode, FieldError},
    event::Topic,
    ids::{AccountId, ClientId, OperatorId, OrganizationId, ProcessId, ProcessMoveId},
    month::Month,
    status::ProcessStatus,
    transition::Move,
};
use std::collections::HashSet;
use uuid::Uuid;

use super::{model::Process, moves::NewMove};
use crate::{
    administration::organization::{self, Organization},
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{accounts, clients, operators, process_moves, processes},
    },
    error::{AppError, AppResult},
    with_conn,
};

/// Rows written with one statement.
const CHUNK: usize = 500;
/// Months listed, newest first.
const MONTHS: usize = 60;
/// Months that may be opened before they begin. A typing error would otherwise be on everybody's first page.
const AHEAD: i32 = 2;

type AccountRow = (AccountId, ClientId, OperatorId);

/// Makes the month's process for every active account of an active client with an active operator. Running it again
/// makes only what is missing.
///
/// # Errors
/// `validation` of a month that is too far ahead.
pub async fn open(tx: &mut Tx, actor: &Actor, month: Month) -> AppResult<MonthOpened> {
    let zone = Organization::find(tx.conn(), actor.organization_id).await?.zone();
    let latest = Month::of(tx.now().with_timezone(&zone).date_naive()).plus(AHEAD);
    if month > latest {
        let message = format!("{latest} is the last month that can be opened now");
        return Err(AppError::validation(vec![FieldError::new(
            "month",
            FieldCode::OutOfRange,
            message,
        )]));
    }
    // Two people who open the same month do so one after the other, and the second finds nothing to do.
    organization::take_turns(tx, actor.organization_id).await?;
    // Newest first is the list's order and ids grow in the order of making: made in reverse, the list reads A to Z.
    let accounts: Vec<AccountRow> = with_conn!(tx.conn(), |c| accounts::table
        .inner_join(clients::table)
        .inner_join(operators::table)
        .filter(
            accounts::organization_id
                .eq(actor.organization_id)
                .and(accounts::active.eq(true))
        )
        .filter(clients::active.eq(true).and(operators::active.eq(true)))
        .order((clients::sort_name.desc(), operators::sort_name.desc()))
        .select((accounts::id, accounts::client_id, accounts::operator_id))
        .load(c)
        .await)?;
    let existing: Vec<(ClientId, OperatorId)> = with_conn!(tx.conn(), |c| processes::table
        .filter(
            processes::organization_id
                .eq(actor.organization_id)
                .and(processes::mes_ano.eq(month))
        )
        .select((processes::client_id, processes::operator_id))
        .load(c)
        .await)?;
    let existing: HashSet<_> = existing.into_iter().collect();
    let wanted = accounts.len();
    let missing = accounts
        .into_iter()
        .filter(|(_, client, operator)| !existing.contains(&(*client, *operator)));
    let rows: Vec<Process> = missing
        .map(|account| opened(tx, actor.organization_id, month, account))
        .collect();
    for chunk in rows.chunks(CHUNK) {
        with_conn!(tx.conn(), |c| diesel::insert_into(processes::table)
            .values(chunk)
            .execute(c)
            .await)?;
        let moves: Vec<NewMove> = chunk.iter().map(|process| opening(actor, process)).collect();
        with_conn!(tx.conn(), |c| diesel::insert_into(process_moves::table)
            .values(&moves)
            .execute(c)
            .await)?;
    }
    let opened = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let result = MonthOpened {
        month,
        opened,
        existing: i64::try_from(wanted).unwrap_or(i64::MAX) - opened,
    };
    if opened > 0 {
        audit::record(
            tx,
            actor,
            AuditAction::MonthOpen,
            Subject::new("month", None, month.to_string()),
            NOTHING,
            Some(&result),
        )
        .await?;
        tx.changed(actor.organization_id, Topic::Processes, None);
    }
    Ok(result)
}

fn opened(tx: &Tx, organization_id: OrganizationId, month: Month, (account, client, operator): AccountRow) -> Process {
    let now = tx.now();
    Process {
        id: ProcessId(Uuid::now_v7()),
        organization_id,
        client_id: client,
        operator_id: operator,
        account_id: account,
        mes_ano: month,
        status: ProcessStatus::AguardandoDownload,
        status_since: now,
        url_fatura: None,
        fatura_s3_key: None,
        fatura_filename: None,
        fatura_sha256: None,
        data_upload_manual: None,
        data_download: None,
        valor_fatura: None,
        data_vencimento: None,
        data_envio_sat: None,
        sat_protocol: None,
        approved_by: None,
        approved_at: None,
        approved_sha256: None,
        sat_sent_sha256: None,
        rejection_reason: None,
        error_cause: None,
        error_step: None,
        error_action: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

fn opening(actor: &Actor, process: &Process) -> NewMove {
    NewMove {
        id: ProcessMoveId(Uuid::now_v7()),
        organization_id: process.organization_id,
        process_id: process.id,
        at: process.created_at,
        actor: actor.name.clone(),
        actor_user_id: actor.user_id,
        by_move: Move::Open,
        from_status: None,
        to_status: process.status,
        reason: None,
    }
}

/// The newest opened month.
pub(super) async fn newest(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Option<Month>> {
    with_conn!(conn, |c| processes::table
        .filter(processes::organization_id.eq(organization))
        .order(processes::mes_ano.desc())
        .select(processes::mes_ano)
        .first(c)
        .await
        .optional())
}

/// Months that were opened, newest first. Each is one step in the index, however many processes it has.
pub(super) async fn list(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<Month>> {
    let mut months: Vec<Month> = Vec::new();
    while months.len() < MONTHS {
        let before = months.last().copied();
        let next: Option<Month> = with_conn!(conn, |c| {
            let mut found = processes::table
                .filter(processes::organization_id.eq(organization))
                .order(processes::mes_ano.desc())
                .select(processes::mes_ano)
                .into_boxed();
            if let Some(before) = before {
                found = found.filter(processes::mes_ano.lt(before));
            }
            found.first(c).await.optional()
        })?;
        match next {
            Some(month) => months.push(month),
            None => break,
        }
    }
    Ok(months)
}
