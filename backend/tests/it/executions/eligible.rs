//! What many robots at once are for, what is left to a person, and why a run waits.

use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::executions},
    with_conn,
};
use esteira_shared::status::ExecutionType;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{connect, detail, id, process, robots, script, start, text};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually, pdf},
};

fn month() -> Value {
    json!({ "filter": { "month": "2026-10" } })
}

/// How many processes match, and how many of them the action is for.
async fn counted(fixture: &Fixture, action: &str, target: &Value) -> (i64, i64) {
    let dry = json!({ "target": target, "dry_run": true });
    let path = format!("/api/v1/processes/bulk/{action}");
    both(&fixture.analyst.post(&path, dry).await.expect(200))
}

/// The same of runs that are to be repeated.
async fn repeatable(fixture: &Fixture, filter: Value) -> (i64, i64) {
    let dry = json!({ "action": "rerun", "target": { "filter": filter }, "dry_run": true });
    both(&fixture.analyst.post("/api/v1/executions/bulk", dry).await.expect(200))
}

fn both(counted: &Value) -> (i64, i64) {
    let count = |name: &str| counted[name].as_i64().unwrap();
    (count("matching"), count("eligible"))
}

/// Starts the downloads of a month, and tells what the job made of them.
async fn download(test: &TestApp, fixture: &Fixture) -> Value {
    let all = json!({ "target": month() });
    let path = "/api/v1/processes/bulk/download";
    let started = fixture.analyst.post(path, all).await.expect(202);
    test.run_jobs().await;
    let path = format!("/api/v1/jobs/{}", text(&started, "job_id"));
    let job = fixture.analyst.get(&path).await.expect(200);
    job["job"]["result"].clone()
}

/// Starts a robot whose end nobody will know: the answer to its start is lost, and the API honours no keys.
async fn lose(test: &TestApp, fixture: &Fixture, process: &Value) -> String {
    test.rpa("opcoes", json!({ "honours_keys": false })).await;
    connect(fixture, json!({ "honours_keys": false })).await;
    script(test, process, json!({ "start_http": ["cut"] })).await;
    let run = start(fixture, process).await;
    test.run_jobs().await;
    assert_eq!(detail(fixture, &run).await["execution"]["outcome_unknown"], true);
    run
}

on_both!(a_run_whose_end_nobody_knows_is_left_to_a_person, |test| {
    let (fixture, processes) = robots(&test, "duvida", 3, &["VIVO"]).await;
    let lost = lose(&test, &fixture, &processes[0]).await;
    script(&test, &processes[1], json!({ "start_http": [400] })).await;
    let failed = start(&fixture, &processes[1]).await;
    test.run_jobs().await;
    let seen = detail(&fixture, &failed).await["execution"].clone();
    assert_eq!(
        (&seen["status"], &seen["outcome_unknown"]),
        (&json!("FALHOU"), &json!(false))
    );

    assert_eq!(repeatable(&fixture, json!({ "unknown": true })).await, (1, 0));
    assert_eq!(repeatable(&fixture, json!({ "status": "FALHOU" })).await, (2, 1));
    assert_eq!(counted(&fixture, "download", &month()).await, (3, 2));
    let result = download(&test, &fixture).await;
    assert_eq!(
        (&result["done"], &result["failures"]),
        (&json!(2), &json!(0)),
        "{result}"
    );
    let seen = process(&fixture, &processes[0]).await;
    assert_eq!(seen["executions"].as_array().unwrap().len(), 1, "no second robot");

    // Its page says what may be done: nothing but another run, until the API may be asked with the same key.
    assert_eq!(seen["resumable"], json!([]));
    connect(&fixture, json!({ "honours_keys": true })).await;
    assert_eq!(process(&fixture, &processes[0]).await["resumable"], json!([lost]));

    // A person decides. From then on the newest run counts, whose end is known.
    script(&test, &processes[0], json!({ "start_http": [400] })).await;
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{lost}/rerun"), json!({}))
        .await
        .expect(201);
    test.run_jobs().await;
    assert_eq!(process(&fixture, &processes[0]).await["resumable"], json!([]));
    let one = json!({ "ids": [processes[0]["id"]] });
    assert_eq!(counted(&fixture, "download", &one).await, (1, 1));
    assert_eq!(repeatable(&fixture, json!({ "status": "FALHOU" })).await.1, 1);
});

on_both!(a_sending_whose_end_nobody_knows_is_not_sent_with_the_others, |test| {
    let (fixture, processes) = robots(&test, "duplo", 2, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "start_http": [400] })).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    for (number, process) in (1..).zip(&processes) {
        let id = text(process, "id");
        let uploaded = fixture.analyst.upload(&id, "a.pdf", pdf(number)).await.expect(201)["process"].clone();
        let seen = json!({ "version": uploaded["version"], "sha256": uploaded["fatura_sha256"] });
        fixture
            .analyst
            .post(&format!("/api/v1/processes/{id}/approve"), seen)
            .await
            .expect(200);
    }
    assert_eq!(counted(&fixture, "send", &month()).await, (2, 2));
    // An unknown download says nothing about sending; an unknown sending does.
    let mut expected = 2;
    for tipo in [ExecutionType::DownloadFatura, ExecutionType::UploadSat] {
        let mut tx = test.app.db.begin().await.unwrap();
        with_conn!(tx.conn(), |c| diesel::update(executions::table.find(id(&run)))
            .set((executions::tipo.eq(tipo), executions::outcome_unknown.eq(true)))
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counted(&fixture, "send", &month()).await, (2, expected), "{tipo}");
        expected -= 1;
    }
});

/// Says of an operator that it has a robot, and where.
async fn give_robot(fixture: &Fixture, name: &str, address: Option<&str>) {
    let page = fixture.manager.get("/api/v1/operators").await.expect(200);
    let operators = page["items"].as_array().unwrap();
    let operator = operators.iter().find(|one| one["name"] == name).unwrap();
    let update = json!({
        "name": name, "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": address, "active": true,
        "version": operator["version"],
    });
    let path = format!("/api/v1/operators/{}", text(operator, "id"));
    fixture.admin.put(&path, update).await.expect(200);
}

on_both!(only_downloads_that_can_begin_are_counted, |test| {
    let fixture = Fixture::new(&test, "promessa").await;
    let processes = fixture.opened(&test, 2, &["VIVO", "TIM"], "2026-10").await;
    let path = "/api/v1/processes/bulk/download";
    let refused = async || {
        let dry = json!({ "target": month(), "dry_run": true });
        fixture.analyst.post(path, dry).await.refused(409, "rpa_not_configured");
    };
    refused().await;
    connect(&fixture, json!({ "url": test.rpa_url })).await;
    assert_eq!(
        counted(&fixture, "download", &month()).await,
        (4, 0),
        "none has a robot"
    );
    give_robot(&fixture, "VIVO", None).await;
    assert_eq!(counted(&fixture, "download", &month()).await, (4, 2));
    let vivo = processes.iter().find(|one| one["operator_name"] == "VIVO").unwrap();
    start(&fixture, vivo).await;
    assert_eq!(
        counted(&fixture, "download", &month()).await,
        (4, 1),
        "one waits already"
    );
    let result = download(&test, &fixture).await;
    assert_eq!(
        result,
        json!({ "done": 1, "skipped": 0, "failures": 0, "failed": [] }),
        "nothing was promised that could not begin"
    );

    connect(&fixture, json!({ "url": null })).await;
    refused().await;
    // An address of an operator's own is for its own robots.
    give_robot(&fixture, "TIM", Some(&test.rpa_url)).await;
    assert_eq!(counted(&fixture, "download", &month()).await, (4, 2));
});

on_both!(a_run_that_waits_says_why_wherever_it_got_to, |test| {
    let (fixture, processes) = robots(&test, "espera", 3, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "start_http": vec![502; 50] })).await;
    script(&test, &processes[1], json!({ "final_status": "FAILED" })).await;
    let waiting = start(&fixture, &processes[0]).await;
    let failing = start(&fixture, &processes[1]).await;
    test.run_jobs().await;

    // Its start failed: it is due later, because of that.
    let seen = detail(&fixture, &waiting).await;
    assert_eq!(seen["execution"]["status"], "PENDENTE", "{seen}");
    assert!(seen["waiting"]["checks"].is_array(), "{seen}");
    let path = format!("/api/v1/jobs/{}", text(&seen["execution"], "job_id"));
    let job = fixture.viewer.get(&path).await.expect(200);
    assert_eq!(text(&seen, "waiting_cause"), text(&job["job"], "last_error"));
    let page = process(&fixture, &processes[0]).await;
    assert_eq!(page["run_waiting_cause"], seen["waiting_cause"]);

    // Its robot failed: another run is due later, because of that.
    let failed = detail(&fixture, &failing).await["execution"].clone();
    assert_eq!(failed["status"], "FALHOU");
    let page = process(&fixture, &processes[1]).await;
    assert_eq!(first_held(&page["run_waiting"]), "due");
    assert_eq!(page["run_waiting_cause"], failed["error"]["cause"], "{failed}");

    // Its robot is at work, and nobody follows it.
    script(&test, &processes[2], json!({ "duration_ms": 600_000 })).await;
    let running = start(&fixture, &processes[2]).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    eventually("it runs", || async {
        detail(&fixture, &running).await["execution"]["status"] == "EXECUTANDO"
    })
    .await;
    let seen = detail(&fixture, &running).await;
    assert_eq!((&seen["waiting"], &seen["waiting_cause"]), (&json!(null), &json!(null)));
    fixture
        .admin
        .post("/api/v1/queues/robots/pause", json!({}))
        .await
        .expect(200);
    stop.cancel();
    working.await.unwrap();
    let seen = detail(&fixture, &running).await;
    assert_eq!(seen["execution"]["status"], "EXECUTANDO");
    // A pause starts nothing, and leaves alone what is at work: only a worker is missing.
    assert_eq!(first_held(&seen["waiting"]), "workers");
    assert_eq!(seen["waiting_cause"], json!(null), "nothing went wrong");
    let page = process(&fixture, &processes[2]).await;
    assert_eq!(first_held(&page["run_waiting"]), "workers");
});

/// The first check that did not pass.
fn first_held(waiting: &Value) -> &str {
    let checks = waiting["checks"].as_array().unwrap_or_else(|| panic!("{waiting}"));
    let held = checks.iter().find(|check| check["passed"] == false);
    held.unwrap_or_else(|| panic!("{waiting}"))["check"].as_str().unwrap()
}
