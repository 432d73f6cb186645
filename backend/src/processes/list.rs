//! The list of processes: keyset pages, each filter an index range.

mod merge;
mod selection;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Integer},
};
use esteira_shared::{
    dto::processes::{ProcessFilter, ProcessSort},
    error::{FieldCode, FieldError},
    ids::{OrganizationId, ProcessId},
    instant::Instant,
    page::{Page, TOTAL_CAP},
    status::ExecutionType,
};
use serde::{Deserialize, Serialize};

use self::merge::merged;
pub use self::selection::Selection;
use super::{
    matrix::Cell,
    model::{self, NamedProcess, Process},
};
use crate::{
    db::{
        DbConn, RunQueryDsl, paging,
        schema::processes,
        sql_types::{SqlUuid, SqlWord},
    },
    error::{AppError, AppResult},
    with_conn,
};

/// The rows of a selection as a boxed query for the connection's database.
macro_rules! rows {
    ($selection:expr, $status:expr) => {
        rows!($selection, $status, processes::table)
    };
    ($selection:expr, $status:expr, $table:expr) => {{
        let selection: &Selection = $selection;
        let filter = &selection.filter;
        let mut rows = $table
            .filter(processes::organization_id.eq(selection.organization))
            .into_boxed();
        if let Some(month) = filter.month {
            rows = match selection.month_alone() {
                // Not an equality, see `month_alone`.
                Some(month) => rows.filter(processes::mes_ano.ge(month).and(processes::mes_ano.le(month))),
                None => rows.filter(processes::mes_ano.eq(month)),
            };
        }
        if let Some(operator) = filter.operator_id {
            rows = rows.filter(processes::operator_id.eq(operator));
        }
        if let Some(client) = filter.client_id {
            rows = rows.filter(processes::client_id.eq(client));
        }
        if let Some(status) = $status {
            rows = rows.filter(processes::status.eq(status));
        }
        if filter.late {
            // Literal, because the index of late processes is partial.
            rows = rows
                .filter(sql::<Bool>("processes.status <> 'UPLOAD_REALIZADO'"))
                .filter(processes::status_since.lt(selection.late_before));
        }
        if let Some(clients) = &selection.clients {
            rows = rows.filter(processes::client_id.eq_any(clients.clone()));
        }
        if let Some(ids) = &selection.ids {
            rows = rows.filter(processes::id.eq_any(ids.clone()));
        }
        if let Some(before) = selection.settled_before {
            rows = rows.filter(processes::status_since.le(before));
        }
        if let Some(operators) = &selection.idle {
            rows = rows
                .filter(processes::operator_id.eq_any(operators.clone()))
                // Literal, because the index of active runs is partial.
                .filter(sql::<Bool>(
                    "NOT EXISTS (SELECT 1 FROM executions AS active_runs WHERE active_runs.process_id = processes.id \
                     AND active_runs.status IN ('PENDENTE', 'EXECUTANDO'))",
                ));
        }
        if let Some(tipo) = selection.certain {
            if tipo == ExecutionType::UploadSat {
                // Within a text of the reason the quotation marks would be escaped.
                rows = rows.filter(sql::<Bool>(
                    "(processes.error_cause IS NULL \
                     OR processes.error_cause NOT LIKE '{%\"code\":\"sat_not_understood\"%}')",
                ));
            }
            rows = rows.filter(
                sql::<Bool>(
                    "NOT EXISTS (SELECT 1 FROM executions AS unknown_runs \
                     WHERE unknown_runs.process_id = processes.id AND unknown_runs.outcome_unknown \
                     AND unknown_runs.tipo = ",
                )
                .bind::<SqlWord, _>(tipo)
                .sql(
                    " AND NOT EXISTS (SELECT 1 FROM executions AS newer_runs \
                     WHERE newer_runs.process_id = unknown_runs.process_id \
                     AND newer_runs.tipo = unknown_runs.tipo AND newer_runs.id > unknown_runs.id))",
                ),
            );
        }
        rows
    }};
}

/// `(mes_ano, id) < (…, …)`: one bound of the index of months.
macro_rules! beyond {
    ($operator:literal, $month:expr, $id:expr) => {
        sql::<Bool>(concat!("(processes.mes_ano, processes.id) ", $operator, " ("))
            .bind::<SqlWord, _>($month)
            .sql(", ")
            .bind::<SqlUuid, _>($id)
            .sql(")")
    };
}

/// The order, and the last row of the page before.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ProcessCursor {
    sort: ProcessSort,
    since: Instant,
    id: ProcessId,
}

impl ProcessCursor {
    pub fn of(sort: ProcessSort, row: &Process) -> Self {
        Self {
            sort,
            since: row.status_since,
            id: row.id,
        }
    }
}

/// Late ones are read by the time in their status; everything else as asked, newest first by default.
pub fn order(asked: Option<ProcessSort>, late: bool) -> ProcessSort {
    match (asked, late) {
        (None | Some(ProcessSort::Newest | ProcessSort::Oldest), true) => ProcessSort::LongestWaiting,
        (Some(sort), _) => sort,
        (None, false) => ProcessSort::Newest,
    }
}

/// One page; the total only with the first.
pub async fn page(
    conn: &mut DbConn,
    selection: &Selection,
    asked: Option<ProcessSort>,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> AppResult<Page<NamedProcess>> {
    let limit = paging::limit(limit)?;
    let sort = order(asked, selection.filter.late);
    let after: Option<ProcessCursor> = paging::cursor(cursor)?;
    if after.is_some_and(|after| after.sort != sort) {
        let message = "belongs to another order; ask for the first page without a cursor";
        return Err(AppError::validation(vec![FieldError::new(
            "cursor",
            FieldCode::Invalid,
            message,
        )]));
    }
    let rows = read(conn, selection, sort, after, limit + 1).await?;
    let mut page = paging::cut(rows, limit, |row| ProcessCursor::of(sort, &row.process));
    if after.is_none() {
        page.total = Some(paging::total(count(conn, selection, TOTAL_CAP + 1).await?));
    }
    Ok(page)
}

/// The rows of a query in an order, after a place.
macro_rules! ordered {
    ($rows:expr, $sort:expr, $month_alone:expr, $after:expr) => {{
        let rows = match $sort {
            ProcessSort::Newest if $month_alone.is_some() => {
                $rows.order((processes::mes_ano.desc(), processes::id.desc()))
            }
            ProcessSort::Oldest if $month_alone.is_some() => {
                $rows.order((processes::mes_ano.asc(), processes::id.asc()))
            }
            ProcessSort::Newest => $rows.order(processes::id.desc()),
            ProcessSort::Oldest => $rows.order(processes::id.asc()),
            ProcessSort::LongestWaiting => $rows.order((processes::status_since.asc(), processes::id.asc())),
            ProcessSort::ShortestWaiting => $rows.order((processes::status_since.desc(), processes::id.desc())),
        };
        match $after {
            None => rows,
            Some(ProcessCursor { since, id, .. }) => match ($sort, $month_alone) {
                (ProcessSort::Newest, Some(month)) => rows.filter(beyond!("<", month, id)),
                (ProcessSort::Oldest, Some(month)) => rows.filter(beyond!(">", month, id)),
                (ProcessSort::Newest, None) => rows.filter(processes::id.lt(id)),
                (ProcessSort::Oldest, None) => rows.filter(processes::id.gt(id)),
                // Written as a bound and an exception, so that the bound is an index range.
                (ProcessSort::LongestWaiting, _) => rows
                    .filter(processes::status_since.ge(since))
                    .filter(processes::status_since.gt(since).or(processes::id.gt(id))),
                (ProcessSort::ShortestWaiting, _) => rows
                    .filter(processes::status_since.le(since))
                    .filter(processes::status_since.lt(since).or(processes::id.lt(id))),
            },
        }
    }};
}

/// Up to `limit` rows in order, after a place, with the names beside them.
pub async fn read(
    conn: &mut DbConn,
    selection: &Selection,
    sort: ProcessSort,
    after: Option<ProcessCursor>,
    limit: i64,
) -> QueryResult<Vec<NamedProcess>> {
    let mut found: Vec<NamedProcess> = Vec::new();
    let month_alone = selection.month_alone();
    for status in selection.ranges() {
        let rows: Vec<NamedProcess> = with_conn!(conn, |c| {
            let rows = rows!(selection, status, model::with_names()).select(NamedProcess::as_select());
            ordered!(rows.limit(limit), sort, month_alone, after).load(c).await
        })?;
        found.extend(rows);
    }
    Ok(merged(found, sort, limit, |row| {
        (row.process.status_since, row.process.id)
    }))
}

/// What the matrix shows of processes, up to `limit` of them in order.
pub(super) async fn cells(
    conn: &mut DbConn,
    selection: &Selection,
    sort: ProcessSort,
    limit: i64,
) -> QueryResult<Vec<Cell>> {
    let mut found: Vec<Cell> = Vec::new();
    let month_alone = selection.month_alone();
    for status in selection.ranges() {
        let rows: Vec<Cell> = with_conn!(conn, |c| {
            let rows = rows!(selection, status).select(Cell::as_select());
            ordered!(rows.limit(limit), sort, month_alone, None::<ProcessCursor>)
                .load(c)
                .await
        })?;
        found.extend(rows);
    }
    Ok(merged(found, sort, limit, |cell| (cell.status_since, cell.id)))
}

/// Counts matches, at most `cap` of them.
pub async fn count(conn: &mut DbConn, selection: &Selection, cap: i64) -> QueryResult<i64> {
    let mut total = 0;
    for status in selection.ranges() {
        let found: i64 = with_conn!(conn, |c| {
            let rows = rows!(selection, status)
                .select(1.into_sql::<Integer>())
                .limit(cap - total);
            paging::count_of(rows).get_result(c).await
        })?;
        total += found;
        if total >= cap {
            break;
        }
    }
    Ok(total)
}

/// Counts every match, however many.
pub async fn count_all(conn: &mut DbConn, selection: &Selection) -> QueryResult<i64> {
    let mut total = 0;
    for status in selection.ranges() {
        let found: i64 = with_conn!(conn, |c| rows!(selection, status)
            .select(diesel::dsl::count_star())
            .first(c)
            .await)?;
        total += found;
    }
    Ok(total)
}

/// Everything that matches, with names: for commands, which need more than a page.
pub async fn all(
    app: &crate::app::App,
    organization: OrganizationId,
    filter: ProcessFilter,
    sort: ProcessSort,
) -> AppResult<Vec<esteira_shared::dto::processes::ProcessDto>> {
    let mut conn = app.db.read_long().await?;
    let settings = crate::administration::organization::Organization::find(&mut conn, organization).await?;
    let selection = Selection::new(&mut conn, organization, filter, settings.late_before(app.clock.now())).await?;
    let rows = read(&mut conn, &selection, sort, None, i64::from(i32::MAX)).await?;
    rows.into_iter().map(NamedProcess::dto).collect()
}
