//! The figures of Início.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};
use diesel::prelude::*;
use esteira_shared::{
    dto::{
        home::{BurnUpDay, HomeDto, RunningJob},
        processes::ProcessFilter,
    },
    error::ErrorCode,
    ids::{OrganizationId, ProcessId},
    instant::Instant,
    month::Month,
    status::{JobStatus, ProcessStatus},
};

use crate::{
    administration::organization::Organization,
    app::App,
    db::{
        DbConn, RunQueryDsl,
        schema::{jobs, processes},
    },
    engine::{Task as _, job::Job},
    error::AppResult,
    executions::{self, RunExecution},
    processes::{
        document, figures,
        model::{Process, title},
    },
    schedules,
    sending::SendToSat,
    with_conn,
};

/// Running jobs shown, and looked at for them.
const RUNNING: usize = 6;
const LOOKED_AT: i64 = 200;
/// How long damaged documents are shown: what cannot be restored need not be told for ever.
const DAMAGED: TimeDelta = TimeDelta::days(30);
/// Sendings looked at for the share of success.
const SENDINGS: i64 = 2_000;

pub(super) async fn home(app: &App, organization: OrganizationId) -> AppResult<HomeDto> {
    let mut conn = app.db.read_long().await?;
    let conn = &mut conn;
    let settings = Organization::find(conn, organization).await?;
    let now = app.clock.now();
    let zone = settings.zone();
    let today = now.with_timezone(&zone).date_naive();
    let month = figures::newest_month(conn, organization).await?;
    let (counts, operators, burn_up, previous_burn_up) = match month {
        Some(month) => (
            figures::counts(conn, organization, month).await?,
            figures::by_operator(conn, organization, month).await?,
            burn_up(conn, organization, month, zone).await?,
            burn_up(conn, organization, month.plus(-1), zone).await?,
        ),
        None => Default::default(),
    };
    let late = ProcessFilter {
        late: true,
        ..ProcessFilter::default()
    };
    let (send_success_percent, send_median_ms) = sendings(conn, organization, now).await?;
    Ok(HomeDto {
        month,
        counts,
        oldest_waiting_since: oldest_waiting(conn, organization).await?,
        due_soon: due_soon(conn, organization, month, today).await?,
        late: figures::count(conn, organization, late, settings.late_before(now)).await?,
        burn_up,
        previous_burn_up,
        operators,
        running: running(conn, organization).await?,
        robots: executions::robots_now(conn, organization, now).await?,
        send_success_percent,
        send_median_ms,
        damaged: document::damaged(conn, organization, now - DAMAGED).await?,
        missed: schedules::count_missed(conn, organization).await?,
    })
}

async fn oldest_waiting(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<Option<Instant>> {
    with_conn!(conn, |c| processes::table
        .filter(processes::organization_id.eq(organization))
        .filter(processes::status.eq(ProcessStatus::AguardandoAprovacao))
        .order((processes::status_since, processes::id))
        .select(processes::status_since)
        .first(c)
        .await
        .optional())
}

async fn due_soon(
    conn: &mut DbConn,
    organization: OrganizationId,
    month: Option<Month>,
    today: NaiveDate,
) -> QueryResult<i64> {
    let Some(month) = month else { return Ok(0) };
    let horizon = today.checked_add_days(Days::new(3)).unwrap_or(today);
    with_conn!(conn, |c| processes::table
        .filter(
            processes::organization_id
                .eq(organization)
                .and(processes::mes_ano.eq(month))
        )
        .filter(processes::status.ne(ProcessStatus::UploadRealizado))
        .filter(processes::data_vencimento.le(horizon))
        .count()
        .get_result(c)
        .await)
}

/// Days on which processes of the month were sent, added up from its first day on.
async fn burn_up(
    conn: &mut DbConn,
    organization: OrganizationId,
    month: Month,
    zone: chrono_tz::Tz,
) -> QueryResult<Vec<BurnUpDay>> {
    let hours = figures::sent_by_hour(conn, organization, month).await?;
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for (hour, count) in hours {
        *days.entry(hour.with_timezone(&zone).date_naive()).or_default() += count;
    }
    let mut done = 0;
    Ok(days
        .into_iter()
        .map(|(day, count)| {
            done += count;
            BurnUpDay { day, done }
        })
        .collect())
}

async fn running(conn: &mut DbConn, organization: OrganizationId) -> AppResult<Vec<RunningJob>> {
    let mut shown = Vec::new();
    // Robots have a card of their own.
    let running = Job::running(conn, organization, LOOKED_AT).await?.into_iter();
    for job in running.filter(|job| job.task != RunExecution::NAME).take(RUNNING) {
        let title = match job.subject_id {
            Some(id) => match Process::find(conn, organization, ProcessId(id.0)).await {
                Ok(process) => title(conn, &process).await?,
                Err(error) if error.code() == ErrorCode::NotFound => job.requested_by.clone(),
                Err(error) => return Err(error),
            },
            None => job.requested_by.clone(),
        };
        let line = Job::log_tail(conn, job.id, 1).await?.pop();
        let (last_line, last_line_coded) = line.map(|line| (line.message, line.message_coded)).unzip();
        shown.push(RunningJob {
            job: job.into_dto(),
            title,
            last_line,
            last_line_coded,
        });
    }
    Ok(shown)
}

async fn sendings(
    conn: &mut DbConn,
    organization: OrganizationId,
    now: Instant,
) -> QueryResult<(Option<f64>, Option<i64>)> {
    type Row = (JobStatus, Option<Instant>, Option<Instant>);
    let rows: Vec<Row> = with_conn!(conn, |c| jobs::table
        .filter(
            jobs::organization_id
                .eq(organization)
                .and(jobs::task.eq(SendToSat::NAME))
        )
        .filter(jobs::created_at.ge(now - TimeDelta::days(30)))
        .filter(jobs::status.eq_any(vec![JobStatus::Succeeded, JobStatus::Dead]))
        .order(jobs::id.desc())
        .limit(SENDINGS)
        .select((jobs::status, jobs::started_at, jobs::finished_at))
        .load(c)
        .await)?;
    let mut times: Vec<i64> = rows
        .iter()
        .filter(|row| row.0 == JobStatus::Succeeded)
        .filter_map(|row| Some((row.2? - row.1?).num_milliseconds()))
        .collect();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a share of at most a few thousand")]
    let percent = (!rows.is_empty()).then(|| times.len() as f64 * 100.0 / rows.len() as f64);
    Ok((percent, times.get(times.len() / 2).copied()))
}
