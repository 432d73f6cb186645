//! Killed at random points while the queue is full: one program on SQLite, three on PostgreSQL.

use std::{collections::BTreeMap, time::Duration};

use chrono::Utc;
use diesel::{prelude::*, sql_types::Text};
use esteira::{
    app::Diagnostic,
    db::{
        DbConn, RunQueryDsl,
        schema::{job_attempts, job_groups, job_rollups, jobs, workers},
    },
    engine::{NewJob, diagnostic::Deed, enqueue, enqueue_all, enqueue_group, job::Job, request_cancel},
    with_conn,
};
use esteira_shared::{
    ids::{JobId, OrganizationId, WorkerId},
    instant::Instant,
    status::{JobOutcome, JobStatus},
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{Program, beside, organization, rounds};
use crate::{
    on_both,
    support::{TestApp, eventually_within},
};

/// Jobs put on the queue in each round, besides a group with its follow-up.
const JOBS: usize = 40;

on_both!(every_acknowledged_job_ends_once, |test| {
    let organization = organization(&test).await;
    let arguments: &[&[&str]] = match test.app.db.is_postgres() {
        true => &[&["serve"], &["worker"], &["worker"]],
        false => &[&["serve"]],
    };
    let start = |at: usize| Program::start(arguments[at], &beside(&test));
    let mut programs: Vec<Program> = (0..arguments.len()).map(start).collect();
    let mut random = StdRng::seed_from_u64(20_261_120);
    let (mut ids, mut kills) = (Vec::new(), Vec::new());
    for _ in 0..rounds() {
        ids.extend(put(&test, organization, &mut random).await);
        // For nothing: when it dies is left to chance.
        tokio::time::sleep(Duration::from_millis(random.random_range(50..1_200))).await;
        if let Some(id) = ids.choose(&mut random) {
            let mut tx = test.app.db.begin().await.unwrap();
            // Most are over by then, which refuses.
            if request_cancel(&mut tx, &test.app.tasks, organization, *id)
                .await
                .is_ok()
            {
                tx.commit().await.unwrap();
            }
        }
        let at = random.random_range(0..programs.len());
        let killed = std::mem::replace(&mut programs[at], start(at));
        let pid = killed.pid();
        killed.kill();
        kills.extend(
            held_by(&test, pid)
                .await
                .into_iter()
                .map(|job| (job, Instant::from(Utc::now()))),
        );
    }
    eventually_within(Duration::from_secs(180), "every job is over", || async {
        unfinished(&test).await == 0
    })
    .await;
    let report = judge(&test, &ids, &kills).await;
    println!("chaos: {} kills, {} jobs acknowledged; {report}", rounds(), ids.len());
});

async fn put(test: &TestApp, organization: OrganizationId, random: &mut StdRng) -> Vec<JobId> {
    let mut tx = test.app.db.begin().await.unwrap();
    let deed = |random: &mut StdRng| match random.random_range(0..10) {
        0..6 => Deed::Nothing,
        6..9 => Deed::Sleep(random.random_range(5..300)),
        _ => Deed::Sleep(random.random_range(300..1_500)),
    };
    let new = |deed| NewJob::<Diagnostic>::new(organization, "chaos", deed);
    let many = (0..JOBS)
        .map(|_| new(deed(random)).priority(random.random_range(0..10)))
        .collect();
    let mut ids = enqueue_all(&mut tx, many).await.unwrap();
    let parts = (0..5).map(|_| new(deed(random))).collect();
    let group = enqueue_group(&mut tx, organization, parts).await.unwrap();
    ids.push(enqueue(&mut tx, new(Deed::Nothing).after(group)).await.unwrap());
    tx.commit().await.unwrap();
    // Those of the group have no ids of their own here.
    let mut conn = test.app.db.read().await.unwrap();
    let parts: Vec<JobId> = with_conn!(&mut conn, |c| jobs::table
        .filter(jobs::group_id.eq(Some(group)))
        .select(jobs::id)
        .load(c)
        .await)
    .unwrap();
    ids.extend(parts);
    ids
}

/// Jobs that a killed program leaves behind, with the number of the claim.
async fn held_by(test: &TestApp, pid: u32) -> Vec<(JobId, i64)> {
    let mut conn = test.app.db.read().await.unwrap();
    let own: Vec<Option<WorkerId>> = with_conn!(&mut conn, |c| workers::table
        .filter(workers::pid.eq(i64::from(pid)))
        .select(workers::id.nullable())
        .load(c)
        .await)
    .unwrap();
    with_conn!(&mut conn, |c| jobs::table
        .filter(jobs::status.eq(JobStatus::Running))
        .filter(jobs::worker_id.eq_any(own))
        .select((jobs::id, jobs::fence))
        .load(c)
        .await)
    .unwrap()
}

async fn unfinished(test: &TestApp) -> i64 {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| jobs::table
        .filter(jobs::status.eq_any([JobStatus::Queued, JobStatus::Running]))
        .count()
        .get_result(c)
        .await)
    .unwrap()
}

type Attempt = (JobId, i64, JobOutcome, Instant);

async fn judge(test: &TestApp, ids: &[JobId], kills: &[((JobId, i64), Instant)]) -> String {
    let mut conn = test.app.db.read().await.unwrap();
    let rows: Vec<Job> = with_conn!(&mut conn, |c| jobs::table.select(Job::as_select()).load(c).await).unwrap();
    let rows: BTreeMap<JobId, Job> = rows.into_iter().map(|job| (job.id, job)).collect();
    let attempts: Vec<Attempt> = with_conn!(&mut conn, |c| job_attempts::table
        .order((job_attempts::job_id, job_attempts::fence))
        .select((
            job_attempts::job_id,
            job_attempts::fence,
            job_attempts::outcome,
            job_attempts::started_at
        ))
        .load(c)
        .await)
    .unwrap();
    let mut outcomes: BTreeMap<JobStatus, usize> = BTreeMap::new();
    let mut most = 0;
    for id in ids {
        let job = rows.get(id).expect("no acknowledged job is lost");
        *outcomes.entry(job.status).or_default() += 1;
        let own: Vec<&Attempt> = attempts.iter().filter(|attempt| attempt.0 == *id).collect();
        let good = own.iter().filter(|attempt| attempt.2 == JobOutcome::Succeeded).count();
        let expected = usize::from(job.status == JobStatus::Succeeded);
        assert_eq!(good, expected, "{id} is {} after {own:?}", job.status);
        most = most.max(own.len());
    }
    assert_eq!(rows.len(), ids.len(), "none was made up");
    let open: i64 = with_conn!(&mut conn, |c| job_groups::table
        .filter(job_groups::pending.gt(0))
        .count()
        .get_result(c)
        .await)
    .unwrap();
    assert_eq!(open, 0, "every group is complete");
    let counted: Vec<(JobOutcome, i64)> = with_conn!(&mut conn, |c| job_rollups::table
        .select((job_rollups::outcome, job_rollups::count))
        .load(c)
        .await)
    .unwrap();
    let counted: i64 = counted.iter().map(|(_, count)| count).sum();
    assert_eq!(
        usize::try_from(counted).unwrap(),
        attempts.len(),
        "each attempt is counted once"
    );
    intact(&mut conn).await;
    let mut again: Vec<i64> = kills
        .iter()
        .filter_map(|((job, fence), killed)| {
            let next = attempts
                .iter()
                .find(|(id, number, ..)| id == job && *number == fence + 1)?;
            Some((next.3 - *killed).num_milliseconds())
        })
        .collect();
    again.sort_unstable();
    let at = |percent: usize| {
        again
            .get(again.len() * percent / 100)
            .or(again.last())
            .copied()
            .unwrap_or(0)
    };
    format!(
        "ended {outcomes:?}; {} attempts, at most {most} of one; {} jobs held by the killed ran again after {} ms (p50), \
         {} ms (p99), {} ms (last), behind the jobs that came before them",
        attempts.len(),
        again.len(),
        at(50),
        at(99),
        at(100)
    )
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    finding: String,
}

/// SQLite checks itself; on PostgreSQL the rows in the order of each index must be those of the table.
async fn intact(conn: &mut DbConn) {
    if matches!(conn, DbConn::Sqlite(_)) {
        let check = "SELECT integrity_check AS finding FROM pragma_integrity_check";
        assert_eq!(ask(conn, check).await, "ok");
        let foreign = "SELECT CAST(count(*) AS TEXT) AS finding FROM pragma_foreign_key_check";
        assert_eq!(ask(conn, foreign).await, "0");
        return;
    }
    for columns in ["id", "organization_id, status, id", "organization_id, task, id"] {
        let read = format!(
            "SELECT count(*) || md5(string_agg(id || status || fence, ',' ORDER BY {columns})) AS finding \
             FROM (SELECT * FROM jobs ORDER BY {columns}) AS jobs"
        );
        let mut seen = Vec::new();
        for (table, index) in [("on", "off"), ("off", "on")] {
            let set = format!(
                "SELECT set_config('enable_seqscan', '{table}', false) || set_config('enable_indexscan', '{index}', false) \
                 || set_config('enable_bitmapscan', '{index}', false) AS finding"
            );
            ask(conn, &set).await;
            seen.push(ask(conn, &read).await);
        }
        assert_eq!(seen[0], seen[1], "by {columns}");
    }
}

async fn ask(conn: &mut DbConn, query: &str) -> String {
    let found: Finding = with_conn!(conn, |c| diesel::sql_query(query).get_result(c).await).unwrap();
    found.finding
}
