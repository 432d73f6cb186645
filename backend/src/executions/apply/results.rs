//! Keeps how entries of a result were taken, and finds the processes that they name.

use diesel::prelude::*;
use esteira_shared::status::ExecutionType;

use super::{Applying, EntryOutcome, canonical};
use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{clients, execution_results, operators, processes},
    },
    engine::Failure,
    error::AppResult,
    executions::model::Execution,
    fold::fold,
    integrations::rpa::{
        hash::ExecutionHash,
        payload::{FinalStatus, RpaProcess},
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

/// Rows in one transaction. Nobody else can write meanwhile.
const AT_ONCE: usize = 200;

impl Applying<'_> {
    /// Writes down how entries were taken, a few at a time, and says how many. The last few are left for the transaction
    /// that ends the run; of most results that is all.
    pub(super) async fn keep_most(&self, taken: &[EntryOutcome]) -> Result<usize, Failure> {
        let most = taken.len().saturating_sub(1) / AT_ONCE * AT_ONCE;
        let entries = self.result.processes.get(..most).unwrap_or_default();
        for (entries, taken) in entries.chunks(AT_ONCE).zip(taken.chunks(AT_ONCE)) {
            let mut tx = self.begin().await?;
            let execution = Execution::lock(&mut tx, self.execution.organization_id, self.execution.id).await?;
            if execution.status.is_over() {
                break;
            }
            keep_results(&mut tx, &execution, entries, taken).await?;
            tx.commit().await?;
        }
        Ok(most)
    }
}

/// Writes down how entries that follow each other were taken.
pub(super) async fn keep_results(
    tx: &mut Tx,
    execution: &Execution,
    entries: &[RpaProcess],
    taken: &[EntryOutcome],
) -> AppResult<()> {
    let id = execution.id;
    let place = |entry: &RpaProcess| i32::try_from(entry.position).unwrap_or(i32::MAX);
    let first = entries.first().map_or(0, place);
    // A run that is taken up again after its end, or in the middle of this, gets its results anew.
    with_conn!(tx.conn(), |c| diesel::delete(
        execution_results::table
            .filter(execution_results::execution_id.eq(id))
            .filter(execution_results::position.ge(first))
    )
    .execute(c)
    .await)?;
    for (entry, taken) in entries.iter().zip(taken) {
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
            execution_results::position.eq(place(entry)),
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
