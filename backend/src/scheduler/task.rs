//! The job that a schedule's run is.

use std::{marker::PhantomData, time::Duration};

use chrono_tz::Tz;
use diesel::prelude::*;
use esteira_shared::{
    ids::{OrganizationId, ScheduleId, ScheduleRunId, UserId},
    reason::Reason,
    status::{PauseCause, ScheduleRunStatus},
    task::TaskName,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Fired, Host, Kinds, RunRow, ScheduleRow, calendars, end, kinds, plan, planner};
use crate::{
    auth::Actor,
    db::{Database, DbConn, RunQueryDsl, Tx, schema::users},
    engine::{self, Failure, FinalFailure, JobContext, Task, TaskResult, Tasks, job::Job},
    error::AppResult,
    with_conn,
};

/// Runs the code of a schedule's kind for one slot. The same for every program `A`.
pub struct RunSchedule<A>(PhantomData<A>);

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunPayload {
    Run(ScheduleRunId),
    /// Tells that the program paused a schedule.
    Paused(ScheduleId),
}

impl<A: Host> Task for RunSchedule<A> {
    const NAME: &'static str = TaskName::RunSchedule.as_str();
    const MAX_ATTEMPTS: i32 = 3;
    const TIMEOUT: Duration = Duration::from_hours(6);
    const QUEUE: &'static str = "schedules";

    type App = A;
    type Payload = RunPayload;

    async fn run(job: &JobContext<A>, payload: RunPayload) -> TaskResult {
        match payload {
            RunPayload::Run(id) => run(job, id).await,
            RunPayload::Paused(id) => tell_paused(job, id).await,
        }
    }

    async fn on_revived(tx: &mut Tx, job: &Job, _actor: &Actor) -> AppResult<()> {
        end::taken_up_again(tx, job).await
    }

    async fn on_failed(tx: &mut Tx, job: &Job, failure: &FinalFailure) -> AppResult<()> {
        end::without_success(tx, job, failure).await
    }
}

async fn run<A: Host>(job: &JobContext<A>, id: ScheduleRunId) -> TaskResult {
    let organization = job.organization_id();
    let mut conn = job.app.db().read().await?;
    let run = RunRow::find(&mut conn, organization, id).await?;
    // Somebody removed the schedule, or the slot goes its way with another job.
    let awaited = |run: &RunRow| run.status == ScheduleRunStatus::Running && run.job_id == Some(job.row().id);
    let Some(run) = run.filter(awaited) else {
        return Err(Failure::Cancelled);
    };
    let Some(schedule) = ScheduleRow::find(&mut conn, organization, run.schedule_id).await? else {
        return Err(Failure::Cancelled);
    };
    let fired = fired(&mut conn, &schedule, &run).await?;
    drop(conn);
    let parameters = parameters(job.app.db(), job.app.kinds(), &schedule, &run).await?;
    let result = job.app.kinds().run(job, schedule.kind, &fired, parameters).await?;
    let mut tx = job.begin().await?;
    end::with_success(&mut tx, job.row(), &result).await?;
    job.finish(tx, &result).await?;
    Ok(result)
}

async fn fired(conn: &mut DbConn, schedule: &ScheduleRow, run: &RunRow) -> Result<Fired, Failure> {
    let rule = schedule.read().map_err(|error| Failure::Business {
        cause: Reason::ScheduleUnreadable {
            error: error.to_string(),
        },
        step: None,
        action: None,
    })?;
    let requested_by = match run.requested_by {
        Some(user) => name_of(conn, schedule.organization_id, user).await?,
        None => None,
    };
    Ok(Fired {
        organization: schedule.organization_id,
        schedule: schedule.id,
        schedule_name: schedule.name.clone(),
        run: run.id,
        nominal_at: run.nominal_at,
        // A zone that is newer than this program is planned by the machine's database; its months differ by hours at most.
        zone: rule.timezone.parse().unwrap_or(Tz::UTC),
        requested_by,
    })
}

/// What people know a person by.
pub(super) async fn name_of(
    conn: &mut DbConn,
    organization: OrganizationId,
    user: UserId,
) -> QueryResult<Option<String>> {
    with_conn!(conn, |c| users::table
        .filter(users::organization_id.eq(organization).and(users::id.eq(user)))
        .select(users::name)
        .first(c)
        .await
        .optional())
}

/// The schedule's own parameters, with what exceptions change of them for this slot.
async fn parameters<A: Host>(
    db: &Database,
    kinds: &Kinds<A>,
    schedule: &ScheduleRow,
    run: &RunRow,
) -> Result<Value, Failure> {
    let (mut parameters, changes) = (schedule.parameters.0.clone(), &run.changes.0);
    let (Value::Object(all), Value::Object(changes)) = (&mut parameters, changes) else {
        return Ok(parameters);
    };
    if changes.is_empty() {
        return Ok(parameters);
    }
    all.extend(changes.clone());
    // They were not checked when the schedule was saved: a person wrote them into an exception.
    let mut tx = db.begin().await?;
    let checked = kinds
        .check(&mut tx, schedule.organization_id, schedule.kind, &parameters)
        .await;
    tx.roll_back().await;
    checked.map_err(kinds::refusal)
}

async fn tell_paused<A: Host>(job: &JobContext<A>, id: ScheduleId) -> TaskResult {
    let mut tx = job.begin().await?;
    let schedule = ScheduleRow::find(tx.conn(), job.organization_id(), id).await?;
    // Somebody mended it meanwhile.
    let result = match schedule
        .as_ref()
        .and_then(|schedule| Some((schedule, schedule.pause_cause?)))
    {
        Some((schedule, cause)) if cause != PauseCause::Person => {
            let why = why_paused(&mut tx, schedule).await?;
            job.app.kinds().tell_paused(&mut tx, schedule, &why).await?;
            json!({ "paused": schedule.name })
        }
        _ => json!({}),
    };
    job.finish(tx, &result).await?;
    Ok(result)
}

async fn why_paused(tx: &mut Tx, schedule: &ScheduleRow) -> AppResult<Reason> {
    if schedule.pause_cause == Some(PauseCause::Failures) {
        let cause = end::last_failure(tx.conn(), schedule).await?;
        return Ok(Reason::ScheduleFailedInRow {
            failures: schedule.failures_in_row,
            cause: Box::new(cause),
        });
    }
    let rule = match schedule.read() {
        Ok(rule) => rule,
        Err(error) => {
            return Ok(Reason::ScheduleUnreadable {
                error: error.to_string(),
            });
        }
    };
    let calendars = calendars(tx.conn(), schedule.organization_id).await?;
    Ok(match planner::sound(|| plan(schedule.id, &rule, &calendars)) {
        Err(fault) => fault,
        Ok(Err(problems)) => planner::first(&problems),
        Ok(Ok(_)) => Reason::ScheduleUnplannable {},
    })
}

/// The same task for who only queues it: a job needs the task's name and queue, and no program. There is no such program.
pub(super) type Queued = RunSchedule<Nobody>;

pub(super) enum Nobody {}

impl engine::Host for Nobody {
    fn db(&self) -> &Database {
        match *self {}
    }

    fn tasks(&self) -> &Tasks<Self> {
        match *self {}
    }
}

impl Host for Nobody {
    fn kinds(&self) -> &Kinds<Self> {
        match *self {}
    }
}
