//! The month as a matrix of clients and operators.

use std::collections::BTreeMap;

use diesel::prelude::*;
use esteira_shared::{
    dto::processes::{MatrixCell, MatrixOperator, MatrixQuery, MatrixRow, MonthMatrixDto, ProcessFilter, StatusCount},
    ids::{ClientId, OperatorId, OrganizationId, ProcessId},
    instant::Instant,
    money::Money,
    month::Month,
    reason::Reason,
    status::ProcessStatus,
};

use super::list::{self, Selection};
use crate::{
    db::{
        DbConn, RunQueryDsl,
        schema::{accounts, clients, operators, processes},
    },
    error::AppResult,
    language::told,
    operators::Operator,
    with_conn,
};

/// What a cell shows of its process.
#[derive(Queryable, Selectable)]
#[diesel(table_name = processes, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Cell {
    pub(super) id: ProcessId,
    client_id: ClientId,
    operator_id: OperatorId,
    status: ProcessStatus,
    pub(super) status_since: Instant,
    valor_fatura: Option<Money>,
    rejection_reason: Option<String>,
    error_cause: Option<Reason>,
}

/// Cells of one answer: 10,000 are a month of 2,000 clients with five operators. A narrower filter shows the rest.
const CELLS: i64 = 10_000;

pub(super) async fn month(
    conn: &mut DbConn,
    organization: OrganizationId,
    month: Month,
    query: MatrixQuery,
    late_before: Instant,
) -> AppResult<MonthMatrixDto> {
    let filter = ProcessFilter {
        month: Some(month),
        operator_id: query.operator_id,
        client_id: None,
        status: query.status,
        late: query.late,
        q: query.q,
    };
    let selection = Selection::new(conn, organization, filter, late_before).await?;
    let found = list::cells(conn, &selection, list::order(None, query.late), CELLS).await?;
    let late_filter = ProcessFilter {
        month: Some(month),
        late: true,
        ..ProcessFilter::default()
    };
    let late = Selection::new(conn, organization, late_filter, late_before).await?;
    let late = list::count_all(conn, &late).await?;
    let all_operators = Operator::all(conn, organization).await?;
    let shown = |operator: &&Operator| {
        query.operator_id.map_or(
            operator.active || found.iter().any(|row| row.operator_id == operator.id),
            |id| id == operator.id,
        )
    };
    let operators = all_operators
        .iter()
        .filter(shown)
        .map(|o| MatrixOperator {
            id: o.id,
            name: o.name.clone(),
        })
        .collect();
    Ok(MonthMatrixDto {
        month,
        counts: counts(conn, organization, month).await?,
        late,
        operators,
        truncated: i64::try_from(found.len()).unwrap_or(CELLS) >= CELLS,
        rows: rows(conn, organization, found, late_before).await?,
        unopened_accounts: unopened(conn, organization, month).await?,
    })
}

/// How many of a month's processes are in each status. Statuses without any are missing.
pub(super) async fn counts(
    conn: &mut DbConn,
    organization: OrganizationId,
    month: Month,
) -> QueryResult<Vec<StatusCount>> {
    let rows: Vec<(ProcessStatus, i64)> = with_conn!(conn, |c| processes::table
        .filter(
            processes::organization_id
                .eq(organization)
                .and(processes::mes_ano.eq(month))
        )
        .group_by(processes::status)
        .select((processes::status, diesel::dsl::count_star()))
        .load(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|(status, count)| StatusCount { status, count })
        .collect())
}

async fn rows(
    conn: &mut DbConn,
    organization: OrganizationId,
    found: Vec<Cell>,
    late_before: Instant,
) -> QueryResult<Vec<MatrixRow>> {
    let mut ids: Vec<ClientId> = found.iter().map(|process| process.client_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let names: Vec<(ClientId, String, String)> = with_conn!(conn, |c| clients::table
        .filter(clients::organization_id.eq(organization).and(clients::id.eq_any(ids)))
        .select((clients::id, clients::sort_name, clients::razao_social))
        .load(c)
        .await)?;
    let names: std::collections::HashMap<_, _> = names.into_iter().map(|(id, sort, name)| (id, (sort, name))).collect();
    let mut rows: BTreeMap<(String, ClientId), MatrixRow> = BTreeMap::new();
    for process in found {
        let (sort, name) = names.get(&process.client_id).cloned().unwrap_or_default();
        let late = process.status != ProcessStatus::UploadRealizado && process.status_since < late_before;
        let row = rows.entry((sort, process.client_id)).or_insert_with(|| MatrixRow {
            client_id: process.client_id,
            client_name: name,
            cells: Vec::new(),
        });
        let cause = process.error_cause.or(process.rejection_reason.map(Reason::quoted));
        let (cause, cause_coded) = cause.as_ref().map(told).unzip();
        row.cells.push(MatrixCell {
            process_id: process.id,
            operator_id: process.operator_id,
            status: process.status,
            status_since: process.status_since,
            valor_fatura: process.valor_fatura,
            late,
            cause,
            cause_coded,
        });
    }
    Ok(rows.into_values().collect())
}

/// Active accounts of active clients without a process in the month.
pub(super) async fn unopened(conn: &mut DbConn, organization: OrganizationId, month: Month) -> QueryResult<i64> {
    let this_month = processes::table
        .filter(
            processes::organization_id
                .eq(organization)
                .and(processes::mes_ano.eq(month)),
        )
        .filter(
            processes::client_id
                .eq(accounts::client_id)
                .and(processes::operator_id.eq(accounts::operator_id)),
        );
    with_conn!(conn, |c| accounts::table
        .inner_join(clients::table)
        .inner_join(operators::table)
        .filter(
            accounts::organization_id
                .eq(organization)
                .and(accounts::active.eq(true))
        )
        .filter(clients::active.eq(true).and(operators::active.eq(true)))
        .filter(diesel::dsl::not(diesel::dsl::exists(this_month)))
        .select(diesel::dsl::count_star())
        .first(c)
        .await)
}
