//! Opening a month, and which months there are.

use diesel::prelude::*;
use esteira_shared::{
    dto::processes::MonthOpened,
    error::{FieldCode, FieldError},
    event::Topic,
    ids::{AccountId, ClientId, OperatorId, OrganizationId, ProcessId, ProcessMoveId},
    instant::Instant,
    month::Month,
    status::ProcessStatus,
    transition::Move,
};
use serde::Serialize;
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

/// An account that each month has a process for.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct MonthlyAccount {
    pub(super) id: AccountId,
    pub(super) client_id: ClientId,
    pub(super) operator_id: OperatorId,
}

/// Makes the month's process for every active account of an active client with an active operator. Running it again
/// makes only what is missing.
///
/// # Errors
/// `validation` of a month that is too far ahead.
pub async fn open(tx: &mut Tx, actor: &Actor, month: Month) -> AppResult<MonthOpened> {
    let now = tx.now();
    let latest = latest(tx.conn(), actor.organization_id, now).await?;
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
    let accounts = accounts(tx.conn(), actor.organization_id).await?;
    let existing = existing(tx.conn(), actor.organization_id, month, None).await?;
    let opened = make(tx, actor, month, missing(&accounts, &existing)).await?;
    let result = MonthOpened {
        month,
        opened,
        existing: i64::try_from(accounts.len()).unwrap_or(i64::MAX) - opened,
    };
    if opened > 0 {
        record(tx, actor, month, &result).await?;
    }
    Ok(result)
}

/// The last month that can be opened at an instant.
pub(super) async fn latest(conn: &mut DbConn, organization: OrganizationId, now: Instant) -> QueryResult<Month> {
    let zone = Organization::find(conn, organization).await?.zone();
    Ok(Month::of(now.with_timezone(&zone).date_naive()).plus(AHEAD))
}

/// The accounts that a month has processes for. Newest first is the list's order and ids grow in the order of making:
/// made in reverse, the list reads A to Z.
pub(super) async fn accounts(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<MonthlyAccount>> {
    with_conn!(conn, |c| accounts::table
        .inner_join(clients::table)
        .inner_join(operators::table)
        .filter(
            accounts::organization_id
                .eq(organization)
                .and(accounts::active.eq(true))
        )
        .filter(clients::active.eq(true).and(operators::active.eq(true)))
        .order((clients::sort_name.desc(), operators::sort_name.desc()))
        .select((accounts::id, accounts::client_id, accounts::operator_id))
        .load(c)
        .await)
}

/// Whose process of a month there is, among all clients or some.
pub(super) async fn existing(
    conn: &mut DbConn,
    organization: OrganizationId,
    month: Month,
    among: Option<Vec<ClientId>>,
) -> QueryResult<HashSet<(ClientId, OperatorId)>> {
    let found: Vec<(ClientId, OperatorId)> = with_conn!(conn, |c| {
        let mut found = processes::table
            .filter(
                processes::organization_id
                    .eq(organization)
                    .and(processes::mes_ano.eq(month)),
            )
            .select((processes::client_id, processes::operator_id))
            .into_boxed();
        if let Some(clients) = among {
            found = found.filter(processes::client_id.eq_any(clients));
        }
        found.load(c).await
    })?;
    Ok(found.into_iter().collect())
}

/// Those of some accounts that have no process yet, in their order.
pub(super) fn missing(accounts: &[MonthlyAccount], existing: &HashSet<(ClientId, OperatorId)>) -> Vec<MonthlyAccount> {
    let missing = |account: &&MonthlyAccount| !existing.contains(&(account.client_id, account.operator_id));
    accounts.iter().filter(missing).copied().collect()
}

/// Makes the processes of some accounts, which have none yet, and says how many there are now.
pub(super) async fn make(tx: &mut Tx, actor: &Actor, month: Month, accounts: Vec<MonthlyAccount>) -> QueryResult<i64> {
    let opened = |account: MonthlyAccount| opened(tx, actor.organization_id, month, account);
    let rows: Vec<Process> = accounts.into_iter().map(opened).collect();
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
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// Writes the line of the audit trail, and tells open pages.
pub(super) async fn record(tx: &mut Tx, actor: &Actor, month: Month, after: &impl Serialize) -> AppResult<()> {
    let subject = Subject::new("month", None, month.to_string());
    audit::record(tx, actor, AuditAction::MonthOpen, subject, NOTHING, Some(after)).await?;
    tx.changed(actor.organization_id, Topic::Processes, None);
    Ok(())
}

fn opened(tx: &Tx, organization_id: OrganizationId, month: Month, account: MonthlyAccount) -> Process {
    let now = tx.now();
    Process {
        id: ProcessId(Uuid::now_v7()),
        organization_id,
        client_id: account.client_id,
        operator_id: account.operator_id,
        account_id: account.id,
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
