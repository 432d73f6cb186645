//! Slots that did not run and wait for somebody's word: "run it" or "it need not run".

use std::collections::BTreeMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{Bool, Integer},
};
use esteira_shared::{
    dto::schedules::{MissedQuery, MissedTarget, ScheduleRunDto, SchedulesChanged},
    event::Topic,
    ids::{OrganizationId, ScheduleId, ScheduleRunId},
    instant::Instant,
    page::{Page, TOTAL_CAP},
    status::{RunOrigin, ScheduleRunStatus},
};
use serde_json::{Map, json};

use super::{
    run,
    runs::{self, Told, beside, told},
    view,
};
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING},
    },
    db::{
        DbConn, RunQueryDsl, Tx, paging,
        schema::{jobs, schedule_runs, schedules, users},
    },
    error::AppResult,
    scheduler::{self, RunRow, ScheduleRow, Slot},
    with_conn,
};

/// Runs that one request starts, and rows that one statement dismisses.
const AT_ONCE: i64 = 1_000;
/// Statements of one transaction: a schedule that was paused for long has missed very many slots, and others write too.
const STATEMENTS: usize = 5;

/// Narrows a boxed query to what is missed, written out because the index is partial.
macro_rules! missed {
    ($rows:expr, $organization:expr, $schedule:expr, $cause:expr) => {{
        let mut rows = $rows
            .filter(schedule_runs::organization_id.eq($organization))
            .filter(sql::<Bool>("schedule_runs.status = 'missed'"));
        if let Some(schedule) = $schedule {
            rows = rows.filter(schedule_runs::schedule_id.eq(schedule));
        }
        if let Some(cause) = $cause {
            rows = rows.filter(schedule_runs::cause.eq(Some(cause)));
        }
        rows
    }};
}

/// Newest first; the total only with the first page.
///
/// # Errors
/// `validation`.
pub(super) async fn page(
    conn: &mut DbConn,
    organization: OrganizationId,
    query: &MissedQuery,
) -> AppResult<Page<ScheduleRunDto>> {
    let limit = paging::limit(query.limit)?;
    let before: Option<(Instant, ScheduleRunId)> = paging::cursor(query.cursor.as_deref())?;
    let found: Vec<Told> = with_conn!(conn, |c| {
        let rows = beside!()
            .order((schedule_runs::due_at.desc(), schedule_runs::id.desc()))
            .limit(limit + 1)
            .select(told!())
            .into_boxed();
        let mut rows = missed!(rows, organization, query.schedule_id, query.cause);
        if let Some((due, id)) = before {
            rows = rows.filter(
                schedule_runs::due_at
                    .lt(due)
                    .or(schedule_runs::due_at.eq(due).and(schedule_runs::id.lt(id))),
            );
        }
        rows.load(c).await
    })?;
    let total = match before {
        Some(_) => None,
        None => Some(paging::total(counted(conn, organization, query).await?)),
    };
    let page = paging::cut(found, limit, |told| (told.0.due_at, told.0.id));
    Ok(Page {
        items: page.items.into_iter().map(runs::dto).collect::<AppResult<_>>()?,
        next_cursor: page.next_cursor,
        total,
    })
}

async fn counted(conn: &mut DbConn, organization: OrganizationId, query: &MissedQuery) -> QueryResult<i64> {
    with_conn!(conn, |c| {
        let rows = schedule_runs::table
            .select(1.into_sql::<Integer>())
            .limit(TOTAL_CAP + 1)
            .into_boxed();
        let rows = missed!(rows, organization, query.schedule_id, query.cause);
        paging::count_of(rows).get_result(c).await
    })
}

/// How many slots of an organisation wait for somebody's word; more than [`TOTAL_CAP`] are not counted.
///
/// # Errors
/// When the database does not answer.
pub async fn count(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<i64> {
    let counted = counted(conn, organization, &MissedQuery::default()).await?;
    Ok(counted.min(TOTAL_CAP))
}

/// The first that a target means, the oldest first.
async fn first(conn: &mut DbConn, organization: OrganizationId, target: &MissedTarget) -> QueryResult<Vec<RunRow>> {
    let (ids, schedule, cause) = match target {
        MissedTarget::Ids(ids) => (Some(ids), None, None),
        MissedTarget::All { schedule_id, cause } => (None, *schedule_id, *cause),
    };
    with_conn!(conn, |c| {
        let rows = schedule_runs::table
            .order((schedule_runs::due_at, schedule_runs::id))
            .limit(AT_ONCE)
            .select(RunRow::as_select())
            .into_boxed();
        let mut rows = missed!(rows, organization, schedule, cause);
        if let Some(ids) = ids {
            rows = rows.filter(schedule_runs::id.eq_any(ids.clone()));
        }
        rows.load(c).await
    })
}

/// Runs missed slots now, those of one schedule one after the other; at most a thousand with one request, the oldest first.
///
/// # Errors
/// `validation` when messages to people are not confirmed.
pub(super) async fn run(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    target: &MissedTarget,
    confirmed: bool,
) -> AppResult<SchedulesChanged> {
    let organization = actor.organization_id;
    let found = first(tx.conn(), organization, target).await?;
    let asked = asked(tx.conn(), organization, target, found.len()).await?;
    let mut by_schedule: BTreeMap<ScheduleId, Vec<ScheduleRunId>> = BTreeMap::new();
    for run in found {
        by_schedule.entry(run.schedule_id).or_default().push(run.id);
    }
    let mut changed = 0;
    for (id, runs) in by_schedule {
        let schedule = view::lock(tx, organization, id).await?;
        run::check_confirmed(app, schedule.kind, confirmed)?;
        // Another request may have taken some while the schedule was waited for.
        let missed = first(tx.conn(), organization, &MissedTarget::Ids(runs)).await?;
        let taken = start(tx, actor, &schedule, missed).await?;
        changed += i64::try_from(taken).unwrap_or(i64::MAX);
        let count = json!({ "runs": taken });
        audit::record(
            tx,
            actor,
            AuditAction::ScheduleMissedRun,
            view::subject(&schedule),
            NOTHING,
            Some(&count),
        )
        .await?;
        tx.changed(organization, Topic::Schedules, id.0);
    }
    Ok(SchedulesChanged {
        changed,
        unchanged: asked - changed,
    })
}

/// One goes at once; of several each begins when the one before it is over.
async fn start(tx: &mut Tx, actor: &Actor, schedule: &ScheduleRow, missed: Vec<RunRow>) -> AppResult<usize> {
    if let [run] = missed.as_slice() {
        scheduler::run_again(tx, schedule, run, RunOrigin::Manual, actor.user_id).await?;
        return Ok(1);
    }
    let slot = |run: RunRow| Slot {
        nominal_at: run.nominal_at,
        due_at: run.due_at,
        moved: Vec::new(),
        changes: Map::new(),
    };
    let slots = missed.into_iter().map(slot).collect();
    scheduler::backfill(tx, schedule, slots, 1, actor.user_id).await
}

/// How many a target names.
async fn asked(
    conn: &mut DbConn,
    organization: OrganizationId,
    target: &MissedTarget,
    found: usize,
) -> QueryResult<i64> {
    let found = i64::try_from(found).unwrap_or(i64::MAX);
    match target {
        MissedTarget::Ids(ids) => Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX)),
        MissedTarget::All { .. } if found < AT_ONCE => Ok(found),
        MissedTarget::All { schedule_id, cause } => with_conn!(conn, |c| {
            let rows = schedule_runs::table.select(count_star()).into_boxed();
            missed!(rows, organization, *schedule_id, *cause).first(c).await
        }),
    }
}

/// Says of missed slots that they need not run, in as many transactions as it takes.
///
/// # Errors
/// When the database does not answer; then some may be dismissed.
pub(super) async fn dismiss(app: &App, actor: &Actor, target: &MissedTarget) -> AppResult<SchedulesChanged> {
    let mut changed = 0;
    loop {
        let mut tx = app.db.begin_long().await?;
        let some = dismiss_some(&mut tx, actor, target).await?;
        tx.commit().await?;
        changed += some;
        if some == 0 {
            break;
        }
    }
    let asked = match target {
        MissedTarget::Ids(ids) => i64::try_from(ids.len()).unwrap_or(i64::MAX),
        MissedTarget::All { .. } => changed,
    };
    Ok(SchedulesChanged {
        changed,
        unchanged: asked - changed,
    })
}

/// The first of them; nothing when there are none.
async fn dismiss_some(tx: &mut Tx, actor: &Actor, target: &MissedTarget) -> AppResult<i64> {
    let organization = actor.organization_id;
    let mut dismissed: BTreeMap<ScheduleId, i64> = BTreeMap::new();
    for _ in 0..STATEMENTS {
        let found = first(tx.conn(), organization, target).await?;
        if found.is_empty() {
            break;
        }
        let ids: Vec<ScheduleRunId> = found.iter().map(|run| run.id).collect();
        with_conn!(tx.conn(), |c| diesel::update(
            schedule_runs::table.filter(
                schedule_runs::organization_id
                    .eq(organization)
                    .and(schedule_runs::id.eq_any(ids))
            )
        )
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Missed))
        .set(schedule_runs::status.eq(ScheduleRunStatus::Dismissed))
        .execute(c)
        .await)?;
        for run in found {
            *dismissed.entry(run.schedule_id).or_default() += 1;
        }
    }
    for (id, count) in &dismissed {
        let schedule = view::find(tx.conn(), organization, *id).await?;
        let count = json!({ "runs": count });
        audit::record(
            tx,
            actor,
            AuditAction::ScheduleMissedDismiss,
            view::subject(&schedule),
            NOTHING,
            Some(&count),
        )
        .await?;
        tx.changed(organization, Topic::Schedules, id.0);
    }
    Ok(dismissed.values().sum())
}
