//! The figures of a report.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use diesel::prelude::*;
use esteira_shared::{
    dto::{
        executions::ExecutionFilter,
        home::OperatorProgress,
        processes::{ProcessDto, StatusCount},
    },
    ids::{OrganizationId, ProcessId},
    instant::Instant,
    language::Language,
    month::Month,
    page::TOTAL_CAP,
    status::{MissedCause, ProcessStatus, ScheduleRunStatus},
};

use crate::{
    administration::organization::Organization,
    app::App,
    db::{
        DbConn, RunQueryDsl,
        schema::{schedule_runs, schedules},
    },
    error::AppResult,
    executions::list as executions,
    language,
    processes::{
        figures,
        unfinished::{self, Unfinished},
    },
    with_conn,
};

/// Rows of each list.
pub(super) const ROWS: usize = 50;
/// Missed slots of schedules that are named.
const MISSED: i64 = 10;
/// How far back they are looked for.
const MISSED_WITHIN: TimeDelta = TimeDelta::days(31);

/// Whose report, of which month, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) organization: OrganizationId,
    pub(super) month: Month,
    pub(super) language: Language,
    /// Of dates and times; the organisation's when absent.
    pub(super) zone: Option<Tz>,
    /// Whether the reader may know of schedules.
    pub(super) with_schedules: bool,
}

/// How a month stands.
#[derive(Debug, Clone)]
pub(super) struct MonthReport {
    pub(super) organization: String,
    pub(super) month: Month,
    /// When this was read, in the zone.
    pub(super) at: NaiveDateTime,
    pub(super) zone: Tz,
    pub(super) late_after_days: i32,
    /// In the order of the way that a process goes.
    pub(super) counts: Vec<StatusCount>,
    pub(super) operators: Vec<OperatorProgress>,
    /// Active accounts without a process.
    pub(super) unopened: i64,
    /// Runs of robots whose end a person has to find out.
    pub(super) unknown_runs: i64,
    /// Due before today.
    pub(super) overdue: i64,
    /// Longer in their status than the organisation allows.
    pub(super) late: i64,
    /// Every unfinished process is in one of these.
    pub(super) failures: Part,
    pub(super) standing: Part,
    pub(super) remaining: Part,
    pub(super) missed: Missed,
}

/// A list, as far as it is shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) count: usize,
    pub(super) rows: Vec<Row>,
}

/// An unfinished process.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: ProcessId,
    pub(super) client: String,
    pub(super) operator: String,
    pub(super) status: ProcessStatus,
    pub(super) since: NaiveDate,
    pub(super) due: Option<NaiveDate>,
    pub(super) overdue: bool,
    pub(super) reason: Option<String>,
    pub(super) action: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Missed {
    pub(super) count: i64,
    pub(super) rows: Vec<MissedSlot>,
}

#[derive(Debug, Clone)]
pub(super) struct MissedSlot {
    pub(super) schedule: String,
    pub(super) at: NaiveDateTime,
    pub(super) cause: Option<MissedCause>,
}

impl MonthReport {
    pub(super) fn total(&self) -> i64 {
        self.counts.iter().map(|one| one.count).sum()
    }

    pub(super) fn done(&self) -> i64 {
        let done = self
            .counts
            .iter()
            .filter(|one| one.status == ProcessStatus::UploadRealizado);
        done.map(|one| one.count).sum()
    }

    pub(super) fn pending(&self) -> i64 {
        self.total() - self.done()
    }
}

pub(super) async fn gather(app: &App, wanted: Wanted) -> AppResult<MonthReport> {
    let Wanted {
        organization, month, ..
    } = wanted;
    let mut conn = app.db.read_long().await?;
    let conn = &mut conn;
    let settings = Organization::find(conn, organization).await?;
    let now = app.clock.now();
    let zone = wanted.zone.unwrap_or_else(|| settings.zone());
    let local = |at: Instant| at.with_timezone(&zone).naive_local();
    let today = local(now).date();
    let late_before = settings.late_before(now);
    let mut counts = figures::counts(conn, organization, month).await?;
    counts.sort_unstable_by_key(|one| one.status);
    let unfinished = unfinished::of_month(conn, organization, month).await?;
    let is_overdue = |one: &Unfinished| one.due.is_some_and(|due| due < today);
    let is_late = |one: &Unfinished| one.status_since < late_before;
    let is_failure = |one: &Unfinished| {
        matches!(
            one.status,
            ProcessStatus::ErroDownload | ProcessStatus::ErroEnvioSat | ProcessStatus::Rejeitado
        )
    };
    let (failures, others): (Vec<Unfinished>, Vec<Unfinished>) = unfinished.iter().copied().partition(is_failure);
    let (standing, remaining): (Vec<Unfinished>, Vec<Unfinished>) =
        others.into_iter().partition(|one| is_overdue(one) || is_late(one));
    let parts = [failures, standing, remaining].map(|all| Chosen::of(all, today));
    let ids = parts
        .iter()
        .flat_map(|part| part.shown.iter().map(|one| one.id))
        .collect();
    let named = unfinished::named(conn, organization, ids).await?;
    let mut named = language::within(wanted.language, || {
        let dtos = named.into_iter().map(|row| row.dto().map(|dto| (dto.id, dto)));
        dtos.collect::<AppResult<HashMap<ProcessId, ProcessDto>>>()
    })?;
    let [failures, standing, remaining] = parts.map(|part| part.rows(&mut named, |at| local(at).date(), today));
    let unknown = ExecutionFilter {
        month: Some(month),
        unknown: true,
        ..ExecutionFilter::default()
    };
    let unknown = executions::Selection::new(conn, organization, unknown).await?;
    let missed = match wanted.with_schedules {
        true => missed(conn, organization, now, zone).await?,
        false => Missed::default(),
    };
    let count = |all: usize| i64::try_from(all).unwrap_or(i64::MAX);
    Ok(MonthReport {
        organization: settings.name,
        month,
        at: local(now),
        zone,
        late_after_days: settings.late_after_days,
        operators: figures::by_operator(conn, organization, month).await?,
        unopened: figures::unopened(conn, organization, month).await?,
        unknown_runs: executions::count(conn, &unknown, TOTAL_CAP).await?,
        overdue: count(unfinished.iter().filter(|one| is_overdue(one)).count()),
        late: count(unfinished.iter().filter(|one| is_late(one)).count()),
        counts,
        failures,
        standing,
        remaining,
        missed,
    })
}

/// Those of a part that are shown.
#[derive(Default)]
struct Chosen {
    count: usize,
    shown: Vec<Unfinished>,
}

impl Chosen {
    /// What is due first, then what stands longest.
    fn of(mut all: Vec<Unfinished>, today: NaiveDate) -> Self {
        let count = all.len();
        all.sort_by_key(|one| (one.due.is_none_or(|due| due >= today), one.due.is_none(), one.due));
        all.truncate(ROWS);
        Self { count, shown: all }
    }

    fn rows(
        self,
        named: &mut HashMap<ProcessId, ProcessDto>,
        day: impl Fn(Instant) -> NaiveDate,
        today: NaiveDate,
    ) -> Part {
        let row = |one: Unfinished| {
            // One that was removed meanwhile is left out.
            let process = named.remove(&one.id)?;
            let (cause, action) = match process.error {
                Some(error) => (Some(error.cause), error.recommended_action),
                None => (None, None),
            };
            Some(Row {
                id: one.id,
                client: process.client_name,
                operator: process.operator_name,
                status: one.status,
                since: day(one.status_since),
                due: one.due,
                overdue: one.due.is_some_and(|due| due < today),
                reason: process.rejection_reason.or(cause),
                action,
            })
        };
        Part {
            count: self.count,
            rows: self.shown.into_iter().filter_map(row).collect(),
        }
    }
}

async fn missed(conn: &mut DbConn, organization: OrganizationId, now: Instant, zone: Tz) -> QueryResult<Missed> {
    let since = now - MISSED_WITHIN;
    let count: i64 = with_conn!(conn, |c| schedule_runs::table
        .filter(schedule_runs::organization_id.eq(organization))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Missed))
        .filter(schedule_runs::due_at.ge(since))
        .count()
        .get_result(c)
        .await)?;
    let rows: Vec<(String, Instant, Option<MissedCause>)> = with_conn!(conn, |c| schedule_runs::table
        .inner_join(schedules::table)
        .filter(schedule_runs::organization_id.eq(organization))
        .filter(schedule_runs::status.eq(ScheduleRunStatus::Missed))
        .filter(schedule_runs::due_at.ge(since))
        .order((schedule_runs::due_at.desc(), schedule_runs::id.desc()))
        .limit(MISSED)
        .select((schedules::name, schedule_runs::due_at, schedule_runs::cause))
        .load(c)
        .await)?;
    let slot = |(schedule, at, cause): (String, Instant, Option<MissedCause>)| MissedSlot {
        schedule,
        at: at.with_timezone(&zone).naive_local(),
        cause,
    };
    Ok(Missed {
        count,
        rows: rows.into_iter().map(slot).collect(),
    })
}
