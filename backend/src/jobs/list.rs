//! The list of jobs: keyset pages in every order, each filter an index range.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool, Integer, Nullable, Text},
};
use esteira_shared::{
    dto::jobs::{JobFilter, JobSort},
    error::{FieldCode, FieldError},
    ids::{JobId, OrganizationId},
    instant::Instant,
    page::{Page, TOTAL_CAP},
    status::JobStatus,
};
use serde::{Deserialize, Serialize};

use crate::{
    db::{
        DbConn, RunQueryDsl, paging,
        schema::{job_words, jobs},
        sql_types::{SqlInstant, SqlUuid, SqlWord},
    },
    engine::job::Job,
    error::{AppError, AppResult},
    fold::{after_prefix, words},
    with_conn,
};

/// Which jobs of an organisation.
#[derive(Debug, Clone)]
pub struct Selection {
    pub organization: OrganizationId,
    pub filter: JobFilter,
    /// Only these statuses, for bulk actions.
    pub statuses: Option<&'static [JobStatus]>,
    /// Only these, for bulk actions on chosen rows.
    pub ids: Option<Vec<JobId>>,
    /// Only jobs made up to this instant, for bulk actions.
    pub until: Option<Instant>,
    /// All but this one, which changes the others.
    pub except: Option<JobId>,
}

impl Selection {
    pub fn new(organization: OrganizationId, filter: JobFilter) -> Self {
        Self {
            organization,
            filter,
            statuses: None,
            ids: None,
            until: None,
            except: None,
        }
    }
}

/// The rows of a selection as a boxed query for the connection's database.
macro_rules! rows {
    ($selection:expr) => {{
        let selection: &Selection = $selection;
        let filter = &selection.filter;
        let mut rows = jobs::table
            .filter(jobs::organization_id.eq(selection.organization))
            .into_boxed();
        match filter.status {
            // Written out: those who look for what failed look for one task's as well, and have an index of their own.
            Some(JobStatus::Dead) => rows = rows.filter(sql::<Bool>("status = 'dead'")),
            Some(status) => rows = rows.filter(jobs::status.eq(status)),
            None => {}
        }
        if let Some(task) = &filter.task {
            rows = rows.filter(jobs::task.eq(task.clone()));
        }
        if let Some(subject) = filter.subject_id {
            rows = rows.filter(jobs::subject_id.eq(Some(subject)));
        }
        if let Some(worker) = filter.worker_id {
            // Only running jobs have one; their index is small.
            let running = sql::<Bool>("status = 'running'");
            rows = rows.filter(running).filter(jobs::worker_id.eq(Some(worker)));
        }
        if let Some(since) = filter.since {
            // Ids are made of the time, so the index of ids serves; the second bound is exact.
            rows = rows.filter(jobs::id.ge(first_id(since)).and(jobs::created_at.ge(since)));
        }
        match filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => {}
            Some(text) if text.parse::<JobId>().is_ok() => {
                let id: Option<JobId> = text.parse().ok();
                rows = rows.filter(jobs::id.nullable().eq(id));
            }
            Some(text) => {
                let words = words(text);
                if words.is_empty() {
                    // Nothing but punctuation is no reason to show, or change, everything.
                    rows = rows.filter(sql::<Bool>("1 = 0"));
                }
                for word in words {
                    let found = job_words::table
                        .filter(job_words::organization_id.eq(selection.organization))
                        .filter(
                            job_words::word
                                .ge(word.clone())
                                .and(job_words::word.lt(after_prefix(&word))),
                        )
                        .select(job_words::job_id);
                    rows = rows.filter(jobs::id.eq_any(found));
                }
            }
        }
        if let Some(statuses) = selection.statuses {
            rows = rows.filter(jobs::status.eq_any(statuses));
        }
        if let Some(ids) = &selection.ids {
            rows = rows.filter(jobs::id.eq_any(ids.clone()));
        }
        if let Some(until) = selection.until {
            rows = rows.filter(jobs::created_at.le(until));
        }
        if let Some(except) = selection.except {
            rows = rows.filter(jobs::id.ne(except));
        }
        rows
    }};
}

/// The smallest id that may have been made at an instant: version 7 begins with the milliseconds.
fn first_id(at: Instant) -> JobId {
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    JobId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &[0; 10]).into_uuid())
}

/// The order, and the last row of the page before.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct JobCursor {
    sort: JobSort,
    id: JobId,
    finished_at: Option<Instant>,
    duration_ms: Option<i64>,
    task: Option<String>,
    status: Option<JobStatus>,
}

impl JobCursor {
    fn of(sort: JobSort, job: &Job) -> Self {
        let with_task = matches!(sort, JobSort::Task | JobSort::TaskBackwards);
        Self {
            sort,
            id: job.id,
            finished_at: job.finished_at,
            duration_ms: job.duration_ms,
            task: with_task.then(|| job.task.clone()),
            status: Some(job.status),
        }
    }
}

/// One page; the total only with the first.
pub async fn page(
    conn: &mut DbConn,
    selection: &Selection,
    sort: Option<JobSort>,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> AppResult<Page<Job>> {
    let limit = paging::limit(limit)?;
    let sort = sort.unwrap_or(JobSort::Newest);
    let after: Option<JobCursor> = paging::cursor(cursor)?;
    if after.as_ref().is_some_and(|after| after.sort != sort) {
        let message = "belongs to another order; ask for the first page without a cursor";
        return Err(AppError::validation(vec![FieldError::new(
            "cursor",
            FieldCode::Invalid,
            message,
        )]));
    }
    let first = after.is_none();
    let rows = read(conn, selection, sort, after, limit + 1).await?;
    let mut page = paging::cut(rows, limit, |row| JobCursor::of(sort, row));
    if first {
        page.total = Some(paging::total(count(conn, selection, Some(TOTAL_CAP + 1)).await?));
    }
    Ok(page)
}

/// Ordered by a column and then the id, from a place on: compared as a row, which both databases take for one range of
/// the index, however many rows share the column's value.
macro_rules! ordered {
    ($rows:expr, $column:expr, $name:literal, $sql:ty, $after:expr, $asc:ident, $beyond:literal) => {{
        let rows = $rows.order(($column.$asc(), jobs::id.$asc()));
        match $after {
            None => rows,
            Some((value, id)) => rows.filter(
                sql::<Bool>(concat!("(", $name, ", id) ", $beyond, " ("))
                    .bind::<$sql, _>(value)
                    .sql(", ")
                    .bind::<SqlUuid, _>(id)
                    .sql(")"),
            ),
        }
    }};
}

async fn read(
    conn: &mut DbConn,
    selection: &Selection,
    sort: JobSort,
    after: Option<JobCursor>,
    limit: i64,
) -> QueryResult<Vec<Job>> {
    let id = after.as_ref().map(|place| place.id);
    let finished = after.as_ref().map(|place| (place.finished_at, place.id));
    let duration = after.as_ref().map(|place| (place.duration_ms, place.id));
    let task = after
        .as_ref()
        .map(|place| (place.task.clone().unwrap_or_default(), place.id));
    let status = after.and_then(|place| Some((place.status?, place.id)));
    with_conn!(conn, |c| {
        let rows = rows!(selection).select(Job::as_select()).limit(limit);
        let rows = match (sort, id) {
            (JobSort::Newest, None) => rows.order(jobs::id.desc()),
            (JobSort::Newest, Some(id)) => rows.order(jobs::id.desc()).filter(jobs::id.lt(id)),
            (JobSort::Oldest, None) => rows.order(jobs::id.asc()),
            (JobSort::Oldest, Some(id)) => rows.order(jobs::id.asc()).filter(jobs::id.gt(id)),
            (JobSort::LastFinished, _) => ordered!(
                rows.filter(jobs::finished_at.is_not_null()),
                jobs::finished_at,
                "finished_at",
                Nullable<SqlInstant>,
                finished,
                desc,
                "<"
            ),
            (JobSort::FirstFinished, _) => ordered!(
                rows.filter(jobs::finished_at.is_not_null()),
                jobs::finished_at,
                "finished_at",
                Nullable<SqlInstant>,
                finished,
                asc,
                ">"
            ),
            (JobSort::Slowest, _) => ordered!(
                rows.filter(jobs::duration_ms.is_not_null()),
                jobs::duration_ms,
                "duration_ms",
                Nullable<BigInt>,
                duration,
                desc,
                "<"
            ),
            (JobSort::Fastest, _) => ordered!(
                rows.filter(jobs::duration_ms.is_not_null()),
                jobs::duration_ms,
                "duration_ms",
                Nullable<BigInt>,
                duration,
                asc,
                ">"
            ),
            (JobSort::Task, _) => ordered!(rows, jobs::task, "task", Text, task, asc, ">"),
            (JobSort::TaskBackwards, _) => ordered!(rows, jobs::task, "task", Text, task, desc, "<"),
            (JobSort::Status, _) => ordered!(rows, jobs::status, "status", SqlWord, status, asc, ">"),
            (JobSort::StatusBackwards, _) => ordered!(rows, jobs::status, "status", SqlWord, status, desc, "<"),
        };
        rows.load(c).await
    })
}

/// Ids of a selection, oldest first, after a place: for bulk actions.
pub async fn ids(
    conn: &mut DbConn,
    selection: &Selection,
    after: Option<JobId>,
    limit: i64,
) -> QueryResult<Vec<JobId>> {
    with_conn!(conn, |c| {
        let mut rows = rows!(selection).select(jobs::id).order(jobs::id.asc()).limit(limit);
        if let Some(after) = after {
            rows = rows.filter(jobs::id.gt(after));
        }
        rows.load(c).await
    })
}

/// Counts matches, at most `cap` of them.
pub async fn count(conn: &mut DbConn, selection: &Selection, cap: Option<i64>) -> QueryResult<i64> {
    with_conn!(conn, |c| match cap {
        None => rows!(selection).select(diesel::dsl::count_star()).first(c).await,
        Some(cap) => {
            let rows = rows!(selection).select(1.into_sql::<Integer>()).limit(cap);
            paging::count_of(rows).get_result(c).await
        }
    })
}
