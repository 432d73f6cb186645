//! The ends of a run: what is written about it, and how its process moves on.

use esteira_shared::{
    ids::ProcessId,
    instant::Instant,
    reason::Reason,
    status::{ExecutionStatus, ExecutionType, ProcessStatus},
    transition::Move,
};

use super::model::{Execution, ExecutionChanges};
use crate::{
    auth::Actor,
    db::Tx,
    error::AppResult,
    integrations::rpa::hash::ExecutionHash,
    logs,
    processes::{
        model::{Process, ProcessChanges},
        moves,
    },
};

/// Why a run failed.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) cause: Reason,
    pub(super) step: Option<String>,
    pub(super) action: Option<Reason>,
    /// Nobody knows how the robot ended, or whether it began.
    pub(super) unknown: bool,
}

impl Trouble {
    pub(super) fn new(cause: Reason) -> Self {
        Self {
            cause,
            step: None,
            action: None,
            unknown: false,
        }
    }
}

/// What the API said at the end.
#[derive(Debug, Default)]
pub(super) struct ReportedEnd {
    pub(super) message: Option<Reason>,
    /// The whole result.
    pub(super) resultado: Option<String>,
    /// How long the robot says that it worked.
    pub(super) seconds: Option<i64>,
}

/// Who moves a process when its robot does.
pub(super) fn robot(execution: &Execution) -> Actor {
    let hash = execution.hash_execucao.parse::<ExecutionHash>();
    let operator = hash.map_or_else(|_| String::new(), |hash| format!(" {}", hash.operadora));
    Actor {
        name: format!("robô{operator}"),
        ..Actor::system(execution.organization_id)
    }
}

/// Ends a run as having done its work.
pub(super) async fn succeed(tx: &mut Tx, execution: &Execution, said: ReportedEnd) -> AppResult<Execution> {
    let changes = ExecutionChanges {
        progress: Some(100),
        mensagem_final: Some(said.message),
        resultado: Some(said.resultado),
        ..over(execution, ExecutionStatus::Concluido, said.seconds, tx.now())
    };
    write(tx, execution, changes).await
}

/// Ends a run that failed; its process learns why.
pub(super) async fn fail(
    tx: &mut Tx,
    execution: &Execution,
    trouble: &Trouble,
    said: ReportedEnd,
) -> AppResult<Execution> {
    fail_process(tx, &robot(execution), execution.process_id, execution.tipo, trouble).await?;
    fail_alone(tx, execution, trouble, said).await
}

/// Ends a run that failed, and leaves its process as it is.
pub(super) async fn fail_alone(
    tx: &mut Tx,
    execution: &Execution,
    trouble: &Trouble,
    said: ReportedEnd,
) -> AppResult<Execution> {
    let changes = ExecutionChanges {
        mensagem_final: Some(said.message.or_else(|| Some(trouble.cause.clone()))),
        error_cause: Some(Some(trouble.cause.clone())),
        error_step: Some(trouble.step.clone()),
        error_action: Some(trouble.action.clone()),
        outcome_unknown: Some(trouble.unknown),
        resultado: said.resultado.map(Some),
        ..over(execution, ExecutionStatus::Falhou, said.seconds, tx.now())
    };
    write(tx, execution, changes).await
}

/// Ends a run because somebody asked for it. `stopped` is false when its robot may still be at work.
pub(super) async fn cancel(tx: &mut Tx, execution: &Execution, stopped: bool) -> AppResult<Execution> {
    let actor = robot(execution);
    let process = Process::lock(tx, execution.organization_id, execution.process_id).await?;
    match process.status {
        ProcessStatus::DownloadEmAndamento => {
            let none = ProcessChanges::default();
            moves::advance(
                tx,
                &actor,
                &process,
                Move::CancelDownload,
                Some(&Reason::RunCancelled {}),
                none,
            )
            .await?;
        }
        ProcessStatus::DownloadConcluido | ProcessStatus::EnviandoSat => {
            // A document that may be on its way to SAT must not go there a second time unseen.
            let action = match execution.tipo {
                ExecutionType::UploadSat if !stopped => Reason::CheckSatFirst {},
                _ => Reason::TryAgain {},
            };
            let trouble = Trouble {
                action: Some(action),
                ..Trouble::new(Reason::Cancelled {})
            };
            fail_process(tx, &actor, process.id, execution.tipo, &trouble).await?;
        }
        _ => {}
    }
    let message = execution.mensagem_final.clone().unwrap_or_else(|| unheard(execution));
    let changes = ExecutionChanges {
        mensagem_final: Some(Some(message)),
        ..over(execution, ExecutionStatus::Cancelado, None, tx.now())
    };
    write(tx, execution, changes).await
}

/// What is known of a robot's end when its API said nothing about it.
fn unheard(execution: &Execution) -> Reason {
    match (&execution.start_sent_at, &execution.external_job_id) {
        (None, _) => Reason::CancelledBeforeStart {},
        // Without a job id there is nothing to ask for.
        (Some(_), None) => Reason::CancelledStartUnanswered {},
        (Some(_), Some(_)) => Reason::CancelledRequestFollows {},
    }
}

fn over(execution: &Execution, status: ExecutionStatus, seconds: Option<i64>, now: Instant) -> ExecutionChanges {
    let took = execution.data_inicio.map(|began| (now - began).num_seconds().max(0));
    ExecutionChanges {
        status: Some(status),
        data_finalizacao: Some(Some(now)),
        tempo_execucao_segundos: Some(seconds.or(took)),
        // Of a status that was not understood while the robot was at work.
        error_cause: Some(None),
        error_action: Some(None),
        ..ExecutionChanges::default()
    }
}

async fn write(tx: &mut Tx, execution: &Execution, changes: ExecutionChanges) -> AppResult<Execution> {
    logs::set_ended(tx, execution.id.log(), true).await?;
    let after = execution.change(tx, changes).await?;
    tx.changed(
        execution.organization_id,
        esteira_shared::event::Topic::Processes,
        execution.process_id.0,
    );
    Ok(after)
}

/// Moves a process to the status after a failed robot, unless a person went on without the robot. Says whether it
/// moved.
pub(super) async fn fail_process(
    tx: &mut Tx,
    actor: &Actor,
    id: ProcessId,
    tipo: ExecutionType,
    trouble: &Trouble,
) -> AppResult<bool> {
    let mut process = Process::lock(tx, actor.organization_id, id).await?;
    let by = match (tipo, process.status) {
        (ExecutionType::DownloadFatura, ProcessStatus::AguardandoDownload) => {
            process = begin_process(tx, actor, &process).await?;
            Move::FailDownload
        }
        (ExecutionType::DownloadFatura, ProcessStatus::DownloadEmAndamento | ProcessStatus::DownloadConcluido) => {
            Move::FailDownload
        }
        (ExecutionType::UploadSat, ProcessStatus::EnviandoSat) => Move::FailSend,
        _ => return Ok(false),
    };
    let mut changes = ProcessChanges {
        error_cause: Some(Some(trouble.cause.clone())),
        error_step: Some(trouble.step.clone()),
        error_action: Some(trouble.action.clone()),
        ..ProcessChanges::default()
    };
    if tipo == ExecutionType::DownloadFatura {
        changes.url_fatura = Some(None);
        changes.valor_fatura = Some(None);
    }
    moves::advance(tx, actor, &process, by, Some(&trouble.cause), changes).await?;
    Ok(true)
}

/// A robot is at work for a process that waits for its invoice.
pub(super) async fn begin_process(tx: &mut Tx, actor: &Actor, process: &Process) -> AppResult<Process> {
    moves::advance(tx, actor, process, Move::StartDownload, None, ProcessChanges::default()).await
}
