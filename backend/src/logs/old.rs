//! Logs whose thing is gone. They are marked with it, and their lines follow a few megabytes at a time: a long log at once
//! would hold up everybody who writes.

use std::collections::HashMap;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool},
};
use esteira_shared::ids::LogId;

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{log_chunks, logs},
        sql_types::SqlUuid,
    },
    with_conn,
};

/// Logs, and chunks of them, in one transaction.
const LOGS: i64 = 100;
const CHUNKS: i64 = 200;
/// And their bytes.
const BYTES: i64 = 8 * 1024 * 1024;

/// Bytes of the lines of some logs; those without lines are not in it.
///
/// # Errors
/// When the database does not answer.
pub async fn sizes(conn: &mut DbConn, ids: Vec<LogId>) -> QueryResult<HashMap<LogId, i64>> {
    let sizes: Vec<(LogId, i64)> = with_conn!(conn, |c| log_chunks::table
        .filter(log_chunks::log_id.eq_any(ids))
        .group_by(log_chunks::log_id)
        .select((
            log_chunks::log_id,
            sql::<BigInt>("CAST(sum(octet_length(lines)) AS bigint)")
        ))
        .load(c)
        .await)?;
    Ok(sizes.into_iter().collect())
}

/// Marks logs whose thing is removed in this transaction. Nobody reads them any more; [`purge`] removes them.
///
/// # Errors
/// When the database refuses.
pub async fn drop_all(tx: &mut Tx, ids: Vec<LogId>) -> QueryResult<()> {
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(logs::table.filter(logs::id.eq_any(ids)))
        .set(logs::dropped_at.eq(Some(now)))
        .execute(c)
        .await)?;
    Ok(())
}

/// Removes some lines of marked logs, of all organisations, and the logs that have none left. Says how many logs it looked
/// at: with none there is nothing left to do.
///
/// # Errors
/// When the database refuses.
pub async fn purge(tx: &mut Tx) -> QueryResult<usize> {
    let dropped: Vec<LogId> = with_conn!(tx.conn(), |c| logs::table
        .filter(logs::dropped_at.is_not_null())
        .order(logs::id)
        .limit(LOGS)
        .select(logs::id)
        .load(c)
        .await)?;
    if dropped.is_empty() {
        return Ok(0);
    }
    let chunks: Vec<(LogId, i64, i64)> = with_conn!(tx.conn(), |c| log_chunks::table
        .filter(log_chunks::log_id.eq_any(dropped.clone()))
        .order((log_chunks::log_id, log_chunks::first_seq))
        .limit(CHUNKS)
        .select((
            log_chunks::log_id,
            log_chunks::first_seq,
            sql::<BigInt>("CAST(octet_length(lines) AS bigint)")
        ))
        .load(c)
        .await)?;
    if let Some((log, seq)) = last_within(&chunks) {
        // They stand in this order, so all up to that one are those that were read.
        let up_to = sql::<Bool>("(log_id, first_seq) <= (")
            .bind::<SqlUuid, _>(log)
            .sql(", ")
            .bind::<BigInt, _>(seq)
            .sql(")");
        let gone = log_chunks::table
            .filter(log_chunks::log_id.eq_any(dropped.clone()))
            .filter(up_to);
        with_conn!(tx.conn(), |c| diesel::delete(gone).execute(c).await)?;
    }
    let empty = logs::table.filter(logs::id.eq_any(dropped.clone())).filter(sql::<Bool>(
        "NOT EXISTS (SELECT 1 FROM log_chunks WHERE log_chunks.log_id = logs.id)",
    ));
    with_conn!(tx.conn(), |c| diesel::delete(empty).execute(c).await)?;
    Ok(dropped.len())
}

/// The last chunk that still fits into one transaction; the first always does.
fn last_within(chunks: &[(LogId, i64, i64)]) -> Option<(LogId, i64)> {
    let mut left = BYTES;
    let mut last = None;
    for (log, seq, bytes) in chunks {
        left -= bytes;
        if left < 0 && last.is_some() {
            break;
        }
        last = Some((*log, *seq));
    }
    last
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_transaction_takes_a_few_megabytes_and_at_least_one_chunk() {
        let log = LogId(Uuid::nil());
        let of = |sizes: &[i64]| {
            let chunks: Vec<(LogId, i64, i64)> = (1..).zip(sizes).map(|(seq, bytes)| (log, seq, *bytes)).collect();
            last_within(&chunks).map(|(_, seq)| seq)
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[10, 20, 30]), Some(3));
        assert_eq!(of(&[BYTES - 1, 1, 1]), Some(2));
        assert_eq!(of(&[BYTES * 2, 1]), Some(1));
    }
}
