//! What is applied beside the plain end of a run: entries for other processes, and robots that were cancelled.

use diesel::prelude::*;
use esteira::{
    auth::Actor,
    db::{RunQueryDsl, schema::executions},
    executions::start_upload,
    processes::model::Process,
    with_conn,
};
use esteira_shared::ids::ProcessId;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{connect, detail, hash, id, process, robots, script, start, text};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually, pdf, s3},
};

async fn status(fixture: &Fixture, one: &Value) -> String {
    text(&process(fixture, one).await["process"], "status")
}

async fn cancel(fixture: &Fixture, run: &str) {
    let path = format!("/api/v1/executions/{run}/cancel");
    fixture.analyst.post(&path, json!({})).await.expect(200);
}

fn brought(process: &Value, path: &str) -> Value {
    json!({ "hash_execucao": hash(process), "status_final": "UPLOADED_SAT", "faturas": [{ "caminho": path }] })
}

fn failed(process: &Value, cause: &str, action: &str) -> Value {
    json!({
        "hash_execucao": hash(process), "status_final": "FAILED",
        "detalhes": { "codigo_erro": "AUTH-401", "mensagem_erro": cause, "acao_recomendada": action },
    })
}

fn effects(run: &Value) -> Vec<&str> {
    let results = run["results"].as_array().unwrap().iter();
    results.map(|one| one["effect"].as_str().unwrap()).collect()
}

/// The run of a process whose robot reports these entries.
async fn reporting(test: &TestApp, fixture: &Fixture, process: &Value, entries: Vec<Value>) -> String {
    let payload = json!({ "success": true, "processes": entries });
    script(test, process, json!({ "payload": payload.to_string() })).await;
    start(fixture, process).await
}

on_both!(a_later_result_reaches_processes_in_error, |test| {
    let (fixture, processes) = robots(&test, "depois", 6, &["VIVO"]).await;
    for (name, number) in [("a", 1), ("b", 2), ("c", 3)] {
        test.rpa_file(&format!("robos/{name}.pdf"), pdf(number)).await;
    }
    let [first, second, good, bad, lost, waiting] = processes.as_slice() else {
        panic!("six processes");
    };
    let old = |process: &Value| failed(process, "Senha inválida.", "Trocar a senha.");
    let entries = vec![brought(first, "s3://robos/a.pdf"), old(good), old(bad), old(lost)];
    reporting(&test, &fixture, first, entries).await;
    test.run_jobs().await;
    for one in [good, bad, lost] {
        assert_eq!(status(&fixture, one).await, "ERRO_DOWNLOAD");
    }

    let entries = vec![
        brought(second, "s3://robos/b.pdf"),
        brought(good, "s3://robos/c.pdf"),
        failed(bad, "Fatura não publicada.", "Esperar a publicação."),
        brought(lost, "s3://robos/none.pdf"),
        json!({ "hash_execucao": hash(waiting), "status_final": "RUNNING" }),
    ];
    let run = reporting(&test, &fixture, second, entries).await;
    test.run_jobs().await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
    assert_eq!(
        effects(&seen),
        ["applied", "applied", "applied", "applied", "unchanged"],
        "{seen}"
    );

    let row = process(&fixture, good).await["process"].clone();
    assert_eq!(row["status"], "AGUARDANDO_APROVACAO", "{row}");
    assert_eq!(
        (&row["url_fatura"], &row["error"]),
        (&json!("s3://robos/c.pdf"), &Value::Null)
    );
    let row = process(&fixture, bad).await["process"].clone();
    assert_eq!(row["status"], "ERRO_DOWNLOAD", "{row}");
    assert_eq!(row["error"]["cause"], "Fatura não publicada. (AUTH-401)");
    assert_eq!(row["error"]["recommended_action"], "Esperar a publicação.");
    let row = process(&fixture, lost).await["process"].clone();
    assert_eq!(row["status"], "ERRO_DOWNLOAD", "{row}");
    let cause = text(&row["error"], "cause");
    assert!(cause.contains("s3://robos/none.pdf"), "{cause}");
    assert_eq!(status(&fixture, waiting).await, "AGUARDANDO_DOWNLOAD");
});

on_both!(a_run_under_way_is_left_alone_by_results_of_others, |test| {
    let (fixture, processes) = robots(&test, "alheio", 3, &["VIVO"]).await;
    test.rpa_file("robos/a.pdf", pdf(1)).await;
    let [first, second, busy] = processes.as_slice() else {
        panic!("three processes");
    };
    let entries = vec![
        brought(first, "s3://robos/a.pdf"),
        failed(busy, "Senha inválida.", "Trocar a senha."),
    ];
    reporting(&test, &fixture, first, entries).await;
    test.run_jobs().await;
    assert_eq!(status(&fixture, busy).await, "ERRO_DOWNLOAD");

    script(&test, busy, json!({ "duration_ms": 600_000 })).await;
    let own = start(&fixture, busy).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    eventually("its own robot is at work", || async {
        status(&fixture, busy).await == "DOWNLOAD_EM_ANDAMENTO"
    })
    .await;
    let entries = vec![
        brought(second, "s3://robos/a.pdf"),
        brought(busy, "s3://robos/a.pdf"),
        failed(busy, "Fatura não publicada.", "Esperar a publicação."),
    ];
    let other = reporting(&test, &fixture, second, entries).await;
    eventually("the other run ends", || async {
        detail(&fixture, &other).await["execution"]["status"] == "CONCLUIDO"
    })
    .await;
    let seen = detail(&fixture, &other).await;
    assert_eq!(effects(&seen), ["applied", "unchanged", "unchanged"], "{seen}");
    assert_eq!(status(&fixture, busy).await, "DOWNLOAD_EM_ANDAMENTO");
    assert_eq!(detail(&fixture, &own).await["execution"]["status"], "EXECUTANDO");
    stop.cancel();
    working.await.unwrap();
});

on_both!(a_robot_that_the_api_cancelled_leaves_its_run_cancelled, |test| {
    let (fixture, processes) = robots(&test, "cortados", 4, &["VIVO"]).await;
    let entries = [
        json!([]),
        json!([{ "hash_execucao": hash(&processes[1]), "status_final": "FAILED" }]),
        json!([{ "hash_execucao": hash(&processes[2]), "status_final": "RUNNING" }]),
        json!([failed(&processes[3], "Senha inválida.", "Trocar a senha.")]),
    ];
    let mut runs = Vec::new();
    for (process, entries) in processes.iter().zip(entries) {
        let payload = json!({ "success": false, "message": "Encerrado.", "processes": entries });
        let over = json!({ "payload": payload.to_string(), "final_status": "CANCELLED" });
        script(&test, process, over).await;
        runs.push(start(&fixture, process).await);
    }
    test.run_jobs().await;
    for (run, one) in runs.iter().zip(&processes).take(3) {
        let seen = detail(&fixture, run).await;
        assert_eq!(seen["execution"]["status"], "CANCELADO", "{seen}");
        assert_eq!(seen["execution"]["mensagem_final"], "Cancelada na API de robôs.");
        assert_eq!(seen["resultado"]["message"], "Encerrado.");
        assert_eq!(seen["chain"].as_array().unwrap().len(), 1, "no other run waits");
        assert_eq!(status(&fixture, one).await, "AGUARDANDO_DOWNLOAD");
        let old = format!("/api/v2/externos/status/{run}");
        let old = fixture.viewer.get(&old).await.expect(200);
        assert_eq!(old["status"]["status"], "CANCELLED");
    }
    // What only a person can mend is not lost with it.
    let seen = detail(&fixture, &runs[3]).await;
    assert_eq!(seen["execution"]["status"], "FALHOU", "{seen}");
    let row = process(&fixture, &processes[3]).await["process"].clone();
    assert_eq!(row["status"], "ERRO_DOWNLOAD");
    assert_eq!(row["error"]["recommended_action"], "Trocar a senha.");
});

/// Uploads and approves an invoice; the process as it is then.
async fn approved(fixture: &Fixture, one: &Value, number: i64) -> Value {
    let id = text(one, "id");
    let uploaded = fixture.analyst.upload(&id, "a.pdf", pdf(number)).await.expect(201)["process"].clone();
    let seen = json!({ "version": uploaded["version"], "sha256": uploaded["fatura_sha256"] });
    let path = format!("/api/v1/processes/{id}/approve");
    fixture.analyst.post(&path, seen).await.expect(200)["process"].clone()
}

/// A run that is to bring an approved document to SAT, and waits for a worker.
async fn sending(test: &TestApp, fixture: &Fixture, one: &Value, number: i64) -> String {
    let row = approved(fixture, one, number).await;
    let id: ProcessId = text(&row, "id").parse().unwrap();
    let actor = Actor::system(fixture.organization);
    let mut tx = test.app.db.begin().await.unwrap();
    let seen = Process::lock(&mut tx, fixture.organization, id).await.unwrap();
    let run = start_upload(&mut tx, &actor, &seen).await.unwrap();
    tx.commit().await.unwrap();
    run.id.to_string()
}

async fn action(fixture: &Fixture, one: &Value) -> String {
    let row = process(fixture, one).await["process"].clone();
    assert_eq!(row["status"], "ERRO_ENVIO_SAT", "{row}");
    assert_eq!(row["error"]["cause"], "cancelado");
    text(&row["error"], "recommended_action")
}

const LOOK: &str = "Conferir no SAT antes de enviar de novo.";
const AGAIN: &str = "Tentar novamente.";

/// Robots read documents from a store that they reach.
async fn may_have_begun(test: TestApp) {
    let (fixture, processes) = robots(&test, "enviados", 2, &["VIVO"]).await;
    connect(&fixture, json!({ "sat_transport": "robot" })).await;
    let never = sending(&test, &fixture, &processes[0], 1).await;
    let begun = sending(&test, &fixture, &processes[1], 2).await;
    let mut tx = test.app.db.begin().await.unwrap();
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::update(executions::table.find(id(&begun)))
        .set(executions::start_sent_at.eq(Some(now)))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    cancel(&fixture, &never).await;
    cancel(&fixture, &begun).await;
    assert_eq!(action(&fixture, &processes[0]).await, AGAIN);
    assert_eq!(action(&fixture, &processes[1]).await, LOOK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_sending_that_may_have_begun_says_so_sqlite() {
    let (_folder, vars) = s3().await;
    may_have_begun(TestApp::start(vars).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_sending_that_may_have_begun_says_so_postgres() {
    let (_folder, vars) = s3().await;
    may_have_begun(TestApp::postgres_with(vars).await).await;
}

/// Robots that read documents need a store that they reach, so this is on one database only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_sending_says_whether_the_api_confirmed_it() {
    let (_folder, vars) = s3().await;
    let test = TestApp::start(vars).await;
    let (fixture, processes) = robots(&test, "confirmados", 2, &["OI"]).await;
    connect(&fixture, json!({ "sat_transport": "robot" })).await;
    let scripts = [
        json!({ "duration_ms": 600_000 }),
        json!({ "duration_ms": 600_000, "cancel": "refuse" }),
    ];
    let mut runs = Vec::new();
    for ((one, script), number) in processes.iter().zip(scripts).zip(1..) {
        let hash = hash(one).replace("-DOWNLOAD-", "-UPLOAD-");
        test.rpa(&format!("roteiros/{hash}"), script).await;
        let row = approved(&fixture, one, number).await;
        let path = format!("/api/v1/processes/{}/send", text(one, "id"));
        let sent = fixture.analyst.post(&path, json!({ "version": row["version"] })).await;
        runs.push(text(&sent.expect(200)["executions"][0], "id"));
    }
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    let is = async |run: &str, word: &str| detail(&fixture, run).await["execution"]["status"] == word;
    for run in &runs {
        eventually("it runs", || async { is(run, "EXECUTANDO").await }).await;
        cancel(&fixture, run).await;
    }
    for run in &runs {
        eventually("it ends", || async { is(run, "CANCELADO").await }).await;
    }
    assert_eq!(action(&fixture, &processes[0]).await, AGAIN);
    assert_eq!(action(&fixture, &processes[1]).await, LOOK);
    stop.cancel();
    working.await.unwrap();
}
