//! Keeps how entries of a result were taken, and finds the processes that they name.

use diesel::prelude::*;
use esteira_shared::status::ExecutionType;

use super::{EntryOutcome, canonical};
use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{clients, execution_results, operators, processes},
    },
    error::AppResult,
    executions::model::Execution,
    fold::fold,
    integrations::rpa::{
        hash::ExecutionHash,
        payload::{FinalStatus, RpaResult},
    },
    processes::model::Process,
    with_conn,
};

/// The process that a hash names, by an earlier run or by its parts.
pub(super) async fn find_process(
    conn: &mut DbConn,
    execution: &Execution,
    hash: &str,
) -> AppResult<Option<(Process, ExecutionType)>> {
    let organization = execution.organization_id;
    if let Some(known) = Execution::with_hash(conn, organization, &canonical(hash)).await? {
        let process = Process::find(conn, organization, known.process_id).await?;
        return Ok(Some((process, known.tipo)));
    }
    let Ok(hash) = hash.parse::<ExecutionHash>() else {
        return Ok(None);
    };
    let found: Option<Process> = with_conn!(conn, |c| processes::table
        .inner_join(clients::table)
        .inner_join(operators::table)
        .filter(processes::organization_id.eq(organization))
        .filter(
            clients::cnpj
                .eq(&hash.cnpj)
                .and(operators::sort_name.eq(fold(&hash.operadora)))
        )
        .filter(processes::mes_ano.eq(hash.month))
        .select(Process::as_select())
        .first(c)
        .await
        .optional())?;
    Ok(found.map(|process| (process, hash.kind)))
}

/// Writes down how each entry was taken.
pub(super) async fn keep_results(
    tx: &mut Tx,
    execution: &Execution,
    result: &RpaResult,
    taken: &[EntryOutcome],
) -> AppResult<()> {
    let id = execution.id;
    // A run that is taken up again after its end gets its results anew.
    with_conn!(tx.conn(), |c| diesel::delete(
        execution_results::table.filter(execution_results::execution_id.eq(id))
    )
    .execute(c)
    .await)?;
    for (entry, taken) in result.processes.iter().zip(taken) {
        let word = match &entry.status_final {
            FinalStatus::UploadedSat => Some("UPLOADED_SAT".to_owned()),
            FinalStatus::Failed => Some("FAILED".to_owned()),
            FinalStatus::Running => Some("RUNNING".to_owned()),
            FinalStatus::Pending => Some("PENDING".to_owned()),
            FinalStatus::Unknown(word) => Some(word.clone()),
            FinalStatus::Missing => None,
        };
        let row = (
            execution_results::organization_id.eq(execution.organization_id),
            execution_results::execution_id.eq(id),
            execution_results::position.eq(i32::try_from(entry.position).unwrap_or(i32::MAX)),
            execution_results::hash_execucao.eq(entry.hash_execucao.as_deref()),
            execution_results::status_final.eq(word),
            execution_results::process_id.eq(taken.process),
            execution_results::effect.eq(taken.effect),
            execution_results::note.eq(taken.note.as_ref()),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(execution_results::table)
            .values(row)
            .execute(c)
            .await)?;
    }
    Ok(())
}
