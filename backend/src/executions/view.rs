//! A run with everything its page shows.

use diesel::{prelude::*, sql_types::Integer};
use esteira_shared::{
    dto::{
        executions::{ExecutionDetailDto, ExecutionDto, ExecutionResultDto, ExecutionResultQuery, RESULTADO_BYTES},
        jobs::WaitingDto,
    },
    ids::{ExecutionId, OrganizationId, ProcessId},
    page::{DEFAULT_LIMIT, Page, TOTAL_CAP},
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
    db::{
        DbConn, RunQueryDsl, paging,
        schema::{execution_results, executions},
    },
    engine::job::Job,
    error::{AppError, AppResult},
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
    let text = |text: &str| serde_json::from_str(text).unwrap_or(Value::from(text));
    let resultado = Execution::resultado(conn, organization, id).await?;
    let long = resultado
        .as_ref()
        .map(String::len)
        .filter(|bytes| *bytes > RESULTADO_BYTES);
    Ok(ExecutionDetailDto {
        parametros_entrada: row.parametros_entrada.as_deref().map(text).unwrap_or_default(),
        parametros: row.added(),
        resultado: resultado.as_deref().filter(|_| long.is_none()).map(text),
        resultado_bytes: long.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
        results: results(conn, id, None, DEFAULT_LIMIT).await?,
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

/// One page of what the entries of a result did; the total only with the first.
///
/// # Errors
/// `validation`, `not_found`.
pub(super) async fn result_page(
    conn: &mut DbConn,
    organization: OrganizationId,
    id: ExecutionId,
    query: &ExecutionResultQuery,
) -> AppResult<Page<ExecutionResultDto>> {
    let limit = paging::limit(query.limit)?;
    let after: Option<i32> = paging::cursor(query.cursor.as_deref())?;
    let known: Option<ExecutionId> = with_conn!(conn, |c| executions::table
        .filter(executions::organization_id.eq(organization).and(executions::id.eq(id)))
        .select(executions::id)
        .first(c)
        .await
        .optional())?;
    known.ok_or_else(|| AppError::not_found("execution"))?;
    let mut page = paging::cut(results(conn, id, after, limit + 1).await?, limit, |row| row.position);
    if after.is_none() {
        let counted: i64 = with_conn!(conn, |c| {
            let rows = execution_results::table
                .filter(execution_results::execution_id.eq(id))
                .into_boxed()
                .select(1.into_sql::<Integer>())
                .limit(TOTAL_CAP + 1);
            paging::count_of(rows).get_result(c).await
        })?;
        page.total = Some(paging::total(counted));
    }
    Ok(page)
}

/// Up to `limit` of them in the result's order, after one.
async fn results(
    conn: &mut DbConn,
    id: ExecutionId,
    after: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<ExecutionResultDto>> {
    let rows: Vec<Row> = with_conn!(conn, |c| execution_results::table
        .filter(execution_results::execution_id.eq(id))
        .filter(execution_results::position.gt(after.unwrap_or(-1)))
        .order(execution_results::position)
        .limit(limit)
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
