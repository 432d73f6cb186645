//! Running the slots of a range of the past: listed first, then run.

use std::collections::HashMap;

use chrono::{Days, NaiveDate, NaiveTime};
use diesel::prelude::*;
use esteira_shared::{
    dto::schedules::{BACKFILL_RUNS, BackfillDto, BackfillRequest, BackfillSlotDto},
    event::Topic,
    ids::{OrganizationId, ScheduleId},
    instant::Instant,
    schedule::{
        Occurrence, ROLL_DAYS, Schedule, Step, written,
        zone::{self, Iana, Zones as _},
    },
    status::ScheduleRunStatus,
};
use serde_json::json;

use super::{check, run, view};
use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING},
    },
    db::{DbConn, RunQueryDsl, Tx, database_now, schema::schedule_runs},
    error::AppResult,
    scheduler::{self, Planned, ScheduleRow, Slot},
    with_conn,
};

/// What a backfill would run.
///
/// # Errors
/// `not_found`; `validation` of a rule that can no longer be planned.
pub(super) async fn listed(
    app: &App,
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ScheduleId,
    request: &BackfillRequest,
) -> AppResult<BackfillDto> {
    let row = view::find(conn, organization, id).await?;
    let now = database_now(conn, app.clock.as_ref()).await?;
    let found = find(conn, &row, request, now).await?;
    Ok(found.dto(run::to_people(app, row.kind)))
}

/// Runs the slots of a range, so many at once. The schedule's overlap policy is not asked, and its pause does not hold them.
///
/// # Errors
/// As [`listed`]; `validation` when messages to people are not confirmed.
pub(super) async fn start(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: ScheduleId,
    request: &BackfillRequest,
) -> AppResult<BackfillDto> {
    let organization = actor.organization_id;
    let row = view::lock(tx, organization, id).await?;
    run::check_confirmed(app, row.kind, request.confirm_messages)?;
    let now = tx.database_now().await?;
    let found = find(tx.conn(), &row, request, now).await?;
    let slots = found.slots.iter().filter(|slot| slot.runs());
    let slots: Vec<Slot> = slots.map(|slot| Slot::from(slot.occurrence.clone())).collect();
    let at_once = usize::try_from(request.concurrency).unwrap_or(1);
    let taken = scheduler::backfill(tx, &row, slots, at_once, actor.user_id).await?;
    let done = json!({ "from": request.from, "to": request.to, "concurrency": request.concurrency, "runs": taken });
    audit::record(
        tx,
        actor,
        AuditAction::ScheduleBackfill,
        view::subject(&row),
        NOTHING,
        Some(&done),
    )
    .await?;
    tx.changed(organization, Topic::Schedules, id.0);
    Ok(found.dto(run::to_people(app, row.kind)))
}

struct Found {
    slots: Vec<Past>,
    /// There are more than one backfill takes.
    more: bool,
}

/// A slot, and what became of it so far.
struct Past {
    occurrence: Occurrence,
    status: Option<ScheduleRunStatus>,
}

impl Past {
    /// Neither done nor under way.
    fn runs(&self) -> bool {
        !matches!(
            self.status,
            Some(ScheduleRunStatus::Succeeded | ScheduleRunStatus::Running | ScheduleRunStatus::Waiting)
        )
    }
}

impl Found {
    fn dto(&self, to_people: bool) -> BackfillDto {
        let slot = |slot: &Past| BackfillSlotDto {
            nominal_at: slot.occurrence.nominal_at,
            local: written(slot.occurrence.local),
            status: slot.status,
            runs: slot.runs(),
        };
        BackfillDto {
            slots: self.slots.iter().map(slot).collect(),
            more: self.more,
            to_people,
        }
    }
}

async fn find(conn: &mut DbConn, row: &ScheduleRow, request: &BackfillRequest, now: Instant) -> AppResult<Found> {
    let schedule = view::rule(row)?;
    let calendars = check::calendars(conn, row.organization_id, &schedule).await?;
    let plan = check::planned(row.id, &schedule, &calendars)?;
    let mut occurrences = between(&plan, &schedule, request, now);
    let more = occurrences.len() > BACKFILL_RUNS;
    occurrences.truncate(BACKFILL_RUNS);
    let statuses = statuses(conn, row, &occurrences).await?;
    let slots = occurrences.into_iter().map(|occurrence| Past {
        status: statuses.get(&occurrence.nominal_at).copied(),
        occurrence,
    });
    Ok(Found {
        slots: slots.collect(),
        more,
    })
}

/// The slots that the rule gives on the days of the range and that were due before now, one more than a backfill takes.
/// One that a roll moved still belongs to its own day.
fn between(plan: &Planned, schedule: &Schedule, request: &BackfillRequest, now: Instant) -> Vec<Occurrence> {
    let reach = Days::new(ROLL_DAYS.unsigned_abs() + 1);
    let (first, last) = (request.from, request.to);
    let (Some(from), Some(until)) = (first.checked_sub_days(reach), last.checked_add_days(reach)) else {
        return Vec::new();
    };
    let Some(from) = midnight(schedule, from) else {
        return Vec::new();
    };
    let until = midnight(schedule, until).map_or(now, |until| until.min(now));
    plan.after(from)
        .take_while(|step| {
            let at = match step {
                Step::Fires(occurrence) => occurrence.at,
                Step::Dropped(dropped) => dropped.at,
            };
            at <= until
        })
        .filter_map(|step| match step {
            Step::Fires(occurrence) => Some(occurrence),
            Step::Dropped(_) => None,
        })
        .filter(|occurrence| (first..=last).contains(&occurrence.nominal.date()))
        .take(BACKFILL_RUNS + 1)
        .collect()
}

/// The beginning of a day in the schedule's zone.
fn midnight(schedule: &Schedule, day: NaiveDate) -> Option<Instant> {
    let zone = Iana.zone(&schedule.timezone)?;
    let at = zone::read(&zone, day.and_time(NaiveTime::MIN)).earliest();
    chrono::DateTime::from_timestamp(at, 0).map(Instant::from)
}

async fn statuses(
    conn: &mut DbConn,
    row: &ScheduleRow,
    occurrences: &[Occurrence],
) -> QueryResult<HashMap<Instant, ScheduleRunStatus>> {
    let nominal: Vec<Instant> = occurrences.iter().map(|occurrence| occurrence.nominal_at).collect();
    let found: Vec<(Instant, ScheduleRunStatus)> = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::organization_id.eq(row.organization_id))
        .filter(schedule_runs::schedule_id.eq(row.id))
        .filter(schedule_runs::nominal_at.eq_any(nominal))
        .select((schedule_runs::nominal_at, schedule_runs::status))
        .load(c)
        .await)?;
    Ok(found.into_iter().collect())
}
