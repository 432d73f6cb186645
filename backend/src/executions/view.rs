//! A run with everything its page shows.

use diesel::prelude::*;
use esteira_shared::{
    dto::{
        executions::{ExecutionDetailDto, ExecutionDto, ExecutionResultDto},
        jobs::WaitingDto,
    },
    ids::{ExecutionId, OrganizationId, ProcessId},
    reason::Reason,
    status::{ExecutionStatus, ExecutionType, JobStatus, ResultEffect},
};
use serde_json::Value;

use super::{
    control,
    model::{self, Execution},
    settings::RobotSettings,
};
use crate::{
    app::App,
    db::{DbConn, RunQueryDsl, schema::execution_results},
    engine::job::Job,
    error::AppResult,
    integrations::outbound::shown_address,
    jobs,
    language::told,
    operators::Operator,
    processes::model::Process,
    with_conn,
};

/// Runs of one chain that are shown.
const CHAIN: i64 = 50;

/// # Errors
/// `not_found`.
pub(super) async fn detail(
    app: &App,
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ExecutionId,
) -> AppResult<ExecutionDetailDto> {
    let row = Execution::find(conn, organization, id).await?;
    let chain = Execution::of_process(conn, row.process_id, Some(row.tipo), CHAIN).await?;
    let newest = chain.as_slice().first().is_none_or(|first| first.id == row.id);
    let job = Job::find(conn, organization, row.job_id).await?;
    let settings = RobotSettings::of(conn, organization).await?;
    let (waiting, cause) = held(app, conn, &row, job.as_ref(), &chain).await?;
    let (waiting_cause, waiting_cause_coded) = cause.as_ref().map(told).unzip();
    let text = |text: Option<&str>| text.map(|text| serde_json::from_str(text).unwrap_or(Value::from(text)));
    Ok(ExecutionDetailDto {
        parametros_entrada: text(row.parametros_entrada.as_deref()).unwrap_or_default(),
        parametros: row.added(),
        resultado: text(row.resultado.as_deref()),
        results: results(conn, id).await?,
        waiting,
        waiting_cause,
        waiting_cause_coded,
        endpoint: row.endpoint.as_deref().map(shown_address),
        can_cancel: !row.status.is_over() && row.cancel_requested_at.is_none(),
        can_rerun: newest && control::can_rerun(&row),
        can_resume: newest && control::can_resume(&row, &settings, job.as_ref()),
        chain: model::dtos(conn, chain).await?,
        execution: model::dto(conn, row).await?,
    })
}

/// Why nobody works on a run: it has not begun, or its robot is not followed at the moment. And the failure before,
/// when it waits because of that.
async fn held(
    app: &App,
    conn: &mut DbConn,
    row: &Execution,
    job: Option<&Job>,
    before: &[Execution],
) -> AppResult<(Option<WaitingDto>, Option<Reason>)> {
    let waits = job.filter(|job| !row.status.is_over() && job.status == JobStatus::Queued);
    let Some(job) = waits else { return Ok((None, None)) };
    let cause = job.last_error.clone().or_else(|| repeated(row, before));
    Ok((jobs::why_waiting(app, conn, job).await?, cause))
}

/// The failure that this run repeats automatically, while it has not begun yet.
fn repeated(row: &Execution, before: &[Execution]) -> Option<Reason> {
    let automatic = row.retries > 0 && row.status == ExecutionStatus::Pendente && row.start_sent_at.is_none();
    let mut failed = before
        .iter()
        .filter(|one| automatic && one.tipo == row.tipo && one.attempt < row.attempt);
    failed.next()?.error_cause.clone()
}

type Row = (
    i32,
    Option<String>,
    Option<String>,
    Option<ProcessId>,
    ResultEffect,
    Option<Reason>,
);

async fn results(conn: &mut DbConn, id: ExecutionId) -> QueryResult<Vec<ExecutionResultDto>> {
    let rows: Vec<Row> = with_conn!(conn, |c| execution_results::table
        .filter(execution_results::execution_id.eq(id))
        .order(execution_results::position)
        .select((
            execution_results::position,
            execution_results::hash_execucao,
            execution_results::status_final,
            execution_results::process_id,
            execution_results::effect,
            execution_results::note,
        ))
        .load(c)
        .await)?;
    let dto = |(position, hash_execucao, status_final, process_id, effect, note): Row| {
        let (note, note_coded) = note.as_ref().map(told).unzip();
        ExecutionResultDto {
            position,
            hash_execucao,
            status_final,
            process_id,
            effect,
            note,
            note_coded,
        }
    };
    Ok(rows.into_iter().map(dto).collect())
}

/// Runs that the page of a process shows.
const OF_PROCESS: i64 = 20;

/// What the page of a process shows of its robots.
pub struct Robots {
    /// The newest runs.
    pub executions: Vec<ExecutionDto>,
    /// Whether one could be started.
    pub available: bool,
    /// Why nobody works on the newest run, and what went wrong before.
    pub waiting: Option<WaitingDto>,
    pub waiting_cause: Option<Reason>,
    /// Runs with an unknown end about which the API may be asked once more.
    pub resumable: Vec<ExecutionId>,
}

/// The newest runs for a process, how they stand, and whether a robot could be started for it.
///
/// # Errors
/// When the database does not answer.
pub async fn of_process(app: &App, conn: &mut DbConn, process: &Process) -> AppResult<Robots> {
    let rows = Execution::of_process(conn, process.id, None, OF_PROCESS).await?;
    let operator = Operator::find(conn, process.organization_id, process.operator_id).await?;
    let settings = RobotSettings::of(conn, process.organization_id).await?;
    let available = operator.is_some_and(|operator| operator.possui_rpa && settings.endpoint(&operator).is_some());
    let (mut waiting, mut waiting_cause) = (None, None);
    if let Some(newest) = rows.as_slice().first().filter(|newest| !newest.status.is_over()) {
        let job = Job::find(conn, newest.organization_id, newest.job_id).await?;
        (waiting, waiting_cause) = held(app, conn, newest, job.as_ref(), &rows).await?;
    }
    let mut resumable = Vec::new();
    for tipo in ExecutionType::ALL {
        let newest = rows.iter().find(|row| row.tipo == *tipo);
        let Some(unknown) = newest.filter(|row| row.outcome_unknown) else {
            continue;
        };
        let job = Job::find(conn, unknown.organization_id, unknown.job_id).await?;
        if control::can_resume(unknown, &settings, job.as_ref()) {
            resumable.push(unknown.id);
        }
    }
    Ok(Robots {
        executions: model::dtos(conn, rows).await?,
        available,
        waiting,
        waiting_cause,
        resumable,
    })
}
