//! A robot at work keeps its place under the limits, and its place before all that waits, whatever happens to the worker
//! that follows it.

use esteira_shared::{
    ids::{JobId, WorkerId},
    status::JobStatus,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{connect, detail, robots, script, start, status, text, work};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually},
};

/// What the API says of its robots: how many began, and how many were at work at once.
async fn robots_there(test: &TestApp) -> (Value, Value) {
    let url = format!("{}/vigilia", test.rpa_url);
    let watched: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    (test.rpa_counts().await["robos"].clone(), watched["mais_ativos"].clone())
}

/// Six runs under a limit of two, whose robots take longer than the test.
async fn six_of_two(test: &TestApp, name: &str) -> (Fixture, Vec<String>) {
    let (fixture, processes) = robots(test, name, 6, &["VIVO"]).await;
    connect(&fixture, json!({ "max_running": 2, "max_per_operator": 2 })).await;
    test.rpa("opcoes", json!({ "duration_ms": [600_000, 600_000] })).await;
    let mut runs = Vec::new();
    for process in &processes {
        runs.push(start(&fixture, process).await);
    }
    (fixture, runs)
}

async fn job_of(fixture: &Fixture, run: &str) -> JobId {
    text(&detail(fixture, run).await["execution"], "job_id")
        .parse()
        .unwrap()
}

/// Waits until a worker has a run whose robot is at work.
async fn followed(fixture: &Fixture, run: &str, but: Option<WorkerId>) -> WorkerId {
    let job = job_of(fixture, run).await;
    eventually("somebody follows the robot", || async {
        let job = fixture.job(job).await;
        let follows = job.status == JobStatus::Running && job.worker_id != but;
        follows && status(fixture, run).await == "EXECUTANDO"
    })
    .await;
    fixture.job(job).await.worker_id.unwrap()
}

async fn assert_two_at_work(test: &TestApp, fixture: &Fixture, runs: &[String]) {
    // A claim more would start more.
    assert_eq!(test.run_jobs().await, 0);
    assert_eq!(robots_there(test).await, (json!(2), json!(2)));
    for run in &runs[2..] {
        assert_eq!(fixture.job(job_of(fixture, run).await).await.status, JobStatus::Queued);
    }
    let limits = fixture.viewer.get("/api/v1/job-limits").await.expect(200);
    for limit in limits.as_array().unwrap() {
        assert_eq!(
            (&limit["running"], &limit["waiting"]),
            (&json!(2), &json!(4)),
            "{limits}"
        );
    }
}

on_both!(a_worker_that_stops_frees_no_place, |test| {
    let (fixture, runs) = six_of_two(&test, "parada").await;
    let working = work(&test);
    let first = followed(&fixture, &runs[0], None).await;
    followed(&fixture, &runs[1], None).await;
    working.stop().await;
    // Nobody follows them now, and still they count.
    let limits = fixture.viewer.get("/api/v1/job-limits").await.expect(200);
    assert_eq!(
        (&limits[0]["running"], &limits[0]["waiting"]),
        (&json!(2), &json!(4)),
        "{limits}"
    );
    let seen = detail(&fixture, &runs[0]).await;
    let checks = seen["waiting"]["checks"].as_array().unwrap().iter();
    let checks: Vec<&Value> = checks.map(|check| &check["check"]).collect();
    assert_eq!(checks, ["due", "workers"], "it needs no room: {seen}");
    let working = work(&test);
    followed(&fixture, &runs[0], Some(first)).await;
    followed(&fixture, &runs[1], Some(first)).await;
    assert_two_at_work(&test, &fixture, &runs).await;
    working.stop().await;
});

on_both!(a_worker_that_dies_frees_no_place, |test| {
    let (fixture, runs) = six_of_two(&test, "morta").await;
    let dying = tokio::spawn(test.worker().run(CancellationToken::new()));
    let first = followed(&fixture, &runs[0], None).await;
    followed(&fixture, &runs[1], None).await;
    // As `kill -9`: nothing is handed back, and what it held waits for its lease to end.
    dying.abort();
    let workers = [work(&test), work(&test)];
    followed(&fixture, &runs[0], Some(first)).await;
    followed(&fixture, &runs[1], Some(first)).await;
    assert_two_at_work(&test, &fixture, &runs).await;
    for working in workers {
        working.stop().await;
    }
});

on_both!(a_pause_leaves_robots_at_work_alone, |test| {
    let (fixture, runs) = six_of_two(&test, "pausada").await;
    let working = work(&test);
    let first = followed(&fixture, &runs[0], None).await;
    followed(&fixture, &runs[1], None).await;
    working.stop().await;
    fixture
        .admin
        .post("/api/v1/queues/robots/pause", json!({}))
        .await
        .expect(200);
    // More places than robots: only the pause keeps the others back.
    connect(&fixture, json!({ "max_running": 5, "max_per_operator": 5 })).await;
    let working = work(&test);
    followed(&fixture, &runs[0], Some(first)).await;
    followed(&fixture, &runs[1], Some(first)).await;
    assert_eq!(test.run_jobs().await, 0);
    assert_eq!(robots_there(&test).await, (json!(2), json!(2)));
    working.stop().await;
});

on_both!(a_maintenance_leaves_robots_at_work_alone, |test| {
    let (fixture, runs) = six_of_two(&test, "manutencao").await;
    let working = work(&test);
    let first = followed(&fixture, &runs[0], None).await;
    followed(&fixture, &runs[1], None).await;
    working.stop().await;
    let until = (chrono::Utc::now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let rest = json!({ "area": "robots", "reason": "portal fora do ar", "ends_at": until });
    fixture.admin.post("/api/v1/maintenance", rest).await.expect(201);
    // More places than robots: only the maintenance keeps the others back.
    connect(&fixture, json!({ "max_running": 5, "max_per_operator": 5 })).await;
    let working = work(&test);
    followed(&fixture, &runs[0], Some(first)).await;
    followed(&fixture, &runs[1], Some(first)).await;
    assert_eq!(test.run_jobs().await, 0);
    assert_eq!(robots_there(&test).await, (json!(2), json!(2)));
    let seen = detail(&fixture, &runs[2]).await;
    let held = seen["waiting"]["checks"].as_array().unwrap().iter();
    let held: Vec<&Value> = held.filter(|check| check["passed"] == false).collect();
    assert_eq!(
        (&held[0]["check"], &held[0]["subject"]),
        (&json!("maintenance"), &json!("portal fora do ar")),
        "{seen}"
    );
    working.stop().await;
});

on_both!(a_start_whose_answer_is_lost_keeps_its_place_while_it_waits, |test| {
    let (fixture, processes) = robots(&test, "espera", 2, &["VIVO"]).await;
    connect(&fixture, json!({ "max_running": 1, "max_per_operator": 1 })).await;
    script(
        &test,
        &processes[0],
        json!({ "start_http": ["cut"], "duration_ms": 600_000 }),
    )
    .await;
    let lost = start(&fixture, &processes[0]).await;
    let next = start(&fixture, &processes[1]).await;
    // Its answer is lost, and it waits to be sent again: its robot may be at work.
    assert_eq!(test.run_jobs().await, 1);
    assert_eq!(
        fixture.job(job_of(&fixture, &lost).await).await.status,
        JobStatus::Queued
    );
    assert_eq!(
        fixture.job(job_of(&fixture, &next).await).await.status,
        JobStatus::Queued
    );
    assert_eq!(robots_there(&test).await, (json!(1), json!(1)));
});

on_both!(a_start_that_certainly_began_nothing_keeps_no_place, |test| {
    let (fixture, processes) = robots(&test, "nada", 1, &["OI", "VIVO"]).await;
    connect(&fixture, json!({ "max_running": 1, "max_per_operator": 1 })).await;
    let page = fixture.manager.get("/api/v1/operators").await.expect(200);
    let of = |all: &[Value], key: &str| all.iter().find(|one| one[key] == "OI").unwrap().clone();
    let oi = of(page["items"].as_array().unwrap(), "name");
    let nobody = json!({
        "name": "OI", "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": "http://127.0.0.1:9",
        "active": true, "version": oi["version"],
    });
    let path = format!("/api/v1/operators/{}", text(&oi, "id"));
    fixture.admin.put(&path, nobody).await.expect(200);
    let refused = start(&fixture, &of(&processes, "operator_name")).await;
    let next = processes.iter().find(|one| one["operator_name"] == "VIVO").unwrap();
    let next = start(&fixture, next).await;
    test.run_jobs().await;
    assert_eq!(status(&fixture, &refused).await, "PENDENTE");
    assert_eq!(status(&fixture, &next).await, "CONCLUIDO");
});
