//! Random operations on the queue, with workers that stop and die in the middle, against what must be true of any history.
//!
//! `ESTEIRA_TEST_SEEDS=7,8,9` replays seeds; a failure names its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    app::SharedApp,
    auth::Actor,
    db::RunQueryDsl,
    db::schema::{job_attempts, job_groups, job_rollups, jobs},
    engine::{
        NewJob, Task, Worker, WorkerOptions, enqueue, enqueue_group, job::Job, request_cancel, revive,
        set_default_limit,
    },
    with_conn,
};
use esteira_shared::{
    ids::{JobGroupId, JobId, OrganizationId},
    instant::Instant,
    status::{FailureKind, JobOutcome, JobStatus},
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    on_both,
    support::{Client, Fixture, Probe, ProbePayload, TestApp},
};

const SCRIPTS: [&[&str]; 6] = [
    &["ok"],
    &["nap"],
    &["business"],
    &["technical", "ok"],
    &["panic", "nap"],
    &["technical"],
];
const LANES: [&str; 3] = ["", "robots/VIVO", "robots/CLARO"];
const MOST: i32 = 2;
const OPERATIONS: usize = 140;

struct Run {
    app: SharedApp,
    admin: Client,
    organization: OrganizationId,
    random: StdRng,
    ids: Vec<JobId>,
    groups: Vec<(JobGroupId, JobId)>,
    workers: Vec<(CancellationToken, JoinHandle<()>)>,
    /// Their times are those of the last life.
    revived: BTreeSet<JobId>,
}

impl Run {
    fn probe(&mut self) -> NewJob<Probe> {
        let script = SCRIPTS.choose(&mut self.random).unwrap();
        let payload = ProbePayload {
            key: uuid::Uuid::now_v7().to_string(),
            script: script.iter().map(|step| (*step).to_owned()).collect(),
        };
        let lane = *LANES.choose(&mut self.random).unwrap();
        let priority = self.random.random_range(0..10);
        NewJob::new(self.organization, "model", payload)
            .lane(lane)
            .priority(priority)
    }

    async fn enqueue(&mut self) {
        let mut new = self.probe();
        if self.random.random_bool(0.2) {
            new = new.unique(format!("key {}", self.random.random_range(0..3)));
        }
        let mut tx = self.app.db.begin().await.unwrap();
        // A key that is held refuses, which is no job at all.
        if let Ok(id) = enqueue(&mut tx, new).await {
            tx.commit().await.unwrap();
            self.ids.push(id);
        }
    }

    async fn group(&mut self) {
        let members: Vec<NewJob<Probe>> = (0..self.random.random_range(1..5)).map(|_| self.probe()).collect();
        let last = self.probe();
        let mut tx = self.app.db.begin().await.unwrap();
        let group = enqueue_group(&mut tx, self.organization, members).await.unwrap();
        let after = enqueue(&mut tx, last.after(group)).await.unwrap();
        tx.commit().await.unwrap();
        self.ids.push(after);
        self.groups.push((group, after));
    }

    fn start_worker(&mut self) {
        let options = WorkerOptions {
            slots: self.random.random_range(1..6),
            lease: Duration::from_millis(1_200),
            grace: Duration::from_millis(self.random.random_range(0..60)),
        };
        let stop = CancellationToken::new();
        let worker = Worker::new(Arc::clone(&self.app), options).run(stop.clone());
        self.workers.push((stop, tokio::spawn(worker)));
    }

    async fn stop_worker(&mut self) {
        if let Some((stop, worker)) = self.workers.pop() {
            stop.cancel();
            worker.await.unwrap();
        }
    }

    /// As `kill -9`: nothing is handed back, and what it held waits for its lease to end.
    fn kill_worker(&mut self) {
        if !self.workers.is_empty() {
            let (_, worker) = self.workers.remove(0);
            worker.abort();
        }
    }

    async fn cancel(&mut self) {
        if let Some(id) = self.ids.choose(&mut self.random).copied() {
            let mut tx = self.app.db.begin().await.unwrap();
            request_cancel(&mut tx, &self.app.tasks, self.organization, id)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn retry(&mut self) {
        if let Some(id) = self.ids.choose(&mut self.random).copied() {
            let mut tx = self.app.db.begin().await.unwrap();
            // Refused unless it ended without success, or while another holds its key.
            if revive(&mut tx, &self.app.tasks, &Actor::system(self.organization), id)
                .await
                .is_ok()
            {
                tx.commit().await.unwrap();
                self.revived.insert(id);
            }
        }
    }

    async fn limit(&mut self) {
        let mut tx = self.app.db.begin().await.unwrap();
        set_default_limit(&mut tx, &Actor::system(self.organization), "robots", MOST)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn pause(&mut self, paused: bool) {
        let verb = if paused { "pause" } else { "resume" };
        let path = format!("/api/v1/queues/default/{verb}");
        self.admin.post(&path, json!({})).await.expect(200);
    }

    /// Lets what waits for its backoff run now.
    async fn make_due(&mut self) {
        let mut tx = self.app.db.begin().await.unwrap();
        let now = tx.database_now().await.unwrap();
        let waiting = jobs::table.filter(jobs::status.eq(JobStatus::Queued).and(jobs::run_at.gt(now)));
        with_conn!(tx.conn(), |c| diesel::update(waiting)
            .set((jobs::run_at.eq(now), jobs::rank.eq(now)))
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
    }

    async fn operate(&mut self) {
        match self.random.random_range(0..100) {
            0..45 => self.enqueue().await,
            45..52 => self.group().await,
            52..60 => self.start_worker(),
            60..64 => self.stop_worker().await,
            64..67 => self.kill_worker(),
            67..75 => self.cancel().await,
            75..82 => self.retry().await,
            82..88 => self.make_due().await,
            88..91 => self.pause(true).await,
            91..95 => self.pause(false).await,
            // For nothing: the workers go on meanwhile.
            _ => tokio::time::sleep(Duration::from_millis(self.random.random_range(1..40))).await,
        }
    }

    /// Everything may run now; waits until all of it is over.
    async fn finish(&mut self) {
        self.pause(false).await;
        self.start_worker();
        self.start_worker();
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        loop {
            self.make_due().await;
            let mut conn = self.app.db.read().await.unwrap();
            let open: i64 = with_conn!(&mut conn, |c| jobs::table
                .filter(jobs::finished_at.is_null())
                .count()
                .get_result(c)
                .await)
            .unwrap();
            drop(conn);
            if open == 0 {
                break;
            }
            assert!(std::time::Instant::now() < deadline, "{open} jobs are never over");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        while !self.workers.is_empty() {
            self.stop_worker().await;
        }
    }
}

type Attempt = (JobId, i64, i32, Instant, Instant, JobOutcome, Option<FailureKind>);

/// What must be true of every history.
async fn check(run: &Run, seed: u64) {
    let mut conn = run.app.db.read().await.unwrap();
    let all: Vec<Job> = with_conn!(&mut conn, |c| jobs::table.select(Job::as_select()).load(c).await).unwrap();
    let attempts: Vec<Attempt> = with_conn!(&mut conn, |c| job_attempts::table
        .order((job_attempts::job_id, job_attempts::fence))
        .select((
            job_attempts::job_id,
            job_attempts::fence,
            job_attempts::attempt,
            job_attempts::started_at,
            job_attempts::finished_at,
            job_attempts::outcome,
            job_attempts::error_kind,
        ))
        .load(c)
        .await)
    .unwrap();
    let mut of: BTreeMap<JobId, Vec<&Attempt>> = BTreeMap::new();
    for attempt in &attempts {
        of.entry(attempt.0).or_default().push(attempt);
    }
    for id in &run.ids {
        assert!(
            all.iter().any(|job| job.id == *id),
            "seed {seed}: acknowledged job {id} is gone"
        );
    }
    for job in &all {
        let attempts = of.get(&job.id).map(Vec::as_slice).unwrap_or_default();
        let story = format!("seed {seed}: {} {} {:?}", job.id, job.status, attempts);
        assert!(job.status.is_over(), "not over: {story}");
        // Every claim ended exactly once, and one after the other.
        let fences: Vec<i64> = attempts.iter().map(|attempt| attempt.1).collect();
        assert_eq!(
            fences,
            (1..=job.fence).collect::<Vec<_>>(),
            "claims and ends differ: {story}"
        );
        for pair in attempts.windows(2) {
            assert!(pair[0].4 <= pair[1].3, "two at once: {story}");
        }
        let successes = attempts
            .iter()
            .filter(|attempt| attempt.5 == JobOutcome::Succeeded)
            .count();
        assert_eq!(
            successes,
            usize::from(job.status == JobStatus::Succeeded),
            "successes: {story}"
        );
        let last = attempts.iter().next_back().map(|attempt| (attempt.5, attempt.6));
        match (job.status, last) {
            (JobStatus::Succeeded, Some((JobOutcome::Succeeded, None))) | (JobStatus::Cancelled, _) => {}
            (JobStatus::Dead, Some((JobOutcome::Failed, Some(FailureKind::Business)))) => {}
            (JobStatus::Dead, Some((JobOutcome::Failed | JobOutcome::Lost, Some(FailureKind::Technical)))) => {
                assert!(
                    job.attempt >= Probe::MAX_ATTEMPTS || job.losses >= 2,
                    "gave up early: {story}"
                );
            }
            _ => panic!("this end does not follow from these attempts: {story}"),
        }
    }
    // Limits: never more at once than allowed.
    let limited: Vec<&Attempt> = attempts
        .iter()
        .filter(|attempt| {
            all.iter()
                .any(|job| job.id == attempt.0 && job.lane.contains("/robots/"))
        })
        .collect();
    for one in &limited {
        let beside = limited
            .iter()
            .filter(|other| other.3 <= one.3 && one.3 < other.4)
            .count();
        assert!(
            beside <= usize::try_from(MOST).unwrap(),
            "seed {seed}: {beside} at once under a limit of {MOST}"
        );
    }
    // Keys: never two unfinished jobs with one key.
    for (job, other) in all.iter().flat_map(|job| all.iter().map(move |other| (job, other))) {
        let same = job.unique_key.is_some() && job.unique_key == other.unique_key && job.id < other.id;
        if same && !run.revived.contains(&job.id) && !run.revived.contains(&other.id) {
            // A job is made by the program's clock, before it waits for the one that holds its key, and ends by the
            // database's.
            let slack = TimeDelta::milliseconds(250);
            let before = |job: &Job, other: &Job| job.finished_at <= Some(other.created_at + slack);
            let apart = before(job, other) || before(other, job);
            assert!(apart, "seed {seed}: {} and {} hold one key at once", job.id, other.id);
        }
    }
    // Groups: what waits for one began after its last member's end.
    for (group, after) in &run.groups {
        let (pending, total): (i32, i32) = with_conn!(&mut conn, |c| job_groups::table
            .find(group)
            .select((job_groups::pending, job_groups::total))
            .first(c)
            .await)
        .unwrap();
        let members: Vec<&Job> = all.iter().filter(|job| job.group_id == Some(*group)).collect();
        assert_eq!(pending, 0, "seed {seed}: group {group} of {total}");
        let first_ends: Vec<Instant> = members
            .iter()
            .filter_map(|job| Some(of.get(&job.id)?.iter().next()?.4))
            .collect();
        if let Some(began) = of
            .get(after)
            .and_then(|attempts| attempts.iter().next())
            .map(|attempt| attempt.3)
        {
            assert!(
                first_ends.iter().all(|end| *end <= began),
                "seed {seed}: {after} began before its group was over"
            );
        }
    }
    // The graphs count what happened, no more and no less.
    let counted: Vec<(JobOutcome, i64)> = with_conn!(&mut conn, |c| job_rollups::table
        .select((job_rollups::outcome, job_rollups::count))
        .load(c)
        .await)
    .unwrap();
    for outcome in JobOutcome::ALL {
        let sum: i64 = counted
            .iter()
            .filter(|(of, _)| of == outcome)
            .map(|(_, count)| count)
            .sum();
        let real = attempts.iter().filter(|attempt| attempt.5 == *outcome).count();
        assert_eq!(
            sum,
            i64::try_from(real).unwrap(),
            "seed {seed}: {outcome} in the graphs"
        );
    }
}

fn seeds() -> Vec<u64> {
    match std::env::var("ESTEIRA_TEST_SEEDS") {
        Ok(list) => list.split(',').map(|seed| seed.trim().parse().unwrap()).collect(),
        Err(_) => vec![20_261_120],
    }
}

async fn play(test: &TestApp, seed: u64) {
    let fixture = Fixture::new(test, &format!("modelo{seed}")).await;
    let mut run = Run {
        app: Arc::clone(&test.app),
        admin: fixture.admin,
        organization: fixture.organization,
        random: StdRng::seed_from_u64(seed),
        ids: Vec::new(),
        groups: Vec::new(),
        workers: Vec::new(),
        revived: BTreeSet::new(),
    };
    run.limit().await;
    for _ in 0..OPERATIONS {
        run.operate().await;
    }
    run.finish().await;
    println!("seed {seed}: {} jobs", run.ids.len());
    check(&run, seed).await;
}

on_both!(any_history_of_the_queue_is_sound, |test| {
    let all = seeds();
    // Each on tables of its own: the checks look at everything there is.
    assert_eq!(all.len(), 1, "one seed at a time; `cargo xtask model` runs many");
    play(&test, all[0]).await;
});
