//! An API whose word about a robot is not on the list, or that says none.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{connect, detail, lines, robots, script, start, status, text, work};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually, eventually_within},
};

/// Minutes that a robot may take.
const MOST: i64 = 5;
/// Robots that gave their place away are looked at every ten seconds.
const PATIENCE: Duration = Duration::from_secs(40);

/// More than anybody asks.
fn always(fault: &str) -> Value {
    json!(vec![fault; 10_000])
}

/// Two runs under a limit of one. The first one's robot is never told of in a word that is known.
async fn two_of_one(test: &TestApp, name: &str, first: Value) -> (Fixture, Vec<Value>, [String; 2]) {
    let (fixture, processes) = robots(test, name, 2, &["VIVO"]).await;
    let settings = json!({ "max_running": 1, "max_per_operator": 1, "max_minutes": MOST });
    connect(&fixture, settings).await;
    test.rpa("opcoes", json!({ "duration_ms": [600_000, 600_000] })).await;
    script(test, &processes[0], first).await;
    let runs = [
        start(&fixture, &processes[0]).await,
        start(&fixture, &processes[1]).await,
    ];
    (fixture, processes, runs)
}

async fn cause(fixture: &Fixture, run: &str) -> Option<String> {
    let seen = detail(fixture, run).await;
    seen["execution"]["error"]["cause"].as_str().map(str::to_owned)
}

async fn until_told(fixture: &Fixture, run: &str, word: &str) {
    eventually("the page says it", || async {
        cause(fixture, run).await.is_some_and(|cause| cause.contains(word))
    })
    .await;
}

/// The robots as the API shows them, oldest first.
async fn statuses_there(test: &TestApp) -> Vec<String> {
    let url = format!("{}/jobs", test.rpa_url);
    let all: Vec<Value> = reqwest::get(url).await.unwrap().json().await.unwrap();
    all.iter().map(|job| text(job, "status")).collect()
}

on_both!(an_unknown_word_is_shown_and_gives_its_place_to_others, |test| {
    let first = json!({ "http": always("unknown_status"), "duration_ms": 600_000 });
    let (fixture, _, runs) = two_of_one(&test, "palavra", first).await;
    let working = work(&test);
    until_told(&fixture, &runs[0], "\"EM_ANALISE\"").await;
    let seen = detail(&fixture, &runs[0]).await["execution"].clone();
    assert_eq!(seen["error"]["cause_coded"]["code"], "robots_unknown_status", "{seen}");
    assert_eq!(seen["outcome_unknown"], false, "it is not over");
    eventually("its log says it", || async {
        let log = lines(&fixture, &runs[0]).await;
        log.iter()
            .any(|line| line.starts_with("[esteira]") && line.contains("EM_ANALISE"))
    })
    .await;
    // It keeps its place for a minute.
    assert_eq!(statuses_there(&test).await.len(), 1);
    test.clock.advance(TimeDelta::seconds(61));
    eventually("the other one begins", || async {
        status(&fixture, &runs[1]).await == "EXECUTANDO"
    })
    .await;
    // Both are followed on after a restart, although there is one place.
    working.stop().await;
    assert_eq!(fixture.count_jobs("status=queued&task=run_execution").await, 2);
    let working = work(&test);
    eventually("both are followed", || async {
        fixture.count_jobs("status=running&task=run_execution").await == 2
    })
    .await;
    let said = cause(&fixture, &runs[0]).await.unwrap();
    assert!(said.contains("EM_ANALISE"), "{said}");
    // At the end of the longest time a person decides, and nothing was cancelled.
    test.clock.advance(TimeDelta::minutes(MOST));
    eventually_within(PATIENCE, "it is given up", || async {
        status(&fixture, &runs[0]).await == "FALHOU"
    })
    .await;
    let seen = detail(&fixture, &runs[0]).await;
    assert_eq!(seen["execution"]["outcome_unknown"], true, "{seen}");
    assert_eq!(seen["can_resume"], true, "{seen}");
    let said = text(&seen["execution"]["error"], "cause");
    assert!(
        said.contains("EM_ANALISE") && said.contains("Nada foi cancelado"),
        "{said}"
    );
    assert_eq!(statuses_there(&test).await[0], "RUNNING", "it was not cancelled");
    working.stop().await;
});

on_both!(a_status_that_is_known_again_is_taken_up_again, |test| {
    // Its work was done long ago.
    let first = json!({ "http": always("unknown_status"), "duration_ms": 0 });
    let (fixture, processes, runs) = two_of_one(&test, "volta", first).await;
    let working = work(&test);
    until_told(&fixture, &runs[0], "EM_ANALISE").await;
    test.clock.advance(TimeDelta::seconds(61));
    eventually("the other one begins", || async {
        status(&fixture, &runs[1]).await == "EXECUTANDO"
    })
    .await;
    script(&test, &processes[0], json!({})).await;
    eventually_within(PATIENCE, "it is over", || async {
        status(&fixture, &runs[0]).await == "CONCLUIDO"
    })
    .await;
    let seen = detail(&fixture, &runs[0]).await["execution"].clone();
    assert_eq!(seen["error"], Value::Null, "{seen}");
    assert_eq!(test.rpa_counts().await["robos"], 2);
    working.stop().await;
});

on_both!(a_word_that_is_known_soon_costs_nothing, |test| {
    let first = json!({ "http": ["unknown_status", "no_status", "unknown_status"], "duration_ms": 600_000 });
    let (fixture, _, runs) = two_of_one(&test, "breve", first).await;
    let working = work(&test);
    eventually("its status is understood", || async {
        let seen = detail(&fixture, &runs[0]).await["execution"].clone();
        seen["status"] == "EXECUTANDO" && seen["error"] == Value::Null
    })
    .await;
    let told = |log: &[String], part: &str| log.iter().filter(|line| line.contains(part)).count();
    eventually("its log tells all of it", || async {
        let log = lines(&fixture, &runs[0]).await;
        told(&log, "EM_ANALISE") == 2
            && told(&log, "sem dizer o status") == 1
            && told(&log, "voltou a informar um status conhecido") == 1
    })
    .await;
    test.clock.advance(TimeDelta::seconds(61));
    assert_eq!(test.run_jobs().await, 0, "its place is its own");
    assert_eq!(test.rpa_counts().await["robos"], 1);
    working.stop().await;
});

on_both!(a_missing_status_is_shown_too, |test| {
    let first = json!({ "http": always("no_status"), "duration_ms": 600_000 });
    let (fixture, _, runs) = two_of_one(&test, "falta", first).await;
    let working = work(&test);
    until_told(&fixture, &runs[0], "sem dizer o status").await;
    let seen = detail(&fixture, &runs[0]).await["execution"].clone();
    assert_eq!(seen["error"]["cause_coded"]["code"], "robots_no_status", "{seen}");
    working.stop().await;
});
