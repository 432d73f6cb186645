//! The list of executions: keyset pages, each filter an index range.

use chrono::TimeDelta;
use diesel::{
    dsl::{count_star, exists, not, sql},
    prelude::*,
    sql_types::{Bool, Integer},
};
use esteira_shared::{
    dto::{
        executions::{ExecutionDto, ExecutionFilter, ExecutionQuery, ExecutionSort, ExecutionStatusList},
        home::RobotsNow,
    },
    error::{FieldCode, FieldError},
    ids::{ClientId, ExecutionId, OrganizationId},
    instant::Instant,
    page::{Page, TOTAL_CAP},
    status::{ExecutionStatus, ExecutionType},
};
use serde::{Deserialize, Serialize};

use super::{
    control,
    model::{self, Execution},
};
use crate::{
    clients::matching_clients,
    db::{
        DbConn, RunQueryDsl, paging,
        schema::{executions, processes},
    },
    error::{AppError, AppResult},
    with_conn,
};

/// Clients that the words may match.
const MATCHES: i64 = 5_000;

/// A filter with everything looked up that it needs.
#[derive(Debug, Clone)]
pub struct Selection {
    organization: OrganizationId,
    filter: ExecutionFilter,
    clients: Option<Vec<ClientId>>,
    /// Only these, for bulk actions on chosen rows.
    pub ids: Option<Vec<ExecutionId>>,
    /// Only those made up to this instant, for bulk actions.
    pub until: Option<Instant>,
    /// Only those that another run may follow.
    repeatable: bool,
}

impl Selection {
    pub async fn new(conn: &mut DbConn, organization: OrganizationId, filter: ExecutionFilter) -> QueryResult<Self> {
        let clients = match filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => Some(matching_clients(conn, organization, text, MATCHES).await?),
            None => None,
        };
        Ok(Self {
            organization,
            filter,
            clients,
            ids: None,
            until: None,
            repeatable: false,
        })
    }

    /// The same, for one of these statuses only.
    pub fn only(mut self, statuses: &[ExecutionStatus]) -> Self {
        let asked = std::mem::take(&mut self.filter.status.0);
        let kept = statuses
            .iter()
            .copied()
            .filter(|status| asked.is_empty() || asked.contains(status));
        self.filter.status.0 = kept.collect();
        if self.filter.status.is_empty() {
            self.ids = Some(Vec::new());
        }
        self
    }

    /// Those of them that may be run again: the newest of their process and kind, ended without success, with no other
    /// run for the process and a process that waits for one. One whose end nobody knows is for a person to decide about.
    pub fn repeatable(self) -> Self {
        Self {
            repeatable: true,
            ..self.only(&control::REPEATABLE)
        }
    }

    /// One index range reads one status: several are read one by one and merged.
    fn ranges(&self) -> Vec<Option<ExecutionStatus>> {
        match self.filter.status.0.as_slice() {
            [] => vec![None],
            all if all.len() == ExecutionStatus::ALL.len() => vec![None],
            some => some.iter().copied().map(Some).collect(),
        }
    }
}

/// The rows of a selection in one status, or in any, as a boxed query for the connection's database.
macro_rules! rows {
    ($selection:expr, $status:expr) => {{
        let selection: &Selection = $selection;
        let filter = &selection.filter;
        let mut rows = executions::table
            .filter(executions::organization_id.eq(selection.organization))
            .into_boxed();
        if let Some(status) = $status {
            rows = rows.filter(executions::status.eq(status));
        }
        if let Some(tipo) = filter.tipo {
            rows = rows.filter(executions::tipo.eq(tipo));
        }
        if let Some(operator) = filter.operator_id {
            rows = rows.filter(executions::operator_id.eq(operator));
        }
        if let Some(process) = filter.process_id {
            rows = rows.filter(executions::process_id.eq(process));
        }
        if let Some(month) = filter.month {
            rows = rows.filter(executions::mes_ano.eq(month));
        }
        if filter.unknown {
            // Written out, because the index is partial.
            rows = rows.filter(sql::<Bool>("outcome_unknown"));
        }
        if let Some(clients) = &selection.clients {
            rows = rows.filter(executions::client_id.eq_any(clients.clone()));
        }
        if let Some(ids) = &selection.ids {
            rows = rows.filter(executions::id.eq_any(ids.clone()));
        }
        if let Some(until) = selection.until {
            rows = rows.filter(executions::created_at.le(until));
        }
        if selection.repeatable {
            let newer = diesel::alias!(executions as newer_runs);
            let active = diesel::alias!(executions as active_runs);
            let [download, upload] = [ExecutionType::DownloadFatura, ExecutionType::UploadSat];
            let waits_for_download = processes::status.eq_any(control::awaited_from(download));
            let waits_for_upload = processes::status.eq_any(control::awaited_from(upload));
            rows = rows
                .filter(executions::outcome_unknown.eq(false))
                .filter(not(exists(
                    newer
                        .filter(newer.field(executions::process_id).eq(executions::process_id))
                        .filter(newer.field(executions::tipo).eq(executions::tipo))
                        .filter(newer.field(executions::id).gt(executions::id)),
                )))
                .filter(not(exists(
                    active
                        .filter(active.field(executions::process_id).eq(executions::process_id))
                        // Written out, because the index is partial.
                        .filter(sql::<Bool>("active_runs.status IN ('PENDENTE', 'EXECUTANDO')")),
                )))
                .filter(exists(
                    processes::table
                        .filter(processes::id.eq(executions::process_id))
                        .filter(
                            executions::tipo
                                .eq(download)
                                .and(waits_for_download)
                                .or(executions::tipo.eq(upload).and(waits_for_upload)),
                        ),
                ));
        }
        rows
    }};
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct ExecutionCursor {
    sort: ExecutionSort,
    id: ExecutionId,
}

/// One page; the total only with the first.
///
/// # Errors
/// `validation`.
pub async fn page(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &ExecutionQuery,
) -> AppResult<Page<ExecutionDto>> {
    let limit = paging::limit(query.limit)?;
    let sort = query.sort.unwrap_or(ExecutionSort::Newest);
    let after: Option<ExecutionCursor> = paging::cursor(query.cursor.as_deref())?;
    if after.is_some_and(|after| after.sort != sort) {
        let message = "belongs to another order; ask for the first page without a cursor";
        let error = FieldError::new("cursor", FieldCode::Invalid, message);
        return Err(AppError::validation(vec![error]));
    }
    let selection = Selection::new(conn, organization, query.filter()).await?;
    let rows = read(conn, &selection, sort, after.map(|after| after.id), limit + 1).await?;
    let page = paging::cut(rows, limit, |row| ExecutionCursor { sort, id: row.id });
    let total = match after {
        None => Some(paging::total(count(conn, &selection, TOTAL_CAP + 1).await?)),
        Some(_) => None,
    };
    Ok(Page {
        items: model::dtos(conn, page.items).await?,
        next_cursor: page.next_cursor,
        total,
    })
}

/// Up to `limit` rows in order, after one.
pub async fn read(
    conn: &mut DbConn,
    selection: &Selection,
    sort: ExecutionSort,
    after: Option<ExecutionId>,
    limit: i64,
) -> QueryResult<Vec<Execution>> {
    let mut merged: Vec<Execution> = Vec::new();
    let ranges = selection.ranges();
    for status in &ranges {
        let rows: Vec<Execution> = with_conn!(conn, |c| {
            let rows = rows!(selection, *status).select(Execution::as_select()).limit(limit);
            let rows = match sort {
                ExecutionSort::Newest => rows.order(executions::id.desc()),
                ExecutionSort::Oldest => rows.order(executions::id.asc()),
            };
            let rows = match (after, sort) {
                (None, _) => rows,
                (Some(id), ExecutionSort::Newest) => rows.filter(executions::id.lt(id)),
                (Some(id), ExecutionSort::Oldest) => rows.filter(executions::id.gt(id)),
            };
            rows.load(c).await
        })?;
        merged.extend(rows);
    }
    if ranges.len() > 1 {
        merged.sort_by(|a, b| match sort {
            ExecutionSort::Newest => b.id.cmp(&a.id),
            ExecutionSort::Oldest => a.id.cmp(&b.id),
        });
        merged.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(merged)
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
        let found: i64 = with_conn!(conn, |c| rows!(selection, status).select(count_star()).first(c).await)?;
        total += found;
    }
    Ok(total)
}

/// Robots shown on the first page.
const SHOWN: i64 = 8;
/// How far back the figures go.
const FIGURES: TimeDelta = TimeDelta::days(30);
/// Runs the median is taken of.
const MEDIAN_OF: i64 = 2_000;

/// Robots at work, and how they did lately.
///
/// # Errors
/// When the database does not answer.
pub async fn robots_now(conn: &mut DbConn, organization: OrganizationId, now: Instant) -> QueryResult<RobotsNow> {
    let of = |status| Selection {
        organization,
        filter: ExecutionFilter {
            status: ExecutionStatusList(vec![status]),
            ..ExecutionFilter::default()
        },
        clients: None,
        ids: None,
        until: None,
        repeatable: false,
    };
    let running = read(
        conn,
        &of(ExecutionStatus::Executando),
        ExecutionSort::Newest,
        None,
        SHOWN,
    )
    .await?;
    let mut unknown = of(ExecutionStatus::Falhou);
    unknown.filter.status = ExecutionStatusList::default();
    unknown.filter.unknown = true;
    let since = now - FIGURES;
    let ended: Vec<(ExecutionStatus, i64)> = with_conn!(conn, |c| executions::table
        .filter(executions::organization_id.eq(organization))
        .filter(executions::tipo.eq(ExecutionType::DownloadFatura))
        .filter(executions::data_finalizacao.ge(Some(since)))
        .group_by(executions::status)
        .select((executions::status, count_star()))
        .load(c)
        .await)?;
    let of_status = |status| {
        ended
            .iter()
            .find(|(one, _)| *one == status)
            .map_or(0, |(_, count)| *count)
    };
    let (well, badly) = (
        of_status(ExecutionStatus::Concluido),
        of_status(ExecutionStatus::Falhou),
    );
    let mut seconds: Vec<Option<i64>> = with_conn!(conn, |c| executions::table
        .filter(executions::organization_id.eq(organization))
        .filter(executions::tipo.eq(ExecutionType::DownloadFatura))
        .filter(executions::data_finalizacao.ge(Some(since)))
        .filter(executions::status.eq(ExecutionStatus::Concluido))
        .filter(sql::<Bool>("tempo_execucao_segundos IS NOT NULL"))
        .order(executions::data_finalizacao.desc())
        .limit(MEDIAN_OF)
        .select(executions::tempo_execucao_segundos)
        .load(c)
        .await)?;
    seconds.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a percentage of some thousands")]
    let success_percent = (well + badly > 0).then(|| well as f64 * 100.0 / (well + badly) as f64);
    Ok(RobotsNow {
        running: count(conn, &of(ExecutionStatus::Executando), TOTAL_CAP).await?,
        waiting: count(conn, &of(ExecutionStatus::Pendente), TOTAL_CAP).await?,
        unknown: count(conn, &unknown, TOTAL_CAP).await?,
        executions: model::dtos(conn, running).await?,
        success_percent,
        median_seconds: seconds.get(seconds.len() / 2).copied().flatten(),
    })
}
