//! A worker that is stopped past its lease, and wakes when another has finished its job.

use std::time::Duration;

use diesel::prelude::*;
use esteira::{
    db::RunQueryDsl,
    db::schema::{job_attempts, job_log_lines, workers},
    engine::{diagnostic::Deed, job::Job},
    with_conn,
};
use esteira_shared::{
    ids::{JobId, WorkerId},
    status::{JobOutcome, JobStatus},
};
use tokio_util::sync::CancellationToken;

use super::{Program, beside, organization, put, row};
use crate::{
    on_both,
    support::{TestApp, eventually},
};

on_both!(a_worker_that_wakes_too_late_writes_nothing, |test| {
    let organization = organization(&test).await;
    let serves: &[&str] = match test.app.db.is_postgres() {
        true => &["worker"],
        false => &["serve"],
    };
    let mut frozen = Program::start(serves, &beside(&test));
    let id = put(&test, organization, Deed::Sleep(1_500)).await;
    eventually("the program has it", || async {
        row(&test, id).await.status == JobStatus::Running
    })
    .await;
    let first = row(&test, id).await;
    freeze(&test, &frozen).await;

    // In this process, on a lease of three seconds.
    let stop = CancellationToken::new();
    let running = tokio::spawn(test.worker().run(stop.clone()));
    eventually("another finished it", || async {
        row(&test, id).await.status == JobStatus::Succeeded
    })
    .await;
    stop.cancel();
    running.await.unwrap();
    let before = everything(&test, id).await;
    assert_eq!(
        before.1.iter().map(|attempt| attempt.1).collect::<Vec<_>>(),
        [JobOutcome::Lost, JobOutcome::Succeeded]
    );
    assert!(row(&test, id).await.fence > first.fence);

    frozen.signal("CONT");
    // Long enough for its sleep to end and for its end to be tried, again and again for a whole lease.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(format!("{:?}", everything(&test, id).await), format!("{before:?}"));
    assert!(!frozen.is_over(), "it lives");
    let next = put(&test, organization, Deed::Nothing).await;
    eventually("it works again", || async {
        row(&test, next).await.status == JobStatus::Succeeded
    })
    .await;
});

on_both!(a_worker_that_fails_too_late_disturbs_nobody, |test| {
    too_late(test, Deed::FailAfter(6_000)).await;
});

on_both!(a_worker_that_succeeds_too_late_disturbs_nobody, |test| {
    too_late(test, Deed::Sleep(6_000)).await;
});

/// Wakes a worker whose time is over while another is at the same job, and still is afterwards.
async fn too_late(test: TestApp, deed: Deed) {
    let organization = organization(&test).await;
    let serves: &[&str] = match test.app.db.is_postgres() {
        true => &["worker"],
        false => &["serve"],
    };
    let mut frozen = Program::start(serves, &beside(&test));
    let id = put(&test, organization, deed).await;
    eventually("the program has it", || async {
        row(&test, id).await.status == JobStatus::Running
    })
    .await;
    let first = row(&test, id).await;
    freeze(&test, &frozen).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(test.worker().run(stop.clone()));
    eventually("another has it", || async {
        let row = row(&test, id).await;
        row.status == JobStatus::Running && row.fence > first.fence
    })
    .await;
    let before = everything(&test, id).await;

    // The first one's time is over by now, the second one's is not: what the first then writes, it writes at once.
    tokio::time::sleep(Duration::from_secs(3)).await;
    frozen.signal("CONT");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut after = everything(&test, id).await;
    assert!(
        after.0.lease_expires_at > before.0.lease_expires_at,
        "the second holds it"
    );
    after.0.lease_expires_at = before.0.lease_expires_at;
    assert_eq!(format!("{after:?}"), format!("{before:?}"));
    assert!(!frozen.is_over(), "it lives");
    stop.cancel();
    running.await.unwrap();
}

/// SIGSTOP, outside of a transaction: on SQLite a process that is stopped within one keeps the others out for as long.
async fn freeze(test: &TestApp, program: &Program) {
    loop {
        program.signal("STOP");
        let write = async {
            let mut tx = test.app.db.begin().await.unwrap();
            with_conn!(tx.conn(), |c| diesel::delete(
                workers::table.find(WorkerId(uuid::Uuid::nil()))
            )
            .execute(c)
            .await)
            .unwrap();
            tx.commit().await.unwrap();
        };
        if tokio::time::timeout(Duration::from_secs(1), write).await.is_ok() {
            return;
        }
        program.signal("CONT");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

type Attempts = Vec<(i64, JobOutcome)>;

/// The job with its attempts and its log.
async fn everything(test: &TestApp, id: JobId) -> (Job, Attempts, Vec<String>) {
    let job = row(test, id).await;
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| {
        let attempts = job_attempts::table
            .filter(job_attempts::job_id.eq(id))
            .order(job_attempts::fence)
            .select((job_attempts::fence, job_attempts::outcome))
            .load(c)
            .await
            .unwrap();
        let log = job_log_lines::table
            .filter(job_log_lines::job_id.eq(id))
            .order(job_log_lines::seq)
            .select(job_log_lines::message)
            .load(c)
            .await
            .unwrap();
        (job, attempts, log)
    })
}
