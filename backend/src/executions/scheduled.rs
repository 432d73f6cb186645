//! The schedule that starts robots.
//!
//! It queues a run for everything that waits, as a bulk action does, and is over then. How many of its robots are at work
//! at once is a limit of the engine, across the paths of all operators (`robots/*/schedules/<name>`). So the figure holds
//! over restarts and with any number of workers, a repetition after a technical failure counts too, and an operator whose
//! robots are held up does not hold up the others.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use esteira_shared::{
    dto::{
        processes::{ProcessFilter, ProcessSort},
        scheduled::{DownloadsStarted, LeftOut, NAMED, StartDownloadsParameters},
    },
    error::{ErrorCode, FieldCode, FieldError},
    ids::{AccountId, OperatorId, OrganizationId, ProcessId},
    instant::Instant,
    language::Language,
    month::Month,
    reason::{Reason, ReasonDto},
    status::{ExecutionStatus, ExecutionType, ProcessStatus, ScheduleKind},
};
use serde_json::Map;

use super::{
    LANE,
    settings::RobotSettings,
    start::{Wanted, name_in_path, start_wanted},
};
use crate::{
    app::{App, JobContext},
    auth::Actor,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{accounts, executions},
    },
    engine::{Failure, TaskResult, set_limit},
    error::{AppError, AppResult},
    operators::Operator,
    processes::{
        list::{self, ProcessCursor, Selection},
        model::{NamedProcess, Process},
        scheduled::{actor, month_of},
    },
    scheduler::{Fired, Scheduled},
    with_conn,
};

/// Starts robots for the processes that wait for an invoice.
pub struct StartDownloads;

/// Processes looked at together; each is started in a transaction of its own.
const PAGE: i64 = 50;

impl Scheduled for StartDownloads {
    const KIND: ScheduleKind = ScheduleKind::StartDownloads;

    type App = App;
    type Parameters = StartDownloadsParameters;

    async fn check(tx: &mut Tx, organization: OrganizationId, parameters: &StartDownloadsParameters) -> AppResult<()> {
        let known: HashSet<OperatorId> = Operator::all(tx.conn(), organization)
            .await?
            .into_iter()
            .map(|operator| operator.id)
            .collect();
        if parameters.operator_ids.iter().all(|id| known.contains(id)) {
            return Ok(());
        }
        let message = "there is no such operator";
        let error = FieldError::new("operator_ids", FieldCode::Unknown, message);
        Err(AppError::validation(vec![error]))
    }

    async fn run(job: &JobContext, fired: &Fired, parameters: StartDownloadsParameters) -> TaskResult {
        let month = month_of(fired, parameters.month_offset);
        let below = format!("schedules/{}", name_in_path(&fired.schedule_name));
        let actor = actor(fired);
        let mut tx = job.begin().await?;
        let most = parameters.limite_execucoes_simultaneas;
        set_limit(&mut tx, &actor, &format!("{LANE}/*/{below}"), most).await?;
        tx.commit().await?;
        let statuses: &[ProcessStatus] = match parameters.apenas_processos_pendentes {
            true => &[ProcessStatus::AguardandoDownload],
            false => &[ProcessStatus::AguardandoDownload, ProcessStatus::ErroDownload],
        };
        let filter = ProcessFilter {
            month: Some(month),
            ..ProcessFilter::default()
        };
        let mut conn = job.app.db.read().await?;
        let selection = Selection::new(&mut conn, fired.organization, filter, job.app.clock.now()).await?;
        let selection = selection.only(statuses);
        let expected = list::count_all(&mut conn, &selection).await?;
        let mut starting = Starting {
            job,
            statuses,
            below,
            only: parameters.operator_ids.into_iter().collect(),
            hindrances: hindrances(&mut conn, fired.organization).await?,
            result: DownloadsStarted {
                month,
                started: earlier(&mut conn, job, &actor, month).await?,
                skips: 0,
                skipped: Vec::new(),
                failures: 0,
                failed: Vec::new(),
            },
            actor,
        };
        drop(conn);
        let (mut seen, mut after) = (0, None::<ProcessCursor>);
        loop {
            let mut conn = job.app.db.read().await?;
            let rows = list::read(&mut conn, &selection, ProcessSort::Oldest, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(ProcessCursor::of(ProcessSort::Oldest, &last.process));
            let facts = Facts::of(&mut conn, fired.organization, &rows).await?;
            drop(conn);
            for row in &rows {
                if job.is_cancelled() {
                    return Err(Failure::Cancelled);
                }
                starting.one(row, &facts).await?;
                seen += 1;
            }
            let percent = i32::try_from(seen * 100 / expected.max(1)).unwrap_or(99).min(99);
            job.progress(percent, &Reason::SeenOf { seen, expected }).await?;
        }
        serde_json::to_value(starting.result).map_err(|error| Failure::Technical(error.into()))
    }
}

/// One go.
struct Starting<'a> {
    job: &'a JobContext,
    actor: Actor,
    statuses: &'a [ProcessStatus],
    /// Where the lanes of its robots go on below their operators'.
    below: String,
    /// Only these operators; all when it is empty.
    only: HashSet<OperatorId>,
    /// Why an operator's robots cannot be started.
    hindrances: HashMap<OperatorId, Reason>,
    result: DownloadsStarted,
}

/// What is to be done about one process.
enum Verdict {
    Start,
    /// It is not one of those asked for, or was started by an earlier attempt of this job.
    Pass,
    Skip(Reason),
}

impl Starting<'_> {
    async fn one(&mut self, row: &NamedProcess, facts: &Facts) -> Result<(), Failure> {
        match self.judge(&row.process, facts) {
            Verdict::Pass => Ok(()),
            Verdict::Skip(reason) => {
                self.skip(row, &reason);
                Ok(())
            }
            Verdict::Start => self.start(row).await,
        }
    }

    fn judge(&self, process: &Process, facts: &Facts) -> Verdict {
        let chosen = self.only.is_empty() || self.only.contains(&process.operator_id);
        let id = process.id;
        let runs = || facts.runs.iter().filter(move |run| run.process_id == id);
        if !chosen || runs().any(|run| self.is_own(run)) {
            return Verdict::Pass;
        }
        if let Some(reason) = self.hindrances.get(&process.operator_id) {
            return Verdict::Skip(reason.clone());
        }
        if runs().any(|run| !run.status.is_over()) {
            return Verdict::Skip(Reason::RobotAtItAlready {});
        }
        let last = runs().rfind(|run| run.tipo == ExecutionType::DownloadFatura);
        if last.is_some_and(|run| run.outcome_unknown) {
            return Verdict::Skip(Reason::LastDownloadUnclear {});
        }
        if !facts.with_sign_in.contains(&process.account_id) {
            return Verdict::Skip(Reason::PortalSignInMissing {});
        }
        Verdict::Start
    }

    /// An earlier attempt of this job started it.
    fn is_own(&self, run: &Run) -> bool {
        run.requested_by == self.actor.name && run.created_at >= self.job.row().created_at
    }

    async fn start(&mut self, row: &NamedProcess) -> Result<(), Failure> {
        let mut tx = self.job.begin().await?;
        match self.write(&mut tx, row.process.id).await {
            Ok(()) => {
                tx.commit().await?;
                self.result.started += 1;
            }
            // The database's: the job tries again.
            Err(error) if error.code() == ErrorCode::DatabaseUnavailable => return Err(error.into()),
            Err(error) => {
                tx.roll_back().await;
                match passed_over(error.code()) {
                    Some(reason) => self.skip(row, &reason),
                    None => self.fail(row, &error),
                }
            }
        }
        Ok(())
    }

    async fn write(&self, tx: &mut Tx, id: ProcessId) -> AppResult<()> {
        let process = Process::lock(tx, self.actor.organization_id, id).await?;
        if !self.statuses.contains(&process.status) {
            let message = "it does not wait for its invoice any more";
            return Err(AppError::new(ErrorCode::IllegalTransition, message));
        }
        let wanted = Wanted {
            below: Some(self.below.clone()),
            ..Wanted::download(Map::new())
        };
        start_wanted(tx, &self.actor, &process, wanted).await.map(drop)
    }

    fn skip(&mut self, row: &NamedProcess, reason: &Reason) {
        self.result.skips += 1;
        note(&mut self.result.skipped, row, reason);
    }

    fn fail(&mut self, row: &NamedProcess, error: &AppError) {
        tracing::warn!(process = %row.process.id, error = %error, "its robot cannot be started");
        self.result.failures += 1;
        note(&mut self.result.failed, row, &Reason::quoted(error.message()));
    }
}

/// A refusal that leaves nothing to be done here.
fn passed_over(code: ErrorCode) -> Option<Reason> {
    match code {
        ErrorCode::ExecutionActive => Some(Reason::RobotAtItAlready {}),
        ErrorCode::IllegalTransition | ErrorCode::VersionConflict | ErrorCode::NotFound => {
            Some(Reason::ChangedMeanwhile {})
        }
        ErrorCode::OperatorWithoutRobot => Some(Reason::OperatorHasNoRobot {}),
        ErrorCode::RpaNotConfigured => Some(Reason::RobotsNotConfigured {}),
        _ => None,
    }
}

fn note(named: &mut Vec<LeftOut>, row: &NamedProcess, reason: &Reason) {
    if named.len() < NAMED {
        named.push(LeftOut {
            process_id: Some(row.process.id),
            client_name: row.names.client.clone(),
            operator_name: row.names.operator.clone(),
            reason: ReasonDto::new(reason, Language::default()),
        });
    }
}

/// Why robots of some operators cannot be started.
async fn hindrances(conn: &mut DbConn, organization: OrganizationId) -> QueryResult<HashMap<OperatorId, Reason>> {
    let settings = RobotSettings::of(conn, organization).await?;
    let why = |operator: &Operator| {
        if !operator.possui_rpa {
            Some(Reason::OperatorHasNoRobot {})
        } else if settings.endpoint(operator).is_none() {
            Some(Reason::RobotsNotConfigured {})
        } else {
            None
        }
    };
    let operators = Operator::all(conn, organization).await?;
    let hindered = operators.iter().filter_map(|one| Some((one.id, why(one)?)));
    Ok(hindered.collect())
}

/// Robots that earlier attempts of this job started.
async fn earlier(conn: &mut DbConn, job: &JobContext, actor: &Actor, month: Month) -> QueryResult<i64> {
    let since = job.row().created_at;
    with_conn!(conn, |c| executions::table
        .filter(
            executions::organization_id
                .eq(actor.organization_id)
                .and(executions::mes_ano.eq(month))
        )
        .filter(executions::tipo.eq(ExecutionType::DownloadFatura))
        .filter(executions::requested_by.eq(&actor.name).and(executions::retries.eq(0)))
        .filter(executions::created_at.ge(since))
        .count()
        .get_result(c)
        .await)
}

/// A run of a process.
#[derive(Queryable)]
struct Run {
    process_id: ProcessId,
    tipo: ExecutionType,
    status: ExecutionStatus,
    outcome_unknown: bool,
    requested_by: String,
    created_at: Instant,
}

/// What has to be known of some processes.
struct Facts {
    /// Oldest first.
    runs: Vec<Run>,
    /// Accounts whose portal can be signed in to.
    with_sign_in: HashSet<AccountId>,
}

impl Facts {
    async fn of(conn: &mut DbConn, organization: OrganizationId, rows: &[NamedProcess]) -> QueryResult<Self> {
        let processes: Vec<ProcessId> = rows.iter().map(|row| row.process.id).collect();
        let runs: Vec<Run> = with_conn!(conn, |c| executions::table
            .filter(executions::organization_id.eq(organization))
            .filter(executions::process_id.eq_any(processes))
            .order(executions::id)
            .select((
                executions::process_id,
                executions::tipo,
                executions::status,
                executions::outcome_unknown,
                executions::requested_by,
                executions::created_at,
            ))
            .load(c)
            .await)?;
        let ids: Vec<AccountId> = rows.iter().map(|row| row.process.account_id).collect();
        let with_sign_in: Vec<AccountId> = with_conn!(conn, |c| accounts::table
            .filter(accounts::organization_id.eq(organization).and(accounts::id.eq_any(ids)))
            .filter(accounts::portal_login.is_not_null())
            .filter(accounts::portal_password_sealed.is_not_null())
            .select(accounts::id)
            .load(c)
            .await)?;
        Ok(Self {
            runs,
            with_sign_in: with_sign_in.into_iter().collect(),
        })
    }
}
