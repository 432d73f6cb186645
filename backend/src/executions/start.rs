//! Starting a robot: the row, its log and the job that runs it, all or nothing.

use chrono::TimeDelta;
use esteira_shared::{
    dto::executions::ExecutionCreate,
    error::{ErrorCode, FieldCode, FieldError},
    ids::{ExecutionId, OperatorId, OrganizationId, ProcessId, SubjectId},
    permission::Permission,
    reason::Reason,
    status::{ExecutionStatus, ExecutionType, ProcessStatus, SatTransport},
    transition::Move,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    EXTERNAL_API, LANE,
    model::Execution,
    settings::{self, RobotSettings},
    tasks::run::{RunExecution, RunPayload},
};
use crate::{
    auth::{
        Actor, Principal,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{DbConn, RunQueryDsl, Tx, schema::executions},
    engine::{NewJob, enqueue, set_default_limit},
    error::{AppError, AppResult, is_unique_violation},
    integrations::rpa::hash::ExecutionHash,
    logs,
    operators::Operator,
    processes::{
        model::{Names, Process},
        moves,
    },
    with_conn,
};

/// What is to be run.
pub(super) struct Wanted {
    pub(super) tipo: ExecutionType,
    /// What a person added.
    pub(super) parametros: Map<String, Value>,
    /// The document that goes to SAT.
    pub(super) document_sha256: Option<String>,
    /// Automatic repetitions before this one.
    pub(super) retries: i32,
    /// Not before so long from now.
    pub(super) wait: TimeDelta,
    /// Where its lane goes on below the operator's, for a limit across operators.
    pub(super) below: Option<String>,
}

impl Wanted {
    pub(super) fn download(parametros: Map<String, Value>) -> Self {
        Self {
            tipo: ExecutionType::DownloadFatura,
            parametros,
            document_sha256: None,
            retries: 0,
            wait: TimeDelta::zero(),
            below: None,
        }
    }
}

/// Has a robot get the invoice of a process, which was locked in this transaction.
///
/// # Errors
/// `illegal_transition`; `operator_without_robot`; `rpa_not_configured`; `execution_active` when one is at it already.
pub async fn start_download(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    parametros: Map<String, Value>,
) -> AppResult<Execution> {
    start_wanted(tx, actor, process, Wanted::download(parametros)).await
}

/// As [`start_download`], with all details given.
pub(super) async fn start_wanted(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    wanted: Wanted,
) -> AppResult<Execution> {
    refuse_second(tx, process).await?;
    moves::destination(process.status, Move::StartDownload)?;
    let context = StartContext::of(tx, process).await?;
    if !context.operator.possui_rpa {
        return Err(AppError::new(
            ErrorCode::OperatorWithoutRobot,
            format!(
                "{} has no robot; upload the invoice, or say under Operadoras that it has one",
                context.operator.name
            ),
        ));
    }
    let process = match process.status {
        ProcessStatus::AguardandoDownload => process.clone(),
        _ => moves::reopen_named(tx, actor, process, &context.names, Some(&Reason::NewDownload {})).await?,
    };
    begin(tx, actor, &process, &context, wanted).await
}

/// Has a robot bring the approved document of a process, which was locked in this transaction, to SAT.
///
/// # Errors
/// `illegal_transition`; `rpa_not_configured`, also when documents go over HTTPS here; `execution_active`; `sat_unclear`.
pub async fn start_upload(tx: &mut Tx, actor: &Actor, process: &Process) -> AppResult<Execution> {
    moves::destination(process.status, moves::sending_move(process.status))?;
    let settings = RobotSettings::of(tx.conn(), process.organization_id).await?;
    if settings.sat_transport != SatTransport::Robot {
        let message = "documents go to SAT over HTTPS here; choose the robot under Connections, or send the process";
        return Err(AppError::new(ErrorCode::RpaNotConfigured, message));
    }
    start_upload_with(tx, actor, process, settings, false).await
}

/// As [`start_upload`], for who has read in this transaction that robots bring documents to SAT. `despite_doubt` says
/// that a person knows that SAT may have the document.
///
/// # Errors
/// `illegal_transition`; `rpa_not_configured` when there is no address; `execution_active`; `sat_unclear`.
pub async fn start_upload_with(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    settings: RobotSettings,
    despite_doubt: bool,
) -> AppResult<Execution> {
    let context = StartContext::with(tx, process, settings).await?;
    refuse_second(tx, process).await?;
    let wanted = Wanted {
        tipo: ExecutionType::UploadSat,
        document_sha256: Some(process.approved_document()?),
        below: Some(TO_SAT.to_owned()),
        ..Wanted::download(Map::new())
    };
    let sending = moves::begin_sending(tx, actor, process, &context.names, despite_doubt).await?;
    begin(tx, actor, &sending, &context, wanted).await
}

/// Starts a robot for a process as somebody asks for it.
///
/// # Errors
/// As [`start_download`] and [`start_upload`]; `validation` when a sending is given parameters.
pub(super) async fn create(tx: &mut Tx, actor: &Actor, create: ExecutionCreate) -> AppResult<Execution> {
    let process = Process::lock(tx, actor.organization_id, create.process_id).await?;
    match create.tipo {
        ExecutionType::DownloadFatura => start_download(tx, actor, &process, create.parametros).await,
        ExecutionType::UploadSat => {
            refuse_parameters(&create.parametros)?;
            start_upload(tx, actor, &process).await
        }
    }
}

/// Starts the robot that a process waits for.
///
/// # Errors
/// As [`create`]; `forbidden` for a sending without the permission to send.
pub(super) async fn create_awaited(tx: &mut Tx, who: &Principal, id: ProcessId) -> AppResult<Execution> {
    let process = Process::lock(tx, who.organization_id, id).await?;
    match process.status {
        ProcessStatus::AguardandoEnvioSat | ProcessStatus::ErroEnvioSat => {
            who.require(Permission::SendProcesses)?;
            start_upload(tx, &who.actor(), &process).await
        }
        _ => start_download(tx, &who.actor(), &process, Map::new()).await,
    }
}

/// # Errors
/// `validation` unless there are none: a sending takes no parameters.
pub(super) fn refuse_parameters(parametros: &Map<String, Value>) -> AppResult<()> {
    if parametros.is_empty() {
        return Ok(());
    }
    let error = FieldError::new("parametros", FieldCode::Invalid, "a sending takes none");
    Err(AppError::validation(vec![error]))
}

/// The operators whose robots could be started now: those with a robot and an address for it.
///
/// # Errors
/// `rpa_not_configured` when there is no address at all, neither the organisation's nor any operator's own.
pub async fn operators_with_robots(conn: &mut DbConn, organization: OrganizationId) -> AppResult<Vec<OperatorId>> {
    let settings = RobotSettings::of(conn, organization).await?;
    let operators = Operator::all(conn, organization).await?;
    let reached = |operator: &Operator| settings.endpoint(operator).is_some();
    if !operators.is_empty() && !operators.iter().any(reached) {
        return Err(settings::not_configured());
    }
    let ready = operators
        .iter()
        .filter(|operator| operator.possui_rpa && reached(operator));
    Ok(ready.map(|operator| operator.id).collect())
}

/// One robot at a time for a process.
async fn refuse_second(tx: &mut Tx, process: &Process) -> AppResult<()> {
    match Execution::active(tx.conn(), process.id).await? {
        Some(active) => Err(already_active(active.id)),
        None => Ok(()),
    }
}

pub(super) fn already_active(id: ExecutionId) -> AppError {
    AppError::new(
        ErrorCode::ExecutionActive,
        "a robot is at work for this process, or waits; cancel it first",
    )
    .with_details(json!({ "execution_id": id }))
}

/// What a start needs to know, read once in its transaction.
pub(super) struct StartContext {
    operator: Operator,
    settings: RobotSettings,
    pub(super) names: Names,
}

impl StartContext {
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn of(tx: &mut Tx, process: &Process) -> AppResult<Self> {
        let settings = RobotSettings::of(tx.conn(), process.organization_id).await?;
        Self::with(tx, process, settings).await
    }

    async fn with(tx: &mut Tx, process: &Process, settings: RobotSettings) -> AppResult<Self> {
        let operator = Operator::find(tx.conn(), process.organization_id, process.operator_id).await?;
        Ok(Self {
            operator: operator.ok_or_else(|| AppError::not_found("operator"))?,
            settings,
            names: Names::of(tx.conn(), process).await?,
        })
    }
}

/// Writes the run down and queues it. No other one is under way for the process.
pub(super) async fn begin(
    tx: &mut Tx,
    actor: &Actor,
    process: &Process,
    context: &StartContext,
    wanted: Wanted,
) -> AppResult<Execution> {
    let organization = process.organization_id;
    let StartContext {
        operator,
        settings,
        names,
    } = context;
    if settings.endpoint(operator).is_none() {
        return Err(settings::not_configured());
    }
    set_default_limit(tx, actor, LANE, settings::AT_ONCE).await?;
    set_default_limit(tx, actor, &settings::each(), settings::AT_ONCE).await?;
    let cnpj = names.clone().dto(process.clone())?.client_cnpj.to_string();
    let before = Execution::of_process(tx.conn(), process.id, Some(wanted.tipo), 1).await?;
    let attempt = before.as_slice().first().map_or(0, |last| last.attempt) + 1;
    let id = ExecutionId(Uuid::now_v7());
    let job = NewJob::<RunExecution>::new(organization, &actor.name, RunPayload { execution_id: id })
        .about(SubjectId(id.0))
        .lane(lane(&operator.name, wanted.below.as_deref()))
        .run_at(tx.database_now().await? + wanted.wait);
    let job_id = enqueue(tx, job).await?;
    let now = tx.now();
    let row = Execution {
        id,
        organization_id: organization,
        process_id: process.id,
        client_id: process.client_id,
        operator_id: process.operator_id,
        mes_ano: process.mes_ano,
        tipo: wanted.tipo,
        status: ExecutionStatus::Pendente,
        classe_rpa_utilizada: EXTERNAL_API.to_owned(),
        attempt,
        retries: wanted.retries,
        hash_execucao: ExecutionHash::new(&operator.name, &cnpj, wanted.tipo, process.mes_ano).to_string(),
        parametros: Value::Object(wanted.parametros).to_string(),
        parametros_entrada: None,
        document_sha256: wanted.document_sha256,
        mensagem_final: None,
        error_cause: None,
        error_step: None,
        error_action: None,
        outcome_unknown: false,
        endpoint: None,
        start_sent_at: None,
        external_job_id: None,
        progress: 0,
        requested_by: actor.name.clone(),
        cancel_requested_at: None,
        data_inicio: None,
        data_finalizacao: None,
        tempo_execucao_segundos: None,
        job_id,
        created_at: now,
    };
    logs::open(tx, organization, id.log(), Permission::ReadProcesses).await?;
    let inserted = with_conn!(tx.conn(), |c| diesel::insert_into(executions::table)
        .values(&row)
        .execute(c)
        .await);
    match inserted {
        // Two starts at once on PostgreSQL: the other one's id cannot be read in this transaction any more.
        Err(error) if is_unique_violation(&error) => {
            return Err(AppError::new(
                ErrorCode::ExecutionActive,
                "a robot was started for this process at the same moment",
            ));
        }
        other => other?,
    };
    let subject = Subject::new("execution", id.0, names.title(process));
    audit::record(
        tx,
        actor,
        AuditAction::ExecutionStart,
        subject,
        NOTHING,
        Some(&json!({ "tipo": row.tipo, "attempt": attempt })),
    )
    .await?;
    tx.changed(organization, esteira_shared::event::Topic::Executions, id.0);
    tx.changed(organization, esteira_shared::event::Topic::Processes, process.id.0);
    Ok(row)
}

/// What robots bring to SAT stands there below their operators.
const TO_SAT: &str = "sat";

/// The limits that hold for an operator's robots.
fn lane(operator: &str, below: Option<&str>) -> String {
    let operator = name_in_path(operator);
    match below {
        Some(below) => format!("{LANE}/{operator}/{below}"),
        None => format!("{LANE}/{operator}"),
    }
}

/// A name without what means something in a path of limits.
pub(super) fn name_in_path(name: &str) -> String {
    let safe = |c: char| {
        if matches!(c, '/' | '*' | '%' | '\\') || c.is_control() {
            '-'
        } else {
            c
        }
    };
    name.chars().map(safe).collect()
}

/// Where the lane of a run's job goes on below its operator's.
pub(super) fn below_operator(lane: &str) -> Option<String> {
    // Organisation, robots, operator.
    lane.splitn(4, '/').nth(3).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_stands_where_its_first_run_stood() {
        for below in [None, Some(TO_SAT), Some("schedules/Downloads de manhã")] {
            let lane = format!("01936f5e-0000-7000-8000-000000000001/{}", lane("VIVO/FIXA", below));
            assert_eq!(below_operator(&lane).as_deref(), below, "{lane}");
        }
    }
}
