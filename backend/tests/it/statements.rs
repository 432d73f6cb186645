//! How much a route asks of the database. A route that begins to read its rows one by one, or writes more than it did while
//! nobody else can, is noticed here first.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;

use crate::{
    authorisation::{Ids, call, operations},
    on_both,
    support::{Fixture, TestApp, pdf},
};

/// Statements of a reading route for somebody who asked a moment ago, at most.
const FEW: f64 = 2.0;
/// Those that may make more, and how many.
const READS: &[(&str, f64)] = &[
    ("download_backup", 5.0),
    ("download_execution_log", 3.0),
    ("export_schedules", 3.0),
    ("find_in_execution_log", 3.0),
    ("get_backup_facts", 4.0),
    ("get_calendar", 3.0),
    ("get_execution", 20.0),
    ("get_execution_log", 4.0),
    ("get_home", 20.0),
    ("get_job", 9.0),
    ("get_job_stats", 3.0),
    ("get_month", 7.0),
    ("get_process", 10.0),
    ("get_month_report", 12.0),
    ("get_robot_settings", 3.0),
    ("get_run_status", 4.0),
    ("get_schedule", 3.0),
    ("get_schedule_figures", 3.0),
    ("list_accounts", 3.0),
    ("list_calendar_days", 3.0),
    ("list_calendars", 3.0),
    ("list_clients", 3.0),
    ("list_execution_results", 3.0),
    ("list_executions", 5.0),
    ("list_job_limits", 7.0),
    ("list_queues", 16.0),
    ("list_schedule_runs", 3.0),
    ("list_schedules", 4.0),
    ("list_workers", 3.0),
    ("search_everything", 6.0),
];

/// Statements of each change while it holds the lock for writing, at most.
const WRITES: &[(&str, f64)] = &[("approve", 6.0), ("reject", 6.0), ("send", 9.0), ("upload", 12.0)];

/// The value of a counter for a route.
async fn counter(test: &TestApp, name: &str, method: &Method, route: &str) -> f64 {
    let text = test.stranger().get("/metrics").await.text();
    let start = format!("{name}{{method=\"{method}\",route=\"{route}\"}} ");
    text.lines()
        .find_map(|line| line.strip_prefix(&start))
        .map_or(0.0, |value| value.parse().unwrap())
}

/// Names those that ask for more than they may, and lines of nobody.
fn judge(asked: &BTreeMap<String, f64>, list: &[(&str, f64)]) {
    let most: BTreeMap<&str, f64> = list.iter().copied().collect();
    let over: Vec<String> = asked
        .iter()
        .filter(|(id, asked)| *asked > most.get(id.as_str()).unwrap_or(&FEW))
        .map(|(id, asked)| format!("(\"{id}\", {asked:?}),"))
        .collect();
    assert!(
        over.is_empty(),
        "more statements than the list says:\n{}",
        over.join("\n")
    );
    let gone: Vec<&&str> = most.keys().filter(|id| !asked.contains_key(**id)).collect();
    assert!(gone.is_empty(), "on the list, but not served: {gone:?}");
}

on_both!(no_route_reads_more_than_its_list_says, |test| {
    esteira::telemetry::recorder::install();
    let fixture = Fixture::new(&test, "leituras").await;
    let ids = Ids::of(&test, &fixture).await;
    let mut asked = BTreeMap::new();
    // Who asked is known for seconds, and a busy machine may need them.
    test.clock.stop();
    for operation in operations()
        .iter()
        // A link to unsubscribe is only good from a message.
        .filter(|one| one.method == Method::GET && !["stream_events", "get_unsubscription"].contains(&one.id.as_str()))
    {
        let path = ids.path(&operation.path);
        let count = async || {
            counter(
                &test,
                "esteira_http_statements_total",
                &operation.method,
                &operation.path,
            )
            .await
        };
        // Who asks is known from this one.
        call(&fixture.admin, operation, &path, &ids).await;
        let before = count().await;
        let (status, text) = call(&fixture.admin, operation, &path, &ids).await;
        assert!(status < 400, "{}: {status} {text}", operation.id);
        asked.insert(operation.id.clone(), count().await - before);
    }
    judge(&asked, READS);
});

on_both!(no_change_holds_the_lock_for_more_than_its_list_says, |test| {
    esteira::telemetry::recorder::install();
    let fixture = Fixture::new(&test, "mudancas").await;
    let processes = fixture.opened(&test, 2, &["VIVO"], "2026-10").await;
    let [first, second] = [0, 1].map(|index| processes[index]["id"].as_str().unwrap().to_owned());
    let mut asked = BTreeMap::new();
    let changes = [
        ("upload", &first),
        ("upload", &second),
        ("approve", &first),
        ("reject", &second),
        ("send", &first),
    ];
    for ((change, id), number) in changes.into_iter().zip(1..) {
        let route = match change {
            "upload" => "/api/v1/processes/{id}/documents".to_owned(),
            other => format!("/api/v1/processes/{{id}}/{other}"),
        };
        let count = async || {
            counter(
                &test,
                "esteira_http_transaction_statements_total",
                &Method::POST,
                &route,
            )
            .await
        };
        let seen = fixture
            .analyst
            .get(&format!("/api/v1/processes/{id}"))
            .await
            .expect(200)["process"]
            .clone();
        let body = match change {
            "approve" => json!({ "version": seen["version"], "sha256": seen["fatura_sha256"] }),
            "reject" => json!({ "version": seen["version"], "reason": "ilegível" }),
            _ => json!({ "version": seen["version"] }),
        };
        let before = count().await;
        match change {
            "upload" => fixture.analyst.upload(id, "fatura.pdf", pdf(number)).await.expect(201),
            other => fixture
                .analyst
                .post(&format!("/api/v1/processes/{id}/{other}"), body)
                .await
                .expect(200),
        };
        asked.insert(change.to_owned(), count().await - before);
    }
    judge(&asked, WRITES);
});
