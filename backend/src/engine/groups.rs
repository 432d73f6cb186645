//! Jobs that belong together. A counter tells when all of them are over, without reading them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use esteira_shared::{ids::JobGroupId, instant::Instant};

use crate::bus::Signal;
use crate::{
    db::{
        RunQueryDsl, Tx,
        schema::{job_groups, jobs},
    },
    with_conn,
};

/// Counts ended members, given as group and success. Jobs that wait for a complete group become ready.
pub(super) async fn one_less(
    tx: &mut Tx,
    ended: impl Iterator<Item = (JobGroupId, bool)>,
    now: Instant,
) -> QueryResult<()> {
    // In the order of their ids, so that two workers never wait for each other in a ring.
    let mut counts: BTreeMap<JobGroupId, (i32, i32)> = BTreeMap::new();
    for (group, well) in ended {
        let (over, failed) = counts.entry(group).or_default();
        *over += 1;
        *failed += i32::from(!well);
    }
    for (group, (over, failed)) in counts {
        let pending: i32 = with_conn!(tx.conn(), |c| diesel::update(job_groups::table.find(group))
            .set((
                job_groups::pending.eq(job_groups::pending - over),
                job_groups::failed.eq(job_groups::failed + failed),
                job_groups::finished_at
                    .eq(diesel::dsl::case_when(job_groups::pending.eq(over), Some(now)).otherwise(None::<Instant>)),
            ))
            .returning(job_groups::pending)
            .get_result(c)
            .await)?;
        if pending == 0 {
            let waiting = jobs::table.filter(jobs::waits_for.eq(Some(group)));
            with_conn!(tx.conn(), |c| diesel::update(waiting)
                .set(jobs::waits_for.eq(None::<JobGroupId>))
                .execute(c)
                .await)?;
            tx.signal(Signal::JobsReady);
        }
    }
    Ok(())
}

/// A member that runs once more counts again, if its group is not complete yet. Jobs that wait for a group run once.
pub(super) async fn one_more(tx: &mut Tx, group: JobGroupId) -> QueryResult<bool> {
    let open = job_groups::table.find(group).filter(job_groups::pending.gt(0));
    let changed = with_conn!(tx.conn(), |c| diesel::update(open)
        .set((
            job_groups::pending.eq(job_groups::pending + 1),
            job_groups::failed.eq(job_groups::failed - 1),
        ))
        .execute(c)
        .await)?;
    Ok(changed > 0)
}
