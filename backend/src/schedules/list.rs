//! The list of schedules, by name.

use diesel::{prelude::*, sql_types::Integer};
use esteira_shared::{
    dto::schedules::{ScheduleDto, ScheduleQuery, ScheduleState},
    ids::{OrganizationId, ScheduleId},
    page::{Page, TOTAL_CAP},
    status::ScheduleKind,
};

use super::view;
use crate::{
    db::{DbConn, RunQueryDsl, paging, schema::schedules},
    error::AppResult,
    fold::fold,
    scheduler::ScheduleRow,
    with_conn,
};

/// What matches, as a boxed query for the connection's database.
macro_rules! rows {
    ($organization:expr, $query:expr) => {{
        let query: &ScheduleQuery = $query;
        let mut rows = schedules::table
            .filter(schedules::organization_id.eq($organization))
            .into_boxed();
        if let Some(part) = query.q.as_deref().and_then(part) {
            rows = rows.filter(schedules::sort_name.like(part));
        }
        if !query.kind.is_empty() {
            rows = rows.filter(schedules::kind.eq_any(query.kind.0.clone()));
        }
        match query.state {
            Some(ScheduleState::Active) => {
                rows = rows.filter(schedules::active.eq(true).and(schedules::paused_at.is_null()));
            }
            Some(ScheduleState::Paused) => {
                rows = rows.filter(schedules::active.eq(true).and(schedules::paused_at.is_not_null()));
            }
            Some(ScheduleState::Disabled) => rows = rows.filter(schedules::active.eq(false)),
            None => {}
        }
        match query.failing {
            Some(true) => rows = rows.filter(schedules::failures_in_row.gt(0)),
            Some(false) => rows = rows.filter(schedules::failures_in_row.eq(0)),
            None => {}
        }
        rows
    }};
}

/// A pattern for a part of a name; wildcards in it are left out.
fn part(text: &str) -> Option<String> {
    let part = fold(text).replace(['%', '_', '\\'], "");
    (!part.is_empty()).then(|| format!("%{part}%"))
}

/// One page; the total only with the first.
///
/// # Errors
/// `validation`.
pub(super) async fn page(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &ScheduleQuery,
) -> AppResult<Page<ScheduleDto>> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(String, ScheduleId)> = paging::cursor(query.cursor.as_deref())?;
    let first = after.is_none();
    let found: Vec<ScheduleRow> = with_conn!(conn, |c| {
        let mut found = rows!(organization, query)
            .select(ScheduleRow::as_select())
            .order((schedules::sort_name, schedules::id))
            .limit(limit + 1);
        if let Some((name, id)) = after {
            found = found.filter(
                schedules::sort_name
                    .gt(name.clone())
                    .or(schedules::sort_name.eq(name).and(schedules::id.gt(id))),
            );
        }
        found.load(c).await
    })?;
    let total = if first {
        let counted: i64 = with_conn!(conn, |c| {
            let rows = rows!(organization, query)
                .select(1.into_sql::<Integer>())
                .limit(TOTAL_CAP + 1);
            paging::count_of(rows).get_result(c).await
        })?;
        Some(paging::total(counted))
    } else {
        None
    };
    let page = paging::cut(found, limit, |row| (row.sort_name.clone(), row.id));
    Ok(Page {
        items: view::dtos(conn, organization, page.items).await?,
        next_cursor: page.next_cursor,
        total,
    })
}

/// Every one that matches, at most `limit`, in the order in which all lock them.
pub(super) async fn ids(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &ScheduleQuery,
    limit: i64,
) -> QueryResult<Vec<ScheduleId>> {
    with_conn!(conn, |c| rows!(organization, query)
        .select(schedules::id)
        .order(schedules::id)
        .limit(limit)
        .load(c)
        .await)
}

/// Every schedule, by name.
pub(super) async fn all(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Vec<ScheduleRow>> {
    with_conn!(conn, |c| schedules::table
        .filter(schedules::organization_id.eq(organization))
        .order((schedules::sort_name, schedules::id))
        .select(ScheduleRow::as_select())
        .load(c)
        .await)
}

/// Schedules with these words in their names: id, name and kind of each.
///
/// # Errors
/// When the database does not answer.
pub async fn named(
    conn: &mut DbConn,
    organization: OrganizationId,
    words: &str,
    limit: i64,
) -> QueryResult<Vec<(ScheduleId, String, ScheduleKind)>> {
    let query = ScheduleQuery {
        q: Some(words.to_owned()),
        ..ScheduleQuery::default()
    };
    with_conn!(conn, |c| rows!(organization, &query)
        .select((schedules::id, schedules::name, schedules::kind))
        .order((schedules::sort_name, schedules::id))
        .limit(limit)
        .load(c)
        .await)
}
