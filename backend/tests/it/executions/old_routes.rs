//! The routes of older tools (`/api/v2/externos/…`), whatever becomes of a run.

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{connect, detail, lines, process, robots, script, start, text};
use crate::{
    on_both,
    support::{Client, Fixture, TestApp, eventually, pdf, s3},
};

const ROUTES: &str = "/api/v2/externos";
/// Lines that come with a status.
const MOST_LINES: usize = 100;

/// Has a robot run, and gives the id that the tool is told.
async fn executar(client: &Client, process: &Value, sincrono: bool) -> String {
    let path = format!("{ROUTES}/executar/{}", text(process, "id"));
    let answer = client.post(&path, json!({ "tipo": "rpa", "sincrono": sincrono })).await;
    let answer = answer.expect(200);
    let job_id = text(&answer, "job_id");
    assert_eq!(answer, json!({ "success": true, "job_id": job_id }));
    job_id
}

/// What the tool is told of a run, after checking its shape.
async fn told(fixture: &Fixture, run: &str) -> (String, i64, Vec<String>) {
    let answer = fixture.viewer.get(&format!("{ROUTES}/status/{run}")).await.expect(200);
    let status = &answer["status"];
    let (word, progress) = (text(status, "status"), status["progress"].as_i64().unwrap());
    let logs: Vec<String> = serde_json::from_value(status["logs"].clone()).unwrap();
    let shape = json!({ "success": true, "status": { "status": word, "progress": progress, "logs": logs } });
    assert_eq!(answer, shape);
    assert!((0..=100).contains(&progress), "{progress}");
    (word, progress, logs)
}

async fn word(fixture: &Fixture, run: &str) -> String {
    told(fixture, run).await.0
}

async fn cancelar(fixture: &Fixture, run: &str) {
    let path = format!("{ROUTES}/cancelar/{run}");
    let answer = fixture.analyst.delete(&path).await.expect(200);
    assert_eq!(answer, json!({ "success": true }));
}

/// Puts an approved document into a process.
async fn approve(fixture: &Fixture, process: &Value) {
    let id = text(process, "id");
    let uploaded = fixture.analyst.upload(&id, "a.pdf", pdf(3)).await.expect(201)["process"].clone();
    let seen = json!({ "version": uploaded["version"], "sha256": uploaded["fatura_sha256"] });
    let path = format!("/api/v1/processes/{id}/approve");
    fixture.analyst.post(&path, seen).await.expect(200);
}

async fn stands(fixture: &Fixture, of: &Value) -> String {
    text(&process(fixture, of).await["process"], "status")
}

on_both!(each_end_of_a_run_is_told_in_the_old_words, |test| {
    let (fixture, processes) = robots(&test, "velhas", 3, &["VIVO"]).await;

    // Nobody works yet.
    let waiting = executar(&fixture.analyst, &processes[0], false).await;
    assert_eq!(told(&fixture, &waiting).await, ("PENDING".to_owned(), 0, Vec::new()));
    let path = format!("{ROUTES}/executar/{}", text(&processes[0], "id"));
    let again = fixture.analyst.post(&path, json!({ "tipo": "rpa" })).await;
    let refused = again.refused(409, "execution_active");
    assert_eq!(refused["details"]["execution_id"], json!(waiting));
    // Whoever asks twice for an end gets the same answer.
    for _ in 0..2 {
        cancelar(&fixture, &waiting).await;
        assert_eq!(word(&fixture, &waiting).await, "CANCELLED");
    }

    // More lines than come with the status; the last ones do.
    let logs: Vec<String> = (1..=250).map(|number| format!("linha {number}")).collect();
    script(&test, &processes[1], json!({ "logs": logs, "final_status": "FAILED" })).await;
    let failed = executar(&fixture.analyst, &processes[1], false).await;
    test.run_jobs().await;
    let (status, _, shown) = told(&fixture, &failed).await;
    assert_eq!((status.as_str(), shown.len()), ("FAILED", MOST_LINES));
    let kept = lines(&fixture, &failed).await;
    assert_eq!(shown, kept[kept.len() - MOST_LINES..]);
    // What is over stays as it ended.
    cancelar(&fixture, &failed).await;
    assert_eq!(word(&fixture, &failed).await, "FAILED");

    // An approved document goes to SAT, but no robot brings it there.
    approve(&fixture, &processes[2]).await;
    let path = format!("{ROUTES}/executar/{}", text(&processes[2], "id"));
    let over_https = fixture.analyst.post(&path, json!({ "tipo": "rpa" })).await;
    over_https.refused(409, "rpa_not_configured");
    assert_eq!(stands(&fixture, &processes[2]).await, "AGUARDANDO_ENVIO_SAT");
});

on_both!(old_routes_ask_for_the_same_permissions, |test| {
    let (fixture, processes) = robots(&test, "direitos", 1, &["VIVO"]).await;
    let run = start(&fixture, &processes[0]).await;
    let known = (text(&processes[0], "id"), run.clone());
    let unknown = "01920000-0000-7000-8000-000000000000".to_owned();
    let other = Fixture::new(&test, "alheios").await;
    // Who asks for which process and run, and what starting, looking and cancelling are answered.
    let cases = [
        (test.stranger(), known.clone(), [401, 401, 401]),
        (fixture.viewer.clone(), known.clone(), [403, 200, 403]),
        (other.admin.clone(), known, [404, 404, 404]),
        (fixture.analyst.clone(), (unknown.clone(), unknown), [404, 404, 404]),
        (
            fixture.analyst.clone(),
            ("7".to_owned(), "nenhum".to_owned()),
            [404, 404, 404],
        ),
    ];
    for (client, (process, run), expected) in cases {
        let started = client
            .post(&format!("{ROUTES}/executar/{process}"), json!({ "tipo": "rpa" }))
            .await;
        let looked = client.get(&format!("{ROUTES}/status/{run}")).await;
        let cancelled = client.delete(&format!("{ROUTES}/cancelar/{run}")).await;
        let statuses = [started.status, looked.status, cancelled.status];
        assert_eq!(statuses, expected, "{process} {run}");
    }
    assert_eq!(word(&fixture, &run).await, "PENDING", "nobody cancelled it");
});

/// Robots that read documents need a store that they reach, so this is on one database only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_the_end_is_answered_before_the_request_times_out() {
    let (_folder, mut vars) = s3().await;
    // The answer comes two seconds before a request's time is over.
    vars.insert("ESTEIRA_REQUEST_TIMEOUT_S".to_owned(), "4".to_owned());
    let test = TestApp::start(vars).await;
    let (fixture, processes) = robots(&test, "espera", 2, &["OI"]).await;
    connect(&fixture, json!({ "sat_transport": "robot" })).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));

    script(&test, &processes[0], json!({ "duration_ms": 600_000 })).await;
    let long = executar(&fixture.analyst, &processes[0], true).await;
    eventually("it goes on", || async { word(&fixture, &long).await == "RUNNING" }).await;
    cancelar(&fixture, &long).await;
    eventually("it is cancelled", || async {
        word(&fixture, &long).await == "CANCELLED"
    })
    .await;

    approve(&fixture, &processes[1]).await;
    let sent = executar(&fixture.analyst, &processes[1], true).await;
    eventually("it is sent", || async { word(&fixture, &sent).await == "COMPLETED" }).await;
    assert_eq!(told(&fixture, &sent).await.1, 100);
    assert_eq!(detail(&fixture, &sent).await["execution"]["tipo"], "UPLOAD_SAT");
    assert_eq!(stands(&fixture, &processes[1]).await, "UPLOAD_REALIZADO");
    stop.cancel();
    working.await.unwrap();
}
