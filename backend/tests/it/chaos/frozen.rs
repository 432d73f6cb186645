//! A worker that is stopped past its lease, and wakes when another has finished its job.

use std::{path::Path, time::Duration};

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    db::RunQueryDsl,
    db::schema::{job_attempts, job_log_lines, jobs},
    engine::{diagnostic::Deed, job::Job},
    with_conn,
};
use esteira_shared::{
    ids::JobId,
    status::{JobOutcome, JobStatus},
};
use tokio_util::sync::CancellationToken;

use super::{Program, beside, organization, put, row};
use crate::{
    on_both,
    support::{TestApp, eventually, worker_with_slots},
};

on_both!(a_worker_that_wakes_too_late_writes_nothing, |test| {
    let organization = organization(&test).await;
    let log = test.folder.path().join("frozen.log");
    let mut frozen = with_one_slot(&test, &log);
    let id = put(&test, organization, Deed::Sleep(1_500)).await;
    eventually("the program has it", || async {
        row(&test, id).await.status == JobStatus::Running
    })
    .await;
    let first = row(&test, id).await;
    freeze(&test, &frozen).await;
    let_expire(&test, id).await;

    // In this process.
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
    let next = put(&test, organization, Deed::Nothing).await;
    // Its one slot is free once it has done with the first job.
    eventually("it works again", || async {
        row(&test, next).await.status == JobStatus::Succeeded
    })
    .await;
    eventually("it tried to write", || std::future::ready(logged(&log, TOO_LATE))).await;
    assert_eq!(format!("{:?}", everything(&test, id).await), format!("{before:?}"));
    assert!(!frozen.is_over(), "it lives");
});

/// What the program logs of a success that came too late, and of a failure.
const TOO_LATE: &str = "came too late; it changes nothing";
const NOT_WRITTEN: &str = "the end of this attempt is not written";

fn logged(log: &Path, words: &str) -> bool {
    std::fs::read_to_string(log).unwrap().contains(words)
}

/// The program, which does one job after the other. Its heartbeats are rare: one that is due when it wakes would find the
/// job lost before its end is written.
fn with_one_slot(test: &TestApp, log: &Path) -> Program {
    let serves: &[&str] = match test.app.db.is_postgres() {
        true => &["worker"],
        false => &["serve"],
    };
    let mut vars = beside(test);
    vars.insert("ESTEIRA_WORKER_SLOTS".to_owned(), "1".to_owned());
    vars.insert("ESTEIRA_LEASE_S".to_owned(), "60".to_owned());
    Program::start_telling(serves, &vars, log)
}

on_both!(a_worker_that_fails_too_late_disturbs_nobody, |test| {
    too_late(test, Deed::FailAfter(LENGTH_MS), NOT_WRITTEN).await;
});

on_both!(a_worker_that_succeeds_too_late_disturbs_nobody, |test| {
    too_late(test, Deed::Sleep(LENGTH_MS), TOO_LATE).await;
});

const LENGTH_MS: u64 = 6_000;

/// Wakes a worker whose time is over while another is at the same job, and still is afterwards. What the first then tries
/// to write is `told` in its log.
async fn too_late(test: TestApp, deed: Deed, told: &str) {
    let organization = organization(&test).await;
    let log = test.folder.path().join("frozen.log");
    let mut frozen = with_one_slot(&test, &log);
    let id = put(&test, organization, deed).await;
    eventually("the program has it", || async {
        row(&test, id).await.status == JobStatus::Running
    })
    .await;
    let first = row(&test, id).await;
    let after = |milliseconds: u64| {
        let at = first.started_at.unwrap() + TimeDelta::milliseconds(i64::try_from(milliseconds).unwrap());
        let clock = test.app.clock.clone();
        move || std::future::ready(clock.now() > at)
    };
    freeze(&test, &frozen).await;
    // The second begins so much later that it is still at the job when the time of the first is over.
    eventually("half of the time is over", after(LENGTH_MS / 2)).await;
    let_expire(&test, id).await;
    let stop = CancellationToken::new();
    // With this job it has enough to do: what comes later is for the first.
    let running = tokio::spawn(worker_with_slots(&test.app, 1).run(stop.clone()));
    eventually("another has it", || async {
        let row = row(&test, id).await;
        row.status == JobStatus::Running && row.fence > first.fence
    })
    .await;
    let before = everything(&test, id).await;

    // Then what the first writes, it writes at once.
    eventually("the first one's time is over", after(LENGTH_MS)).await;
    frozen.signal("CONT");
    let next = put(&test, organization, Deed::Nothing).await;
    eventually("the first has done with it", || async {
        row(&test, next).await.status == JobStatus::Succeeded
    })
    .await;
    eventually("it tried to write", || std::future::ready(logged(&log, told))).await;
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
        let write = async { test.app.db.begin().await.unwrap().commit().await.unwrap() };
        if tokio::time::timeout(Duration::from_secs(1), write).await.is_ok() {
            return;
        }
        program.signal("CONT");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// As if the worker had been stopped for as long as its lease.
async fn let_expire(test: &TestApp, id: JobId) {
    let now = test.app.clock.now();
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| {
        let job = jobs::table.find(id);
        let expired = diesel::update(job).set(jobs::lease_expires_at.eq(Some(now)));
        expired.execute(c).await.unwrap()
    });
    tx.commit().await.unwrap();
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
