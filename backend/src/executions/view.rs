//! A run with everything its page shows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use esteira_shared::{
    dto::executions::{ExecutionDetailDto, ExecutionDto, ExecutionResultDto},
    ids::{ExecutionId, OrganizationId, ProcessId},
    status::{ExecutionStatus, ResultEffect},
};
use serde_json::Value;

use super::{
    control,
    model::{self, Execution},
    settings::RobotSettings,
};
use crate::{
    app::App,
    db::{DbConn, schema::execution_results},
    engine::job::Job,
    error::AppResult,
    jobs,
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
    let waiting = match (row.status, Job::find(conn, organization, row.job_id).await?) {
        (ExecutionStatus::Pendente, Some(job)) => jobs::why_waiting(app, conn, &job).await?,
        _ => None,
    };
    let text = |text: Option<&str>| text.map(|text| serde_json::from_str(text).unwrap_or(Value::from(text)));
    Ok(ExecutionDetailDto {
        parametros_entrada: text(row.parametros_entrada.as_deref()).unwrap_or_default(),
        parametros: row.added(),
        resultado: text(row.resultado.as_deref()),
        results: results(conn, id).await?,
        waiting,
        endpoint: row.endpoint.clone(),
        can_cancel: !row.status.is_over() && row.cancel_requested_at.is_none(),
        can_rerun: newest && control::can_rerun(&row),
        can_resume: newest && control::can_resume(&row),
        chain: model::dtos(conn, chain).await?,
        execution: model::dto(conn, row).await?,
    })
}

type Row = (
    i32,
    Option<String>,
    Option<String>,
    Option<ProcessId>,
    ResultEffect,
    Option<String>,
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
    let dto = |(position, hash_execucao, status_final, process_id, effect, note)| ExecutionResultDto {
        position,
        hash_execucao,
        status_final,
        process_id,
        effect,
        note,
    };
    Ok(rows.into_iter().map(dto).collect())
}

/// Runs that the page of a process shows.
const OF_PROCESS: i64 = 20;

/// The newest runs for a process, and whether a robot could be started for it.
///
/// # Errors
/// When the database does not answer.
pub async fn of_process(conn: &mut DbConn, process: &Process) -> QueryResult<(Vec<ExecutionDto>, bool)> {
    let rows = Execution::of_process(conn, process.id, None, OF_PROCESS).await?;
    let operator = Operator::find(conn, process.organization_id, process.operator_id).await?;
    let settings = RobotSettings::of(conn, process.organization_id).await?;
    let available = operator.is_some_and(|operator| operator.possui_rpa && settings.endpoint(&operator).is_some());
    Ok((model::dtos(conn, rows).await?, available))
}
