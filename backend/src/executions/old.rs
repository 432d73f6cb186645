//! Runs that ended long ago.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Nullable},
};
use esteira_shared::{event::Topic, ids::ExecutionId, instant::Instant};
use uuid::Uuid;

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        aged::{Age, Aged, BATCH, Old, Place, beginning},
        schema::{execution_results, executions},
        sql_types::{SqlInstant, SqlUuid},
    },
    logs, with_conn,
};

/// Runs with their logs and results.
pub struct OldExecutions;

/// Its process is done, it is not the newest of its kind there, and nobody has to find out how it ended. The newest one
/// tells how the invoice came or went, and further ones are numbered after it.
const MAY_GO: &str = "NOT executions.outcome_unknown \
    AND EXISTS (SELECT 1 FROM processes WHERE processes.organization_id = executions.organization_id \
        AND processes.id = executions.process_id AND processes.status = 'UPLOAD_REALIZADO') \
    AND EXISTS (SELECT 1 FROM executions AS newer WHERE newer.process_id = executions.process_id \
        AND newer.tipo = executions.tipo AND newer.id > executions.id)";

const BYTES: &str = "CAST(octet_length(executions.parametros) + octet_length(executions.hash_execucao) \
    + coalesce(octet_length(executions.parametros_entrada), 0) + coalesce(octet_length(executions.resultado), 0) \
    + coalesce(octet_length(executions.mensagem_final), 0) + coalesce(octet_length(executions.error_cause), 0) \
    + coalesce(octet_length(executions.error_action), 0) + coalesce(octet_length(executions.endpoint), 0) AS bigint)";

const BYTES_OF_RESULTS: &str = "CAST(sum(coalesce(octet_length(hash_execucao), 0) \
    + coalesce(octet_length(status_final), 0) + coalesce(octet_length(note), 0)) AS bigint)";

impl Aged for OldExecutions {
    type Id = ExecutionId;

    async fn old(conn: &mut DbConn, age: Age, after: Option<Place<ExecutionId>>) -> QueryResult<Vec<Old<ExecutionId>>> {
        let (at, id) = after.unwrap_or((beginning(), ExecutionId(Uuid::nil())));
        let beyond = sql::<Bool>("(executions.data_finalizacao, executions.id) > (")
            .bind::<Nullable<SqlInstant>, _>(Some(at))
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")");
        let found: Vec<(ExecutionId, Instant, i64)> = with_conn!(conn, |c| executions::table
            .filter(executions::organization_id.eq(age.organization))
            .filter(executions::data_finalizacao.lt(Some(age.before)))
            .filter(beyond)
            .filter(sql::<Bool>(MAY_GO))
            .order((executions::data_finalizacao, executions::id))
            .limit(BATCH)
            .select((
                executions::id,
                executions::data_finalizacao.assume_not_null(),
                sql::<BigInt>(BYTES)
            ))
            .load(c)
            .await)?;
        let ids: Vec<ExecutionId> = found.iter().map(|(id, ..)| *id).collect();
        let lines = logs::sizes(conn, ids.iter().map(|id| id.log()).collect()).await?;
        let results = results(conn, ids).await?;
        let old = |(id, at, bytes): (ExecutionId, Instant, i64)| {
            let (entries, of_entries) = results.get(&id).copied().unwrap_or_default();
            let of_lines = lines.get(&id.log()).copied().unwrap_or_default();
            Old {
                at,
                id,
                count: 1,
                rows: 1 + entries,
                bytes: bytes + of_entries + of_lines,
            }
        };
        Ok(found.into_iter().map(old).collect())
    }

    async fn remove(tx: &mut Tx, age: Age, ids: Vec<ExecutionId>) -> QueryResult<Vec<ExecutionId>> {
        let still = executions::table
            .filter(
                executions::organization_id
                    .eq(age.organization)
                    .and(executions::id.eq_any(ids)),
            )
            .filter(executions::data_finalizacao.lt(Some(age.before)))
            .filter(sql::<Bool>(MAY_GO));
        let gone: Vec<ExecutionId> = with_conn!(tx.conn(), |c| diesel::delete(still)
            .returning(executions::id)
            .load(c)
            .await)?;
        logs::drop_all(tx, gone.iter().map(|id| id.log()).collect()).await?;
        tx.changed(age.organization, Topic::Executions, None);
        Ok(gone)
    }
}

/// Number and bytes of what runs brought, for those that brought something.
async fn results(conn: &mut DbConn, ids: Vec<ExecutionId>) -> QueryResult<HashMap<ExecutionId, (i64, i64)>> {
    let found: Vec<(ExecutionId, i64, i64)> = with_conn!(conn, |c| execution_results::table
        .filter(execution_results::execution_id.eq_any(ids))
        .group_by(execution_results::execution_id)
        .select((
            execution_results::execution_id,
            count_star(),
            sql::<BigInt>(BYTES_OF_RESULTS)
        ))
        .load(c)
        .await)?;
    Ok(found
        .into_iter()
        .map(|(id, count, bytes)| (id, (count, bytes)))
        .collect())
}
