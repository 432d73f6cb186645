//! Results that no robot brought, applied to real processes by the rules for real results.

use std::collections::HashMap;

use chrono::TimeDelta;
use esteira_shared::{
    dto::executions::ExecutionDetailDto,
    ids::{ExecutionId, ProcessId},
    status::ExecutionType,
};
use serde_json::{Map, Value};

use super::{
    apply::{self, Files, Report},
    model::Execution,
    start::{self, Wanted},
    tasks::cancel::{CancelPayload, CancelRobot},
    view,
};
use crate::{
    app::App,
    auth::Actor,
    db::Tx,
    engine::{NewJob, end_now, enqueue},
    integrations::rpa::{Mask, RpaStatus, failure},
    processes::model::Process,
};

/// A made-up result, as the API of robots would report it.
pub struct MadeUp {
    pub status: RpaStatus,
    pub payload: Value,
    /// The invoices that it brings, by their addresses in the result.
    pub files: HashMap<String, Vec<u8>>,
}

/// Applies a made-up result to the run that is under way for a process, or to a new run. A robot at work is cancelled.
///
/// # Errors
/// When the process does not exist or waits for no robot, when a start waits for its answer, when robots are not
/// configured, or when the database refuses.
pub async fn apply_made_up(
    app: &App,
    actor: &Actor,
    process: ProcessId,
    result: MadeUp,
) -> anyhow::Result<ExecutionDetailDto> {
    let execution = waiting_run(app, actor, process).await?;
    let report = Report {
        status: result.status,
        error: failure::of_job(&result.payload, &|text| text),
        payload: result.payload,
        too_much: None,
        logs: Vec::new(),
        mask: Mask::default(),
        _place: None,
    };
    apply::apply(app, None, &execution, &report, &Files::Made(result.files)).await?;
    let mut conn = app.db.read().await?;
    Ok(view::detail(app, &mut conn, actor.organization_id, execution.id).await?)
}

/// Ends the job of a run that a made-up result has just ended, in the same transaction. So the worker that follows its
/// robot writes nothing more. The robot is told to end.
pub(super) async fn end_job(app: &App, tx: &mut Tx, actor: &Actor, id: ExecutionId) -> anyhow::Result<()> {
    let execution = Execution::find(tx.conn(), actor.organization_id, id).await?;
    if !end_now(tx, &app.tasks, actor.organization_id, execution.job_id).await? {
        return Ok(());
    }
    refuse_starting(&execution)?;
    if execution.external_job_id.is_some() {
        let payload = CancelPayload { execution_id: id };
        enqueue(
            tx,
            NewJob::<CancelRobot>::new(actor.organization_id, &actor.name, payload),
        )
        .await?;
    }
    Ok(())
}

/// A robot whose id is not known yet cannot be told to end.
fn refuse_starting(execution: &Execution) -> anyhow::Result<()> {
    anyhow::ensure!(
        execution.start_sent_at.is_none() || execution.external_job_id.is_some(),
        "a robot is just being asked to begin for this process; try again in a moment"
    );
    Ok(())
}

/// The run that waits or runs for a process, or a new one whose robot is never called.
async fn waiting_run(app: &App, actor: &Actor, id: ProcessId) -> anyhow::Result<Execution> {
    let mut tx = app.db.begin().await?;
    let process = Process::lock(&mut tx, actor.organization_id, id).await?;
    let run = match Execution::active(tx.conn(), id).await? {
        Some(active) => {
            anyhow::ensure!(
                active.tipo == ExecutionType::DownloadFatura,
                "its invoice is on its way to SAT; no robot brings another one"
            );
            refuse_starting(&active)?;
            active
        }
        None => {
            let wanted = Wanted {
                wait: TimeDelta::days(1),
                ..Wanted::download(Map::new())
            };
            start::start_wanted(&mut tx, actor, &process, wanted).await?
        }
    };
    tx.commit().await?;
    Ok(run)
}
