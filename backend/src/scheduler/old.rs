//! What schedules did long ago.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool},
};
use esteira_shared::{event::Topic, ids::ScheduleRunId, instant::Instant};
use uuid::Uuid;

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        aged::{Age, Aged, BATCH, Old, Place, beginning},
        schema::schedule_runs,
        sql_types::{SqlInstant, SqlUuid},
    },
    with_conn,
};

/// Runs that are over, and slots that were missed. No slot fires anew without its row: schedules never look back beyond
/// `settled_at`.
pub struct OldRuns;

/// It is over, and not the last one of its schedule that began.
const MAY_GO: &str = "schedule_runs.status NOT IN ('waiting', 'running') AND (schedule_runs.fired_at IS NULL \
    OR EXISTS (SELECT 1 FROM schedule_runs AS newer WHERE newer.schedule_id = schedule_runs.schedule_id \
        AND newer.fired_at IS NOT NULL AND (newer.fired_at, newer.id) > (schedule_runs.fired_at, schedule_runs.id)))";

const BYTES: &str = "CAST(octet_length(CAST(schedule_runs.moved AS text)) \
    + octet_length(CAST(schedule_runs.changes AS text)) \
    + coalesce(octet_length(CAST(schedule_runs.result AS text)), 0) \
    + coalesce(octet_length(schedule_runs.failure), 0) AS bigint)";

impl Aged for OldRuns {
    type Id = ScheduleRunId;

    async fn old(
        conn: &mut DbConn,
        age: Age,
        after: Option<Place<ScheduleRunId>>,
    ) -> QueryResult<Vec<Old<ScheduleRunId>>> {
        let (at, id) = after.unwrap_or((beginning(), ScheduleRunId(Uuid::nil())));
        let beyond = sql::<Bool>("(schedule_runs.created_at, schedule_runs.id) > (")
            .bind::<SqlInstant, _>(at)
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")");
        let found: Vec<(ScheduleRunId, Instant, i64)> = with_conn!(conn, |c| schedule_runs::table
            .filter(schedule_runs::organization_id.eq(age.organization))
            .filter(schedule_runs::created_at.lt(age.before))
            .filter(beyond)
            .filter(sql::<Bool>(MAY_GO))
            .order((schedule_runs::created_at, schedule_runs::id))
            .limit(BATCH)
            .select((schedule_runs::id, schedule_runs::created_at, sql::<BigInt>(BYTES)))
            .load(c)
            .await)?;
        let old = |(id, at, bytes): (ScheduleRunId, Instant, i64)| Old {
            at,
            id,
            count: 1,
            rows: 1,
            bytes,
        };
        Ok(found.into_iter().map(old).collect())
    }

    async fn remove(tx: &mut Tx, age: Age, ids: Vec<ScheduleRunId>) -> QueryResult<Vec<ScheduleRunId>> {
        let still = schedule_runs::table
            .filter(
                schedule_runs::organization_id
                    .eq(age.organization)
                    .and(schedule_runs::id.eq_any(ids)),
            )
            .filter(schedule_runs::created_at.lt(age.before))
            .filter(sql::<Bool>(MAY_GO));
        let gone: Vec<ScheduleRunId> = with_conn!(tx.conn(), |c| diesel::delete(still)
            .returning(schedule_runs::id)
            .load(c)
            .await)?;
        tx.changed(age.organization, Topic::Schedules, None);
        Ok(gone)
    }
}
