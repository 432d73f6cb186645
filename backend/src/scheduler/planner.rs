//! Plans of schedules, made before they are needed and kept, so that at the instant only rows are written.

use std::{
    collections::{BTreeSet, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

use diesel::prelude::*;
use esteira_shared::{
    ids::{CalendarId, OrganizationId, ScheduleId},
    instant::Instant,
    reason::Reason,
    schedule::{
        Calendar, CalendarDay, Calendars, HolidayKind, Plan, Problem, Schedule,
        zone::{Iana, IanaZone},
    },
};

use super::{Slot, due::DueRow, slots::fires};
use crate::{
    db::{
        DbConn, RunQueryDsl,
        schema::{calendar_days, calendars as own_calendars, schedules},
        sql_types::Json,
    },
    with_conn,
};

/// A schedule that is ready to be asked.
pub type Planned = Plan<IanaZone>;

/// Plans that are kept, some two kilobytes each.
const KEPT: usize = 16_384;

/// Makes a schedule ready. Its jitter is its own.
///
/// # Errors
/// Everything in it that cannot be.
pub fn plan(id: ScheduleId, schedule: &Schedule, calendars: &Calendars) -> Result<Planned, Vec<Problem>> {
    let (high, low) = id.0.as_u64_pair();
    Ok(Plan::new(schedule, &Iana, calendars)?.seeded(high ^ low))
}

/// The organisation's own calendars, and the built-in ones.
///
/// # Errors
/// When the database does not answer.
pub async fn calendars(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Calendars> {
    let names: Vec<(CalendarId, String)> = with_conn!(conn, |c| own_calendars::table
        .filter(own_calendars::organization_id.eq(organization))
        .select((own_calendars::id, own_calendars::name))
        .load(c)
        .await)?;
    if names.is_empty() {
        return Ok(Calendars::default());
    }
    let days: Vec<(CalendarId, String, bool, String, HolidayKind)> = with_conn!(conn, |c| calendar_days::table
        .filter(calendar_days::organization_id.eq(organization))
        .select((
            calendar_days::calendar_id,
            calendar_days::day,
            calendar_days::yearly,
            calendar_days::name,
            calendar_days::kind,
        ))
        .load(c)
        .await)?;
    let mut by_calendar: HashMap<CalendarId, Vec<CalendarDay>> = HashMap::new();
    for (calendar, day, yearly, name, kind) in days {
        if let Ok(date) = day.parse() {
            let days = by_calendar.entry(calendar).or_default();
            days.push(CalendarDay {
                date,
                yearly,
                name,
                kind,
            });
        }
    }
    Ok(Calendars::new(names.into_iter().map(|(id, name)| {
        (name, Calendar::new(by_calendar.remove(&id).unwrap_or_default()))
    })))
}

/// Which calendars an organisation has, each with its version: what was planned with others no longer holds.
type Edition = Arc<[(CalendarId, i32)]>;

/// What is known of the schedules that are due next.
#[derive(Default)]
pub(super) struct Planner(Mutex<Known>);

#[derive(Default)]
struct Known {
    plans: HashMap<ScheduleId, Kept>,
    calendars: HashMap<OrganizationId, (Edition, Arc<Calendars>)>,
}

#[derive(Clone)]
struct Kept {
    version: i32,
    updated_at: Instant,
    edition: Edition,
    plan: Arc<Planned>,
    /// Up to where it was settled when these were worked out.
    ready: Option<(Instant, Ahead)>,
}

/// The next slot of a schedule and the one after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ahead {
    pub(super) first: Option<Slot>,
    pub(super) second: Option<Slot>,
}

impl Ahead {
    /// After an instant.
    pub(super) fn of(plan: &Planned, after: Instant) -> Self {
        let mut slots = fires(plan, after);
        let (first, second) = (slots.next(), slots.next());
        Self { first, second }
    }
}

/// A schedule as it is planned at the moment.
#[derive(Clone)]
pub(super) struct Ready {
    pub(super) plan: Arc<Planned>,
    ahead: Option<Ahead>,
}

impl Ready {
    /// The slots after the instant up to which the row is settled.
    pub(super) fn ahead(&mut self, row: &DueRow) -> Result<Ahead, Reason> {
        match self.ahead.take() {
            Some(ahead) => Ok(ahead),
            None => sound(|| Ahead::of(&self.plan, row.settled_at)),
        }
    }
}

impl Planner {
    /// The plans of these rows, or why there is none. They are of any organisations; each with its own calendars.
    pub(super) async fn ready(
        &self,
        conn: &mut DbConn,
        rows: &[DueRow],
    ) -> QueryResult<HashMap<ScheduleId, Result<Ready, Reason>>> {
        let editions = editions(conn, rows).await?;
        let none = Edition::default();
        let edition_of = |row: &DueRow| editions.get(&row.organization_id).unwrap_or(&none);
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for row in rows {
            match self.kept(row, edition_of(row)) {
                Some(ready) => drop(found.insert(row.id, Ok(ready))),
                None => missing.push(row),
            }
        }
        for row in &missing {
            self.learn_calendars(conn, row.organization_id, edition_of(row)).await?;
        }
        for (row, schedule) in read(conn, &missing).await? {
            found.insert(row.id, self.make(row, schedule, edition_of(row)));
        }
        Ok(found)
    }

    /// Works out beforehand what [`Planner::ready`] will be asked for.
    pub(super) async fn prepare(&self, conn: &mut DbConn, rows: &[DueRow]) -> QueryResult<()> {
        const AT_ONCE: usize = 200;
        for some in rows.chunks(AT_ONCE) {
            let ready = self.ready(conn, some).await?;
            for row in some {
                let Some(Ok(Ready { plan, ahead: None })) = ready.get(&row.id) else {
                    continue;
                };
                let Ok(ahead) = sound(|| Ahead::of(plan, row.settled_at)) else {
                    continue;
                };
                if let Some(kept) = self.known().plans.get_mut(&row.id) {
                    kept.ready = Some((row.settled_at, ahead));
                }
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self, row: &DueRow, edition: &Edition) -> Option<Ready> {
        let known = self.known();
        let kept = known.plans.get(&row.id)?;
        let holds = (kept.version, kept.updated_at, &kept.edition) == (row.version, row.updated_at, edition);
        holds.then(|| Ready {
            plan: Arc::clone(&kept.plan),
            ahead: kept
                .ready
                .as_ref()
                .filter(|(settled_at, _)| *settled_at == row.settled_at)
                .map(|(_, ahead)| ahead.clone()),
        })
    }

    async fn learn_calendars(
        &self,
        conn: &mut DbConn,
        organization: OrganizationId,
        edition: &Edition,
    ) -> QueryResult<()> {
        let is_known = {
            let known = self.known();
            known
                .calendars
                .get(&organization)
                .is_some_and(|(known, _)| known == edition)
        };
        if is_known {
            return Ok(());
        }
        let calendars = Arc::new(calendars(conn, organization).await?);
        let mut known = self.known();
        known.calendars.insert(organization, (Arc::clone(edition), calendars));
        Ok(())
    }

    fn make(&self, row: &DueRow, schedule: Json, edition: &Edition) -> Result<Ready, Reason> {
        let schedule: Schedule = serde_json::from_value(schedule.0).map_err(|error| Reason::ScheduleUnreadable {
            error: error.to_string(),
        })?;
        let calendars = self
            .known()
            .calendars
            .get(&row.organization_id)
            .map(|(_, calendars)| Arc::clone(calendars))
            .unwrap_or_default();
        let plan = Arc::new(sound(|| plan(row.id, &schedule, &calendars))?.map_err(|problems| first(&problems))?);
        // A rule whose first slots cannot be worked out would fail at its time.
        let ahead = sound(|| Ahead::of(&plan, row.settled_at))?;
        let kept = Kept {
            version: row.version,
            updated_at: row.updated_at,
            edition: Arc::clone(edition),
            plan: Arc::clone(&plan),
            ready: Some((row.settled_at, ahead.clone())),
        };
        let mut known = self.known();
        if known.plans.len() >= KEPT {
            known.plans.clear();
        }
        known.plans.insert(row.id, kept);
        Ok(Ready {
            plan,
            ahead: Some(ahead),
        })
    }
}

/// A fault in working out one schedule stops no other.
pub(super) fn sound<T>(work: impl FnOnce() -> T) -> Result<T, Reason> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Reason::ScheduleUnplannable {})
}

/// Why a schedule cannot be planned.
pub(super) fn first(problems: &[Problem]) -> Reason {
    problems
        .first()
        .map_or(Reason::ScheduleUnplannable {}, |problem| problem.reason.clone())
}

async fn editions(conn: &mut DbConn, rows: &[DueRow]) -> QueryResult<HashMap<OrganizationId, Edition>> {
    let organizations: BTreeSet<OrganizationId> = rows.iter().map(|row| row.organization_id).collect();
    let found: Vec<(OrganizationId, CalendarId, i32)> = with_conn!(conn, |c| own_calendars::table
        .filter(own_calendars::organization_id.eq_any(organizations))
        .order((own_calendars::organization_id, own_calendars::id))
        .select((
            own_calendars::organization_id,
            own_calendars::id,
            own_calendars::version
        ))
        .load(c)
        .await)?;
    let mut editions: HashMap<OrganizationId, Vec<(CalendarId, i32)>> = HashMap::new();
    for (organization, calendar, version) in found {
        editions.entry(organization).or_default().push((calendar, version));
    }
    Ok(editions
        .into_iter()
        .map(|(organization, edition)| (organization, edition.into()))
        .collect())
}

/// The rules of rows that were found by [`DueRow`], of any organisation.
async fn read<'a>(conn: &mut DbConn, rows: &[&'a DueRow]) -> QueryResult<Vec<(&'a DueRow, Json)>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ScheduleId> = rows.iter().map(|row| row.id).collect();
    let found: Vec<(ScheduleId, Json)> = with_conn!(conn, |c| schedules::table
        .filter(schedules::id.eq_any(ids))
        .select((schedules::id, schedules::schedule))
        .load(c)
        .await)?;
    let mut found: HashMap<ScheduleId, Json> = found.into_iter().collect();
    Ok(rows
        .iter()
        .filter_map(|row| Some((*row, found.remove(&row.id)?)))
        .collect())
}
