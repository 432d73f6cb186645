//! Killed while robots are at work: none is started twice, none is left behind, no line is lost or kept twice.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{Program, beside, rounds, side_by_side, starting};
use crate::{
    executions::lines,
    on_both,
    support::{Fixture, TestApp, eventually_within},
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
    let (fixture, ids) = starting(&test, robots, robots, seconds).await;
    let arguments = side_by_side(&test);
    let start = |at: usize| Program::start(arguments[at], &beside(&test));
    let mut programs: Vec<Program> = (0..arguments.len()).map(start).collect();
    let mut random = StdRng::seed_from_u64(20_261_120);
    for _ in 0..rounds() {
        // For nothing: when it dies is left to chance.
        tokio::time::sleep(Duration::from_millis(random.random_range(300..2_500))).await;
        let at = random.random_range(0..programs.len());
        let killed = std::mem::replace(&mut programs[at], start(at));
        killed.kill();
    }
    eventually_within(Duration::from_secs(180), "every execution is over", || async {
        count(&fixture, "executions?status=PENDENTE,EXECUTANDO").await == 0
    })
    .await;
    judge(&test, &fixture, &ids).await;
    println!(
        "chaos: {} kills during {robots} robots with {LINES} lines each; all well",
        rounds()
    );
});

/// Robots that take about so long, so many of them at once.
pub(super) async fn prepare(test: &TestApp, fixture: &Fixture, at_once: usize, seconds: u64) {
    let operators = fixture.manager.get("/api/v1/operators").await.expect(200);
    let operator = &operators["items"][0];
    let update = json!({
        "name": "VIVO", "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true,
        "version": operator["version"],
    });
    let path = format!("/api/v1/operators/{}", operator["id"].as_str().unwrap());
    fixture.manager.put(&path, update).await.expect(200);
    let settings = json!({
        "url": test.rpa_url, "honours_keys": true, "max_minutes": 60, "max_running": at_once, "max_per_operator": at_once,
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

pub(super) async fn start_all(fixture: &Fixture, processes: &[Value]) -> Vec<String> {
    let mut ids = Vec::new();
    for process in processes {
        let body = json!({ "process_id": process["id"], "tipo": "DOWNLOAD_FATURA" });
        let run = fixture.analyst.post("/api/v1/executions", body).await.expect(201);
        ids.push(run["id"].as_str().unwrap().to_owned());
    }
    ids
}

/// How many there are in a list.
pub(super) async fn count(fixture: &Fixture, list: &str) -> usize {
    let page = fixture.viewer.get(&format!("/api/v1/{list}")).await.expect(200);
    usize::try_from(page["total"]["count"].as_u64().unwrap()).unwrap()
}

async fn judge(test: &TestApp, fixture: &Fixture, ids: &[String]) {
    let counts = test.rpa_counts().await;
    assert_eq!(
        count(fixture, "executions").await,
        ids.len(),
        "none was repeated or made up"
    );
    for id in ids {
        let path = format!("/api/v1/executions/{id}");
        let run = fixture.viewer.get(&path).await.expect(200)["execution"].clone();
        assert_eq!(run["status"], "CONCLUIDO", "{run}");
        assert_eq!(counts["por_chave"][id], 1, "started once: {counts}");
        // Numbered without a gap.
        let mut kept = lines(fixture, id).await;
        kept.retain(|line| !line.starts_with("[esteira]"));
        assert!(
            kept.len() >= usize::try_from(LINES).unwrap(),
            "{} lines of {id}",
            kept.len()
        );
        let robot = run["external_job_id"].as_str().unwrap();
        assert_eq!(kept, told(test, robot).await, "the log of {id}, line by line");
    }
    let waiting = count(fixture, "processes?status=AGUARDANDO_APROVACAO").await;
    assert_eq!(waiting, ids.len(), "every invoice came");
}

/// The log as the robot wrote it.
async fn told(test: &TestApp, robot: &str) -> Vec<String> {
    let url = format!("{}/jobs/{robot}/logs", test.rpa_url);
    let log: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let lines = log["logs"].as_array().unwrap();
    lines
        .iter()
        .map(|line| line["message"].as_str().unwrap().to_owned())
        .collect()
}
