//! Robots read the document that they bring to SAT from the store themselves: what was changed there is not brought, or
//! does not pass for sent.

use serde_json::{Value, json};

use super::{connect, detail, hash, process, robots, text, work};
use crate::support::{Fixture, TestApp, eventually, pdf, s3};

/// Uploads, approves and sends an invoice: the run.
async fn send(fixture: &Fixture, one: &Value, change: impl AsyncFnOnce(&str)) -> String {
    let id = text(one, "id");
    let row = fixture.analyst.upload(&id, "a.pdf", pdf(1)).await.expect(201)["process"].clone();
    let seen = json!({ "version": row["version"], "sha256": row["fatura_sha256"] });
    let path = format!("/api/v1/processes/{id}/approve");
    let row = fixture.analyst.post(&path, seen).await.expect(200)["process"].clone();
    change(&text(&row, "fatura_s3_key")).await;
    let path = format!("/api/v1/processes/{id}/send");
    let sent = fixture.analyst.post(&path, json!({ "version": row["version"] })).await;
    text(&sent.expect(200)["executions"][0], "id")
}

/// Another invoice takes the place of an object.
async fn exchange(test: &TestApp, key: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf(2)).unwrap();
    test.app
        .storage
        .put_file(key, file.path(), "application/pdf")
        .await
        .unwrap();
}

/// The process did not end as sent, and says what is to be done.
async fn refused(fixture: &Fixture, one: &Value, run: &str, unknown: bool, action: &str) {
    let row = process(fixture, one).await["process"].clone();
    assert_eq!(row["status"], "ERRO_ENVIO_SAT", "{row}");
    let cause = text(&row["error"]["cause_coded"], "code");
    assert!(
        ["stored_bytes_differ", "stored_size_differs"].contains(&cause.as_str()),
        "{row}"
    );
    assert_eq!(row["error"]["recommended_action_coded"]["code"], action, "{row}");
    let run = detail(fixture, run).await["execution"].clone();
    assert_eq!(
        (&run["status"], &run["outcome_unknown"]),
        (&json!("FALHOU"), &json!(unknown)),
        "{run}"
    );
    assert_eq!(
        fixture.count_jobs("task=send_email").await,
        1,
        "administrators are told"
    );
}

async fn none_starts(test: TestApp) {
    let (fixture, processes) = robots(&test, "trocado", 1, &["OI"]).await;
    connect(&fixture, json!({ "sat_transport": "robot" })).await;
    let run = send(&fixture, &processes[0], async |key: &str| exchange(&test, key).await).await;
    test.run_jobs().await;
    refused(&fixture, &processes[0], &run, false, "restore_or_upload_again").await;
    assert_eq!(test.rpa_counts().await["robos"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_robot_starts_for_a_document_that_was_changed_sqlite() {
    let (_bucket, vars) = s3().await;
    none_starts(TestApp::start(vars).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_robot_starts_for_a_document_that_was_changed_postgres() {
    let (_bucket, vars) = s3().await;
    none_starts(TestApp::postgres_with(vars).await).await;
}

/// The start's answer was lost, and somebody found the document in SAT.
async fn found_there(test: TestApp) {
    let (fixture, processes) = robots(&test, "achado", 1, &["OI"]).await;
    test.rpa("opcoes", json!({ "honours_keys": false })).await;
    let settings = |honours_keys: bool| json!({ "sat_transport": "robot", "honours_keys": honours_keys });
    connect(&fixture, settings(false)).await;
    let script = format!("roteiros/{}", hash(&processes[0]).replace("-DOWNLOAD-", "-UPLOAD-"));
    test.rpa(&script, json!({ "start_http": ["cut"] })).await;
    let run = send(&fixture, &processes[0], async |_: &str| {}).await;
    test.run_jobs().await;
    assert_eq!(detail(&fixture, &run).await["execution"]["outcome_unknown"], true);
    let row = process(&fixture, &processes[0]).await["process"].clone();
    assert_eq!(row["status"], "ERRO_ENVIO_SAT", "{row}");
    let path = format!("/api/v1/processes/{}/confirm", text(&row, "id"));
    let found = json!({ "version": row["version"], "protocol": "P-1" });
    fixture.analyst.post(&path, found).await.expect(200);

    // To ask the API is to send the start once more.
    connect(&fixture, settings(true)).await;
    let starts = test.rpa_counts().await["inicios"].clone();
    let path = format!("/api/v1/executions/{run}/resume");
    fixture.analyst.post(&path, json!({})).await.refused(409, "job_status");
    test.run_jobs().await;
    assert_eq!(test.rpa_counts().await["inicios"], starts);
    let row = process(&fixture, &processes[0]).await["process"].clone();
    assert_eq!(
        (&row["status"], &row["sat_protocol"]),
        (&json!("UPLOAD_REALIZADO"), &json!("P-1"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_in_sat_is_not_sent_by_asking_sqlite() {
    let (_bucket, vars) = s3().await;
    found_there(TestApp::start(vars).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_in_sat_is_not_sent_by_asking_postgres() {
    let (_bucket, vars) = s3().await;
    found_there(TestApp::postgres_with(vars).await).await;
}

/// Changed after the robot began, so nobody knows which of the two it read.
async fn at_work(test: TestApp) {
    let (fixture, processes) = robots(&test, "trocado", 1, &["OI"]).await;
    connect(&fixture, json!({ "sat_transport": "robot" })).await;
    let script = format!("roteiros/{}", hash(&processes[0]).replace("-DOWNLOAD-", "-UPLOAD-"));
    // Nobody learns how the robot does until the script is taken back.
    test.rpa(&script, json!({ "http": vec![503; 1_000] })).await;
    let run = send(&fixture, &processes[0], async |_: &str| {}).await;
    let working = work(&test);
    eventually("the robot begins", || async { test.rpa_counts().await["robos"] == 1 }).await;
    let key = text(&process(&fixture, &processes[0]).await["process"], "fatura_s3_key");
    exchange(&test, &key).await;
    test.rpa(&script, json!({})).await;
    eventually("the run ends", || async {
        detail(&fixture, &run).await["execution"]["status"] == "FALHOU"
    })
    .await;
    working.stop().await;
    refused(&fixture, &processes[0], &run, true, "check_sat_first").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_was_changed_meanwhile_is_not_called_sent_sqlite() {
    let (_bucket, vars) = s3().await;
    at_work(TestApp::start(vars).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_was_changed_meanwhile_is_not_called_sent_postgres() {
    let (_bucket, vars) = s3().await;
    at_work(TestApp::postgres_with(vars).await).await;
}
