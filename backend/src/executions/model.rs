//! The row of one run.

use diesel::prelude::*;
use esteira_shared::{
    dto::{executions::ExecutionDto, processes::ProcessError},
    event::Topic,
    ids::{ClientId, ExecutionId, JobId, OperatorId, OrganizationId, ProcessId},
    instant::Instant,
    month::Month,
    reason::Reason,
    status::{ExecutionStatus, ExecutionType},
};
use serde_json::{Map, Value};

use crate::{
    db::{DbConn, RunQueryDsl, Tx, schema::executions},
    engine::CANCEL_DEADLINE,
    error::{AppError, AppResult},
    language::told,
    locked,
    logs::{self, LogState},
    processes::model::Party,
    with_conn,
};

/// All but `resultado`, which may be long: see [`Execution::resultado`].
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = executions, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Execution {
    pub id: ExecutionId,
    pub organization_id: OrganizationId,
    pub process_id: ProcessId,
    pub client_id: ClientId,
    pub operator_id: OperatorId,
    pub mes_ano: Month,
    pub tipo: ExecutionType,
    pub status: ExecutionStatus,
    pub classe_rpa_utilizada: String,
    pub attempt: i32,
    pub retries: i32,
    pub hash_execucao: String,
    pub parametros: String,
    pub parametros_entrada: Option<String>,
    pub document_sha256: Option<String>,
    pub mensagem_final: Option<Reason>,
    pub error_cause: Option<Reason>,
    pub error_step: Option<String>,
    pub error_action: Option<Reason>,
    pub outcome_unknown: bool,
    pub endpoint: Option<String>,
    pub start_sent_at: Option<Instant>,
    pub external_job_id: Option<String>,
    pub progress: i32,
    pub requested_by: String,
    pub cancel_requested_at: Option<Instant>,
    pub data_inicio: Option<Instant>,
    pub data_finalizacao: Option<Instant>,
    pub tempo_execucao_segundos: Option<i64>,
    pub job_id: JobId,
    pub created_at: Instant,
}

/// What may change while a robot is at work; absent fields stay.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = executions)]
pub(super) struct ExecutionChanges {
    pub(super) status: Option<ExecutionStatus>,
    pub(super) parametros_entrada: Option<Option<String>>,
    pub(super) resultado: Option<Option<String>>,
    pub(super) mensagem_final: Option<Option<Reason>>,
    pub(super) error_cause: Option<Option<Reason>>,
    pub(super) error_step: Option<Option<String>>,
    pub(super) error_action: Option<Option<Reason>>,
    pub(super) outcome_unknown: Option<bool>,
    pub(super) endpoint: Option<Option<String>>,
    pub(super) start_sent_at: Option<Option<Instant>>,
    pub(super) external_job_id: Option<Option<String>>,
    pub(super) progress: Option<i32>,
    pub(super) cancel_requested_at: Option<Option<Instant>>,
    pub(super) data_inicio: Option<Option<Instant>>,
    pub(super) data_finalizacao: Option<Option<Instant>>,
    pub(super) tempo_execucao_segundos: Option<Option<i64>>,
}

impl Execution {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: ExecutionId) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| executions::table
            .filter(executions::organization_id.eq(organization).and(executions::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("execution"))
    }

    /// The whole answer of the API at its end, as JSON.
    pub async fn resultado(
        conn: &mut DbConn,
        organization: OrganizationId,
        id: ExecutionId,
    ) -> AppResult<Option<String>> {
        let found: Option<Option<String>> = with_conn!(conn, |c| executions::table
            .filter(executions::organization_id.eq(organization).and(executions::id.eq(id)))
            .select(executions::resultado)
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("execution"))
    }

    /// The row, held until the transaction ends.
    pub(super) async fn lock(tx: &mut Tx, organization: OrganizationId, id: ExecutionId) -> AppResult<Self> {
        let found: Option<Self> = locked!(
            tx,
            for_update,
            executions::table
                .filter(executions::organization_id.eq(organization).and(executions::id.eq(id)))
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )?;
        found.ok_or_else(|| AppError::not_found("execution"))
    }

    /// The one that waits or runs for a process.
    pub(super) async fn active(conn: &mut DbConn, process: ProcessId) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| executions::table
            .filter(executions::process_id.eq(process))
            .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
                "status IN ('PENDENTE', 'EXECUTANDO')"
            ))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// Runs for a process, newest first; of one kind when it is given.
    pub(super) async fn of_process(
        conn: &mut DbConn,
        process: ProcessId,
        tipo: Option<ExecutionType>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        with_conn!(conn, |c| {
            let mut found = executions::table
                .filter(executions::process_id.eq(process))
                .order(executions::id.desc())
                .limit(limit)
                .select(Self::as_select())
                .into_boxed();
            if let Some(tipo) = tipo {
                found = found.filter(executions::tipo.eq(tipo));
            }
            found.load(c).await
        })
    }

    /// The newest run with a `hash_execucao`.
    pub(super) async fn with_hash(
        conn: &mut DbConn,
        organization: OrganizationId,
        hash: &str,
    ) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| executions::table
            .filter(
                executions::organization_id
                    .eq(organization)
                    .and(executions::hash_execucao.eq(hash))
            )
            .order(executions::id.desc())
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }

    /// Writes changes and tells open pages.
    pub(super) async fn change(&self, tx: &mut Tx, changes: ExecutionChanges) -> QueryResult<Self> {
        let after = with_conn!(tx.conn(), |c| diesel::update(executions::table.find(self.id))
            .set(&changes)
            .returning(Self::as_returning())
            .get_result(c)
            .await)?;
        tx.changed(self.organization_id, Topic::Executions, self.id.0);
        Ok(after)
    }

    /// What a person added to the parameters.
    pub(super) fn added(&self) -> Map<String, Value> {
        serde_json::from_str(&self.parametros).unwrap_or_default()
    }

    pub(super) fn error(&self) -> Option<ProcessError> {
        let (cause, cause_coded) = told(self.error_cause.as_ref()?);
        let (recommended_action, recommended_action_coded) = self.error_action.as_ref().map(told).unzip();
        Some(ProcessError {
            cause,
            cause_coded,
            step: self.error_step.clone(),
            recommended_action,
            recommended_action_coded,
        })
    }

    fn into_dto(self, parties: &Party, log: Option<&LogState>) -> ExecutionDto {
        let error = self.error();
        let (mensagem_final, mensagem_final_coded) = self.mensagem_final.as_ref().map(told).unzip();
        ExecutionDto {
            id: self.id,
            process_id: self.process_id,
            client_id: self.client_id,
            client_name: parties.client(self.client_id).to_owned(),
            operator_id: self.operator_id,
            operator_name: parties.operator(self.operator_id).to_owned(),
            mes_ano: self.mes_ano,
            tipo: self.tipo,
            status: self.status,
            classe_rpa_utilizada: self.classe_rpa_utilizada,
            attempt: self.attempt,
            progress: self.progress,
            last_line: log.and_then(|log| log.last_line.clone()),
            mensagem_final,
            mensagem_final_coded,
            error,
            outcome_unknown: self.outcome_unknown,
            external_job_id: self.external_job_id,
            requested_by: self.requested_by,
            created_at: self.created_at,
            data_inicio: self.data_inicio,
            data_finalizacao: self.data_finalizacao,
            tempo_execucao_segundos: self.tempo_execucao_segundos,
            cancel_requested_at: self.cancel_requested_at,
            cancel_deadline: self
                .cancel_requested_at
                .filter(|_| !self.status.is_over())
                .map(|at| at + CANCEL_DEADLINE),
            log_lines: log.map_or(0, |log| log.lines),
            job_id: self.job_id,
        }
    }
}

/// The rows as they are shown.
pub(super) async fn dtos(conn: &mut DbConn, rows: Vec<Execution>) -> QueryResult<Vec<ExecutionDto>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let clients = rows.iter().map(|row| row.client_id);
    let operators = rows.iter().map(|row| row.operator_id);
    let parties = Party::of(conn, clients, operators).await?;
    let logs = logs::states(conn, rows.iter().map(|row| row.id.log()).collect()).await?;
    let dto = |row: Execution| {
        let log = logs.iter().find(|log| log.id == row.id.log());
        row.into_dto(&parties, log)
    };
    Ok(rows.into_iter().map(dto).collect())
}

pub(super) async fn dto(conn: &mut DbConn, row: Execution) -> AppResult<ExecutionDto> {
    let mut one = dtos(conn, vec![row]).await?;
    one.pop().ok_or_else(|| AppError::not_found("execution"))
}
