//! Workers that share the jobs, stop, fall silent or go by a wrong clock.

use chrono::TimeDelta;
use esteira::engine::{NewJob, end_now, enqueue};
use esteira_shared::status::{JobOutcome, JobStatus};
use tokio_util::sync::CancellationToken;

use super::{job, new_job, organization, outcomes, put, queue, until};
use crate::{
    on_both,
    support::{Probe, ProbePayload, TestApp, note, probes, worker},
};

on_both!(a_stale_worker_changes_nothing, |test| {
    let (_, id, key) = queue(&test, &["sleep", "ok"]).await;
    // Claims and runs without heartbeats, as a stopped process would.
    let stale = tokio::spawn({
        let stale = worker(&test.app);
        async move { stale.run_until_idle().await }
    });
    until(&test, id, JobStatus::Running).await;
    let replica = test.replica().await;
    let stop = CancellationToken::new();
    let healthy = tokio::spawn(worker(&replica).run(stop.clone()));
    until(&test, id, JobStatus::Succeeded).await;
    let after = job(&test, id).await;
    // The stale one times out after four seconds and tries to write its failure.
    stale.await.unwrap().unwrap();
    let later = job(&test, id).await;
    assert_eq!(
        (later.status, later.fence, later.last_error),
        (after.status, after.fence, after.last_error)
    );
    assert_eq!(outcomes(&test, id).await, [JobOutcome::Lost, JobOutcome::Succeeded]);
    assert_eq!(probes(&key), ["start", "start"]);
    stop.cancel();
    healthy.await.unwrap();
});

on_both!(a_worker_whose_job_is_over_shows_no_progress, |test| {
    let (organization, id, key) = queue(&test, &["late"]).await;
    // Told by no signal and no heartbeat, as a process that was stopped.
    let stale = tokio::spawn({
        let stale = test.worker();
        async move { stale.run_until_idle().await }
    });
    until(&test, id, JobStatus::Running).await;
    let mut tx = test.app.db.begin().await.unwrap();
    end_now(&mut tx, &test.app.tasks, organization, id).await.unwrap();
    tx.commit().await.unwrap();
    note(&key, "go on");
    stale.await.unwrap().unwrap();
    assert_eq!(probes(&key), ["start", "failed:cancelado", "go on", "refused"]);
    let job = job(&test, id).await;
    assert_eq!(
        (job.status, job.progress, job.progress_message),
        (JobStatus::Cancelled, 0, None)
    );
});

on_both!(a_graceful_stop_hands_work_back_without_using_an_attempt, |test| {
    let (_, id, _) = queue(&test, &["sleep"]).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(test.worker().run(stop.clone()));
    until(&test, id, JobStatus::Running).await;
    stop.cancel();
    running.await.unwrap();
    let job = job(&test, id).await;
    assert_eq!((job.status, job.attempt), (JobStatus::Queued, 0));
    assert_eq!(outcomes(&test, id).await, [JobOutcome::Released]);
});

on_both!(many_workers_share_without_repeating, |test| {
    let organization = organization(&test).await;
    let keys: Vec<String> = (0..60).map(|_| uuid::Uuid::now_v7().to_string()).collect();
    let mut tx = test.app.db.begin().await.unwrap();
    for key in &keys {
        enqueue(&mut tx, new_job(organization, key, &["ok"])).await.unwrap();
    }
    tx.commit().await.unwrap();
    let replica = test.replica().await;
    let workers = [worker(&test.app), worker(&replica), worker(&test.app)];
    let runs = workers.map(|worker| tokio::spawn(async move { worker.run_until_idle().await.unwrap() }));
    let mut total = 0;
    for run in runs {
        total += run.await.unwrap();
    }
    assert_eq!(total, 60);
    assert!(keys.iter().all(|key| probes(key) == ["start"]));
});

on_both!(a_sleeping_worker_wakes_at_once, |test| {
    let stop = CancellationToken::new();
    let running = tokio::spawn(test.worker().run(stop.clone()));
    let replica = test.replica().await;
    // On PostgreSQL from another process, by notification; on SQLite there is no other.
    let from = if test.app.db.is_postgres() { &replica } else { &test.app };
    // As `serve --no-worker` does: the replica's signals go to the others.
    let (url, bus) = (replica.config.database.url.clone(), replica.bus.clone());
    let told = tokio::spawn(esteira::engine::listen(url, bus, stop.clone()));
    let organization = organization(&test).await;
    let mut waited = Vec::new();
    for _ in 0..6 {
        let key = uuid::Uuid::now_v7().to_string();
        let id = put(from, new_job(organization, &key, &["ok"])).await.unwrap();
        until(&test, id, JobStatus::Succeeded).await;
        let job = job(&test, id).await;
        waited.push(job.started_at.unwrap() - job.run_at);
    }
    // The first one found the worker somewhere between two polls. Each of the others came right after one had ended: if
    // nothing but the poll had found it, it would have waited for a whole second.
    let shortest = waited[1..].iter().min().unwrap();
    assert!(*shortest < TimeDelta::milliseconds(500), "{waited:?}");
    stop.cancel();
    running.await.unwrap();
    told.await.unwrap();
});

/// On PostgreSQL the server's clock decides, whatever the machines of the workers think.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_clock_neither_hurries_nor_steals() {
    let test = TestApp::postgres().await;
    let (organization, now_id, key) = queue(&test, &["sleep"]).await;
    let payload = ProbePayload {
        key: uuid::Uuid::now_v7().to_string(),
        script: vec!["ok".to_owned()],
    };
    let later =
        NewJob::<Probe>::new(organization, "test", payload).run_at(test.app.clock.now() + TimeDelta::minutes(30));
    let later = put(&test.app, later).await.unwrap();
    let (slow, fast) = (
        test.replica_off_by(-TimeDelta::hours(1)).await,
        test.replica_off_by(TimeDelta::hours(1)).await,
    );
    let stop = CancellationToken::new();
    let behind = tokio::spawn(worker(&slow).run(stop.clone()));
    until(&test, now_id, JobStatus::Running).await;
    let ahead = worker(&fast);
    assert_eq!(ahead.rescue().await.unwrap(), 0, "no lease has expired");
    assert_eq!(ahead.run_until_idle().await.unwrap(), 0, "nothing is due");
    assert_eq!(job(&test, later).await.status, JobStatus::Queued, "not before its time");
    assert_eq!(
        (job(&test, now_id).await.fence, probes(&key).len()),
        (1, 1),
        "nobody took it"
    );
    stop.cancel();
    behind.await.unwrap();
}
