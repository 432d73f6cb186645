//! Jobs that take their worker down, take its memory or never return: they end alone, and the others go on.

use std::time::Duration;

use diesel::prelude::*;
use esteira::{
    app::Diagnostic,
    db::{RunQueryDsl, schema::job_attempts},
    engine::{NewJob, diagnostic::Deed, enqueue_all, request_cancel},
    with_conn,
};
use esteira_shared::{
    ids::{JobId, OrganizationId},
    reason::Reason,
    status::{JobOutcome, JobStatus},
};

use super::{Program, beside, organization, put, row};
use crate::{
    on_both,
    support::{TestApp, eventually},
};

/// KiB of addresses for a program that is told to take memory without end.
const ADDRESSES: u64 = 4 * 1024 * 1024;
const ORDINARY: usize = 60;

async fn ordinary(test: &TestApp, organization: OrganizationId) -> Vec<JobId> {
    let mut tx = test.app.db.begin().await.unwrap();
    let new = (0..ORDINARY)
        .map(|_| NewJob::<Diagnostic>::new(organization, "chaos", Deed::Sleep(20)))
        .collect();
    let ids = enqueue_all(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

async fn outcomes(test: &TestApp, id: JobId) -> Vec<(JobOutcome, String)> {
    let mut conn = test.app.db.read().await.unwrap();
    let rows: Vec<(JobOutcome, Option<String>)> = with_conn!(&mut conn, |c| job_attempts::table
        .filter(job_attempts::job_id.eq(id))
        .order(job_attempts::fence)
        .select((job_attempts::outcome, job_attempts::error))
        .load(c)
        .await)
    .unwrap();
    rows.into_iter()
        .map(|(outcome, error)| (outcome, error.unwrap_or_default()))
        .collect()
}

async fn all_succeeded(test: &TestApp, ids: &[JobId]) -> bool {
    for id in ids {
        if row(test, *id).await.status != JobStatus::Succeeded {
            return false;
        }
    }
    true
}

/// Like a service manager: a program that died is started again until the job is over.
async fn supervised(test: &TestApp, id: JobId, start: impl Fn() -> Program) -> u32 {
    let (mut program, mut deaths) = (start(), 0);
    let deadline = std::time::Instant::now() + Duration::from_secs(90);
    while row(test, id).await.finished_at.is_none() {
        assert!(
            std::time::Instant::now() < deadline,
            "it never ended: {:?}",
            row(test, id).await
        );
        if program.is_over() {
            deaths += 1;
            program = start();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    deaths
}

on_both!(a_job_that_takes_its_worker_down_ends_alone, |test| {
    let organization = organization(&test).await;
    let vars = beside(&test);
    let id = put(&test, organization, Deed::Abort).await;
    let others = ordinary(&test, organization).await;
    let deaths = supervised(&test, id, || Program::start(&["serve"], &vars)).await;
    let job = row(&test, id).await;
    assert_eq!(
        (deaths, job.status, job.losses),
        (2, JobStatus::Dead, 2),
        "{:?}",
        job.last_error
    );
    assert_eq!(job.last_error, Some(Reason::WorkersLost { losses: 3 }));
    let lost = outcomes(&test, id).await;
    assert!(
        lost.len() == 3 && lost.iter().all(|(outcome, _)| *outcome == JobOutcome::Lost),
        "{lost:?}"
    );
    let program = Program::start(&["serve"], &vars);
    eventually("the others ran", || all_succeeded(&test, &others)).await;
    drop(program);
});

on_both!(a_job_that_takes_all_memory_ends_alone, |test| {
    let organization = organization(&test).await;
    let vars = beside(&test);
    let id = put(&test, organization, Deed::Allocate).await;
    let others = ordinary(&test, organization).await;
    let deaths = supervised(&test, id, || Program::start_bounded("serve", ADDRESSES, &vars)).await;
    let job = row(&test, id).await;
    assert_eq!((deaths, job.status), (2, JobStatus::Dead), "{:?}", job.last_error);
    let program = Program::start(&["serve"], &vars);
    eventually("the others ran", || all_succeeded(&test, &others)).await;
    drop(program);
});

on_both!(a_job_that_keeps_its_thread_is_left_behind, |test| {
    let organization = organization(&test).await;
    let mut program = Program::start(&["serve"], &beside(&test));
    let mut spinning = Vec::new();
    for _ in 0..3 {
        spinning.push(put(&test, organization, Deed::Spin).await);
    }
    let deaf = put(&test, organization, Deed::IgnoreCancel).await;
    let panics = put(&test, organization, Deed::Panic).await;
    eventually("all have begun", || async {
        let mut begun = row(&test, deaf).await.started_at.is_some() && !outcomes(&test, panics).await.is_empty();
        for id in &spinning {
            begun &= row(&test, *id).await.status == JobStatus::Running;
        }
        begun
    })
    .await;
    let others = ordinary(&test, organization).await;
    eventually("the others ran meanwhile", || all_succeeded(&test, &others)).await;
    let (outcome, error) = outcomes(&test, panics).await.remove(0);
    assert!(
        outcome == JobOutcome::Failed && error.contains("told to panic"),
        "{outcome} {error}"
    );

    for id in spinning.iter().chain([&deaf]) {
        let mut tx = test.app.db.begin().await.unwrap();
        request_cancel(&mut tx, &test.app.tasks, organization, *id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    eventually("they are over by the deadline", || async {
        let mut over = row(&test, deaf).await.status == JobStatus::Cancelled;
        for id in &spinning {
            over &= row(&test, *id).await.status == JobStatus::Cancelled;
        }
        over
    })
    .await;
    assert!(!program.is_over());
    let after = ordinary(&test, organization).await;
    eventually("work goes on", || all_succeeded(&test, &after)).await;
});
