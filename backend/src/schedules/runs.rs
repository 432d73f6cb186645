//! Runs of schedules: their history, and one of them.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Integer},
};
use esteira_shared::{
    dto::schedules::{ScheduleRunDto, ScheduleRunQuery},
    ids::{OrganizationId, ScheduleId, ScheduleRunId},
    instant::Instant,
    page::{Page, TOTAL_CAP},
    status::{JobStatus, ScheduleKind},
};

use super::view;
use crate::{
    db::{
        DbConn, RunQueryDsl, paging,
        schema::{jobs, schedule_runs, schedules, users},
    },
    error::{AppError, AppResult},
    language,
    scheduler::RunRow,
    with_conn,
};

/// A run with what is known of it elsewhere: its schedule's name and kind, its job's status, who asked for it.
pub(super) type Told = (
    RunRow,
    Option<String>,
    Option<ScheduleKind>,
    Option<JobStatus>,
    Option<String>,
);

/// Runs beside their schedules, jobs and people. The joins are left joins, so that a page stays one index range of the runs.
macro_rules! beside {
    () => {
        schedule_runs::table
            .left_join(schedules::table)
            .left_join(jobs::table)
            .left_join(users::table.on(schedule_runs::requested_by.eq(users::id.nullable())))
    };
}
pub(super) use beside;

/// The columns of [`Told`].
macro_rules! told {
    () => {
        (
            RunRow::as_select(),
            schedules::name.nullable(),
            schedules::kind.nullable(),
            jobs::status.nullable(),
            users::name.nullable(),
        )
    };
}
pub(super) use told;

/// # Errors
/// When its schedule is gone, or its reasons cannot be read.
pub(super) fn dto((run, name, kind, job_status, requested_by): Told) -> AppResult<ScheduleRunDto> {
    let kind = kind.ok_or_else(|| AppError::not_found("schedule"))?;
    Ok(ScheduleRunDto {
        id: run.id,
        schedule_id: run.schedule_id,
        schedule_name: name.unwrap_or_default(),
        kind,
        nominal_at: run.nominal_at,
        due_at: run.due_at,
        origin: run.origin,
        status: run.status,
        cause: run.cause,
        blocked_by: run.blocked_by,
        job_id: run.job_id,
        job_status,
        requested_by,
        moved: run.moved().iter().map(|reason| language::told(reason).1).collect(),
        late_ms: run.late_ms(),
        took_ms: run
            .ended_at
            .zip(run.fired_at)
            .map(|(end, start)| (end - start).num_milliseconds()),
        fired_at: run.fired_at,
        ended_at: run.ended_at,
        result: run.result.map(|result| result.0),
        failure: run.failure.map(|failure| language::told(&failure).1),
    })
}

/// # Errors
/// `not_found`.
pub(super) async fn get(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ScheduleRunId,
) -> AppResult<ScheduleRunDto> {
    let found: Option<Told> = with_conn!(conn, |c| beside!()
        .filter(
            schedule_runs::organization_id
                .eq(organization)
                .and(schedule_runs::id.eq(id))
        )
        .select(told!())
        .first(c)
        .await
        .optional())?;
    dto(found.ok_or_else(|| AppError::not_found("run"))?)
}

/// Of each schedule the run that began last, if one did.
pub(super) async fn last_of(
    conn: &mut DbConn,
    organization: OrganizationId,
    ids: &[ScheduleId],
) -> AppResult<Vec<ScheduleRunDto>> {
    // Ids are no texts of people. For each schedule one step in an index, however many runs it had.
    let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    let last = format!(
        "schedule_runs.id IN (SELECT (SELECT run.id FROM schedule_runs run WHERE run.schedule_id = one.id \
         AND run.fired_at IS NOT NULL ORDER BY run.fired_at DESC, run.id DESC LIMIT 1) \
         FROM schedules one WHERE one.id IN ({}))",
        ids.join(", ")
    );
    let found: Vec<Told> = with_conn!(conn, |c| beside!()
        .filter(schedule_runs::organization_id.eq(organization))
        .filter(sql::<Bool>(&last))
        .select(told!())
        .load(c)
        .await)?;
    found.into_iter().map(dto).collect()
}

/// A schedule's history, newest first; the total only with the first page.
///
/// # Errors
/// `not_found`; `validation`.
pub(super) async fn page(
    conn: &mut DbConn,
    organization: OrganizationId,
    schedule: ScheduleId,
    query: &ScheduleRunQuery,
) -> AppResult<Page<ScheduleRunDto>> {
    let limit = paging::limit(query.limit)?;
    let before: Option<(Instant, ScheduleRunId)> = paging::cursor(query.cursor.as_deref())?;
    view::find(conn, organization, schedule).await?;
    let found: Vec<Told> = with_conn!(conn, |c| {
        let mut found = beside!()
            .filter(schedule_runs::organization_id.eq(organization))
            .filter(schedule_runs::schedule_id.eq(schedule))
            .order((schedule_runs::due_at.desc(), schedule_runs::id.desc()))
            .limit(limit + 1)
            .select(told!())
            .into_boxed();
        if !query.status.is_empty() {
            found = found.filter(schedule_runs::status.eq_any(query.status.0.clone()));
        }
        if let Some((due, id)) = before {
            found = found.filter(
                schedule_runs::due_at
                    .lt(due)
                    .or(schedule_runs::due_at.eq(due).and(schedule_runs::id.lt(id))),
            );
        }
        found.load(c).await
    })?;
    let total = match before {
        Some(_) => None,
        None => {
            let counted: i64 = with_conn!(conn, |c| {
                let mut rows = schedule_runs::table
                    .filter(schedule_runs::organization_id.eq(organization))
                    .filter(schedule_runs::schedule_id.eq(schedule))
                    .select(1.into_sql::<Integer>())
                    .limit(TOTAL_CAP + 1)
                    .into_boxed();
                if !query.status.is_empty() {
                    rows = rows.filter(schedule_runs::status.eq_any(query.status.0.clone()));
                }
                paging::count_of(rows).get_result(c).await
            })?;
            Some(paging::total(counted))
        }
    };
    let page = paging::cut(found, limit, |told| (told.0.due_at, told.0.id));
    Ok(Page {
        items: page.items.into_iter().map(dto).collect::<AppResult<_>>()?,
        next_cursor: page.next_cursor,
        total,
    })
}
