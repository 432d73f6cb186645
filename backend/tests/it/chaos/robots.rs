//! Killed while robots are at work: none is started twice, none is left behind, no line is lost or kept twice.

use std::{collections::BTreeMap, time::Duration};

use diesel::prelude::*;
use esteira::{
    auth::Actor,
    db::RunQueryDsl,
    db::schema::{executions, log_chunks, processes},
    executions::start_download,
    processes::model::Process,
    with_conn,
};
use esteira_shared::{
    ids::{ExecutionId, OrganizationId},
    status::{ExecutionStatus, ProcessStatus},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::{Program, beside, rounds};
use crate::{
    on_both,
    support::{Fixture, TestApp},
};

/// Robots at work at once.
const ROBOTS: usize = 12;
/// With many rounds.
const MANY: usize = 50;
/// Lines that each robot writes.
const LINES: u64 = 400;

on_both!(no_robot_is_started_twice_or_left_behind, |test| {
    let many = rounds() > 3;
    let (robots, seconds) = if many { (MANY, 60) } else { (ROBOTS, 8) };
    let fixture = Fixture::new(&test, "mortes").await;
    fixture.opened(&test, robots, &["VIVO"], "2026-10").await;
    prepare(&test, &fixture, robots, seconds).await;
    let ids = start_all(&test, fixture.organization).await;
    assert_eq!(ids.len(), robots);

    let arguments: &[&[&str]] = match test.app.db.is_postgres() {
        true => &[&["serve"], &["worker"]],
        false => &[&["serve"]],
    };
    let start = |at: usize| Program::start(arguments[at], &beside(&test));
    let mut programs: Vec<Program> = (0..arguments.len()).map(start).collect();
    let mut random = StdRng::seed_from_u64(20_261_120);
    for _ in 0..rounds() {
        tokio::time::sleep(Duration::from_millis(random.random_range(300..2_500))).await;
        let at = random.random_range(0..programs.len());
        let killed = std::mem::replace(&mut programs[at], start(at));
        killed.kill();
    }
    let deadline = std::time::Instant::now() + Duration::from_secs(180);
    loop {
        let left = unfinished(&test).await;
        if left == 0 {
            break;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "{left} executions are left half-way"
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    judge(&test, &ids).await;
    println!(
        "chaos: {} kills during {robots} robots with {LINES} lines each; all well",
        rounds()
    );
});

async fn prepare(test: &TestApp, fixture: &Fixture, robots: usize, seconds: u64) {
    let operators = fixture.manager.get("/api/v1/operators").await.expect(200);
    let operator = &operators["items"][0];
    let update = json!({
        "name": "VIVO", "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true,
        "version": operator["version"],
    });
    let path = format!("/api/v1/operators/{}", operator["id"].as_str().unwrap());
    fixture.manager.put(&path, update).await.expect(200);
    let settings = json!({
        "url": test.rpa_url, "honours_keys": true, "max_minutes": 60, "max_running": robots, "max_per_operator": robots,
        "sat_transport": "https", "version": 0,
    });
    fixture.admin.put("/api/v1/robots/settings", settings).await.expect(200);
    let milliseconds = seconds * 1_000;
    test.rpa(
        "opcoes",
        json!({
            "latency_ms": [1, 40], "pending_ms": [100, 800], "duration_ms": [milliseconds / 2, milliseconds],
            "log_lines": [LINES, LINES], "lost_answer_rate": 0.3,
        }),
    )
    .await;
}

async fn start_all(test: &TestApp, organization: OrganizationId) -> Vec<ExecutionId> {
    let mut tx = test.app.db.begin().await.unwrap();
    let rows: Vec<Process> = with_conn!(tx.conn(), |c| processes::table
        .select(Process::as_select())
        .load(c)
        .await)
    .unwrap();
    let actor = Actor::system(organization);
    let mut ids = Vec::new();
    for row in &rows {
        let run = start_download(&mut tx, &actor, row, serde_json::Map::new())
            .await
            .unwrap();
        ids.push(run.id);
    }
    tx.commit().await.unwrap();
    ids
}

async fn unfinished(test: &TestApp) -> i64 {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| executions::table
        .filter(executions::status.eq_any([ExecutionStatus::Pendente, ExecutionStatus::Executando]))
        .count()
        .get_result(c)
        .await)
    .unwrap()
}

async fn judge(test: &TestApp, ids: &[ExecutionId]) {
    let counts = test.rpa_counts().await;
    let mut conn = test.app.db.read().await.unwrap();
    let ended: BTreeMap<ExecutionId, ExecutionStatus> = with_conn!(&mut conn, |c| executions::table
        .select((executions::id, executions::status))
        .load::<(ExecutionId, ExecutionStatus)>(c)
        .await)
    .unwrap()
    .into_iter()
    .collect();
    assert_eq!(ended.len(), ids.len(), "none was repeated or made up");
    for id in ids {
        assert_eq!(ended[id], ExecutionStatus::Concluido, "{id}");
        assert_eq!(counts["por_chave"][id.to_string()], 1, "started once: {counts}");
        let chunks: Vec<(i64, i64, String)> = with_conn!(&mut conn, |c| log_chunks::table
            .filter(log_chunks::log_id.eq(id.log()))
            .order(log_chunks::first_seq)
            .select((log_chunks::first_seq, log_chunks::last_seq, log_chunks::lines))
            .load(c)
            .await)
        .unwrap();
        let mut next = 1;
        let mut robots_own = Vec::new();
        for (first, last, lines) in chunks {
            assert_eq!(first, next, "no gap in the numbers of {id}");
            next = last + 1;
            let lines: Vec<serde_json::Value> = serde_json::from_str(&lines).unwrap();
            let text = |line: &serde_json::Value| line["message"].as_str().unwrap().to_owned();
            robots_own.extend(lines.iter().map(text).filter(|line| !line.starts_with("[esteira]")));
        }
        assert_eq!(robots_own, told(test, id).await, "the log of {id}, line by line");
    }
    let waiting: i64 = with_conn!(&mut conn, |c| processes::table
        .filter(processes::status.eq(ProcessStatus::AguardandoAprovacao))
        .count()
        .get_result(c)
        .await)
    .unwrap();
    assert_eq!(usize::try_from(waiting).unwrap(), ids.len(), "every invoice came");
}

/// The log as the robot wrote it.
async fn told(test: &TestApp, id: &ExecutionId) -> Vec<String> {
    let mut conn = test.app.db.read().await.unwrap();
    let external: Option<String> = with_conn!(&mut conn, |c| executions::table
        .find(id)
        .select(executions::external_job_id)
        .first(c)
        .await)
    .unwrap();
    let url = format!("{}/jobs/{}/logs", test.rpa_url, external.unwrap());
    let log: serde_json::Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let lines = log["logs"].as_array().unwrap();
    lines
        .iter()
        .map(|line| line["message"].as_str().unwrap().to_owned())
        .collect()
}
