//! What becomes of one job: it succeeds, is tried again, fails for good or is cancelled.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    db::RunQueryDsl,
    db::schema::jobs,
    engine::{enqueue, job::Job, request_cancel},
    with_conn,
};
use esteira_shared::{
    error::ErrorCode,
    reason::Reason,
    status::{FailureKind, JobOutcome, JobStatus},
};
use tokio_util::sync::CancellationToken;

use super::{job, make_due, new_job, organization, outcomes, put, queue, until};
use crate::{
    on_both,
    support::{eventually, probes},
};

on_both!(a_job_runs_once_and_keeps_result_and_log, |test| {
    let (_, id, key) = queue(&test, &["progress"]).await;
    assert_eq!(test.run_jobs().await, 1);
    assert_eq!(test.run_jobs().await, 0);
    let job = job(&test, id).await;
    assert_eq!(
        (job.status, job.progress, job.attempt, job.fence),
        (JobStatus::Succeeded, 100, 1, 1)
    );
    assert!(job.finished_at.is_some() && job.worker_id.is_none() && job.lease_expires_at.is_none());
    assert_eq!(probes(&key), ["start"]);
    assert_eq!(outcomes(&test, id).await, [JobOutcome::Succeeded]);
    let log = Job::log_tail(&mut test.app.db.read().await.unwrap(), id, 10)
        .await
        .unwrap();
    assert_eq!(
        log.iter()
            .map(|line| (line.seq, line.message.as_str()))
            .collect::<Vec<_>>(),
        [(1, "attempt 1: progress")]
    );
});

on_both!(a_job_and_its_change_become_true_together_or_not_at_all, |test| {
    let organization = organization(&test).await;
    let mut tx = test.app.db.begin().await.unwrap();
    enqueue(&mut tx, new_job(organization, "never", &["ok"])).await.unwrap();
    drop(tx);
    assert_eq!(test.run_jobs().await, 0);
});

on_both!(a_technical_failure_waits_and_is_tried_again, |test| {
    let (_, id, key) = queue(&test, &["technical", "panic", "ok"]).await;
    test.run_jobs().await;
    let waiting = job(&test, id).await;
    assert_eq!(
        (waiting.status, waiting.last_error_kind),
        (JobStatus::Queued, Some(FailureKind::Technical))
    );
    assert_eq!(waiting.last_error, Some(Reason::quoted("no answer")));
    assert!(
        waiting.run_at > waiting.created_at + TimeDelta::milliseconds(900),
        "it waits before the next attempt"
    );
    assert_eq!(test.run_jobs().await, 0, "not before its time");
    make_due(&test).await;
    test.run_jobs().await;
    let message = "probe panics".to_owned();
    assert_eq!(job(&test, id).await.last_error, Some(Reason::TaskPanicked { message }));
    make_due(&test).await;
    test.run_jobs().await;
    assert_eq!(job(&test, id).await.status, JobStatus::Succeeded);
    assert_eq!(
        outcomes(&test, id).await,
        [JobOutcome::Failed, JobOutcome::Failed, JobOutcome::Succeeded]
    );
    assert_eq!(probes(&key), ["start", "start", "start"]);
});

on_both!(attempts_come_to_an_end, |test| {
    let (_, id, key) = queue(&test, &["technical"]).await;
    for _ in 0..5 {
        test.run_jobs().await;
        make_due(&test).await;
    }
    let job = job(&test, id).await;
    assert_eq!((job.status, job.attempt), (JobStatus::Dead, 3));
    assert_eq!(
        probes(&key),
        ["start", "start", "start", "failed:no answer"],
        "the task hears of the end once"
    );
});

on_both!(a_business_failure_is_final_at_once, |test| {
    let (_, id, key) = queue(&test, &["business"]).await;
    test.run_jobs().await;
    let job = job(&test, id).await;
    assert_eq!(
        (job.status, job.last_error_kind),
        (JobStatus::Dead, Some(FailureKind::Business))
    );
    assert_eq!(probes(&key), ["start", "failed:wrong password"]);
});

on_both!(a_job_that_nobody_can_read_or_run_goes_to_dead, |test| {
    let (organization, id, _) = queue(&test, &["ok"]).await;
    let other = put(&test.app, new_job(organization, "x", &["ok"])).await.unwrap();
    let mut tx = test.app.db.begin().await.unwrap();
    let broken = esteira::db::sql_types::Json(serde_json::json!({ "key": 7 }));
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(id))
        .set(jobs::payload.eq(broken))
        .execute(c)
        .await)
    .unwrap();
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(other))
        .set(jobs::task.eq("no_such_task"))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    test.run_jobs().await;
    let (unread, unknown) = (job(&test, id).await, job(&test, other).await);
    assert_eq!(unread.status, JobStatus::Dead);
    assert_eq!(unread.last_error.unwrap().code(), "payload_unreadable");
    // Another replica may know it: it waits a while, and that costs no attempt.
    assert_eq!((unknown.status, unknown.attempt), (JobStatus::Queued, 0));
    test.clock.advance(TimeDelta::minutes(11));
    make_due(&test).await;
    test.run_jobs().await;
    let unknown = job(&test, other).await;
    assert_eq!(unknown.status, JobStatus::Dead);
    let task = "no_such_task".to_owned();
    assert_eq!(unknown.last_error, Some(Reason::TaskUnknown { task }));
});

on_both!(a_task_that_never_returns_is_cut_off, |test| {
    let (_, id, _) = queue(&test, &["sleep"]).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(test.worker().run(stop.clone()));
    eventually("the time-out", || async { job(&test, id).await.last_error.is_some() }).await;
    assert_eq!(
        job(&test, id).await.last_error,
        Some(Reason::TaskWithoutEnd { seconds: 4 })
    );
    stop.cancel();
    running.await.unwrap();
});

on_both!(cancelling_ends_a_waiting_job_at_once_and_a_running_one_soon, |test| {
    let (organization, running, _) = queue(&test, &["wait"]).await;
    let waiting = new_job(organization, "cancel-waiting", &["ok"]);
    let waiting = waiting.run_at((chrono::Utc::now() + TimeDelta::hours(1)).into());
    let waiting = put(&test.app, waiting).await.unwrap();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(test.worker().run(stop.clone()));
    until(&test, running, JobStatus::Running).await;
    for id in [running, waiting] {
        let mut tx = test.app.db.begin().await.unwrap();
        request_cancel(&mut tx, &test.app.tasks, organization, id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(job(&test, waiting).await.status, JobStatus::Cancelled);
    assert_eq!(
        probes("cancel-waiting").last().map(String::as_str),
        Some("failed:cancelado")
    );
    until(&test, running, JobStatus::Cancelled).await;
    stop.cancel();
    worker.await.unwrap();
});

on_both!(one_unfinished_job_per_key, |test| {
    let organization = organization(&test).await;
    let keyed = || new_job(organization, "unique", &["ok"]).unique("only-one");
    put(&test.app, keyed()).await.unwrap();
    assert_eq!(
        put(&test.app, keyed()).await.unwrap_err().code(),
        ErrorCode::AlreadyExists
    );
    test.run_jobs().await;
    put(&test.app, keyed()).await.expect("the first has ended");
});
