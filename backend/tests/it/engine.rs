//! The queue: every job ends once, whoever dies on the way.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::SharedApp,
    applications,
    db::RunQueryDsl,
    db::schema::{job_attempts, jobs},
    engine::{NewJob, end_now, enqueue, job::Job, request_cancel},
    error::AppError,
    with_conn,
};
use esteira_shared::{
    error::ErrorCode,
    ids::{JobId, OrganizationId},
    reason::Reason,
    status::{FailureKind, JobOutcome, JobStatus},
    task::TaskName,
};
use tokio_util::sync::CancellationToken;

use crate::{
    on_both,
    support::{Probe, ProbePayload, TestApp, eventually, note, probes, worker},
};

#[test]
fn the_closed_list_of_tasks_is_what_runs() {
    let mut listed: Vec<&str> = TaskName::ALL.iter().map(|name| name.as_str()).collect();
    listed.sort_unstable();
    assert_eq!(applications::tasks().names(), listed);
}

async fn organization(test: &TestApp) -> OrganizationId {
    let mut tx = test.app.db.begin().await.unwrap();
    let made = Organization::create(&mut tx, "Motor").await.unwrap();
    tx.commit().await.unwrap();
    made.id
}

fn new_job(organization_id: OrganizationId, key: &str, script: &[&str]) -> NewJob<Probe> {
    let payload = ProbePayload {
        key: key.to_owned(),
        script: script.iter().map(|step| (*step).to_owned()).collect(),
    };
    NewJob::new(organization_id, "test", payload)
}

/// Queues a job and returns its id and the key under which its probe reports.
async fn queue(test: &TestApp, script: &[&str]) -> (OrganizationId, JobId, String) {
    let organization = organization(test).await;
    let key = uuid::Uuid::now_v7().to_string();
    let id = put(&test.app, new_job(organization, &key, script)).await.unwrap();
    (organization, id, key)
}

async fn put(app: &SharedApp, new: NewJob<Probe>) -> Result<JobId, AppError> {
    let mut tx = app.db.begin().await?;
    let id = enqueue(&mut tx, new).await?;
    tx.commit().await?;
    Ok(id)
}

async fn job(test: &TestApp, id: JobId) -> Job {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| jobs::table
        .find(id)
        .select(Job::as_select())
        .first(c)
        .await)
    .unwrap()
}

/// Waits until a job stands so.
async fn until(test: &TestApp, id: JobId, status: JobStatus) {
    eventually(&format!("{id} is {status}"), || async {
        job(test, id).await.status == status
    })
    .await;
}

async fn outcomes(test: &TestApp, id: JobId) -> Vec<JobOutcome> {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| job_attempts::table
        .filter(job_attempts::job_id.eq(id))
        .order(job_attempts::fence)
        .select(job_attempts::outcome)
        .load(c)
        .await)
    .unwrap()
}

/// Lets waiting jobs run now, whatever their backoff.
pub async fn make_due(test: &TestApp) {
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(jobs::table)
        .set((jobs::run_at.eq(jobs::created_at), jobs::rank.eq(jobs::created_at)))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
}

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
