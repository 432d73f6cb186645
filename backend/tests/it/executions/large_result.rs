//! Results with many entries, and answers that are too long: bounded, applied a few at a time, shown page by page.

use axum::{
    Json, Router,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{connect, detail, hash, lines, process, robots, start};
use crate::{
    on_both,
    support::{Fixture, TestApp, serve},
};

/// An API with one job, whose status is this.
async fn api(status: String) -> String {
    let router = Router::new()
        .route(
            "/executar/{operadora}",
            post(|Json(_): Json<Value>| async { Json(json!({ "job_id": 1 })) }),
        )
        .route(
            "/jobs/{id}",
            get(move || {
                let status = status.clone();
                async move { ([(CONTENT_TYPE, "application/json")], status) }
            }),
        )
        .route("/jobs/{id}/logs", get(|| async { StatusCode::NOT_FOUND }));
    serve(router).await
}

/// Runs the robot of a process at an API with this answer.
async fn run_with(test: &TestApp, fixture: &Fixture, process: &Value, answer: String) -> String {
    connect(fixture, json!({ "url": api(answer).await })).await;
    let run = start(fixture, process).await;
    test.run_jobs().await;
    run
}

/// The run's own entry, a failure that nobody repeats, and others that name no process.
fn entries(own: &Value, count: usize) -> Vec<Value> {
    let details = json!({ "codigo_erro": "AUTH-401", "mensagem_erro": "a senha venceu" });
    let mut entries = vec![json!({ "hash_execucao": hash(own), "status_final": "FAILED", "detalhes": details })];
    entries.extend((1..count).map(|number| json!({ "hash_execucao": format!("x{number}"), "status_final": "FAILED" })));
    entries
}

on_both!(a_result_with_too_many_entries_says_how_many, |test| {
    let (fixture, processes) = robots(&test, "demais", 1, &["VIVO"]).await;
    let answer = json!({ "status": "COMPLETED", "result": { "processes": entries(&processes[0], 140_000) } });
    let run = run_with(&test, &fixture, &processes[0], answer.to_string()).await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "FALHOU");
    assert_eq!(seen["execution"]["outcome_unknown"], false);
    let error = &seen["execution"]["error"];
    assert_eq!(
        error["cause"],
        "O resultado tem 140000 processos, e no máximo 5000 são lidos de uma vez; nada dele foi aplicado nem guardado."
    );
    assert_eq!(error["step"], "RESULTADO");
    assert_eq!((&seen["results"], &seen["resultado"]), (&json!([]), &Value::Null));
    let of = process(&fixture, &processes[0]).await;
    assert_eq!(of["process"]["status"], "ERRO_DOWNLOAD");
    let runs = fixture.viewer.get("/api/v1/executions").await.expect(200);
    assert_eq!(runs["total"]["count"], 1, "nobody repeats it");
});

on_both!(an_answer_that_is_too_long_ends_the_run_as_unknown, |test| {
    let (fixture, processes) = robots(&test, "longa", 1, &["VIVO"]).await;
    let answer = format!("{{\"status\":\"COMPLETED\"{}}}", " ".repeat(8 * 1024 * 1024));
    let run = run_with(&test, &fixture, &processes[0], answer).await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "FALHOU");
    assert_eq!(seen["execution"]["outcome_unknown"], true);
    let error = &seen["execution"]["error"];
    assert_eq!(
        error["cause"],
        "A resposta da API de robôs é longa demais: passa de 8192 KiB."
    );
    assert!(lines(&fixture, &run).await.is_empty());
});

on_both!(entries_of_a_result_come_page_by_page, |test| {
    let (fixture, processes) = robots(&test, "paginas", 1, &["VIVO"]).await;
    let answer = json!({ "status": "FAILED", "result": { "processes": entries(&processes[0], 450) } });
    let run = run_with(&test, &fixture, &processes[0], answer.to_string()).await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["error"]["cause"], "a senha venceu (AUTH-401)");
    assert_eq!(seen["results"].as_array().unwrap().len(), 50);
    let path = format!("/api/v1/executions/{run}/results");
    let mut positions = Vec::new();
    let mut sizes = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = fixture
            .viewer
            .get(&format!("{path}?limit=200{cursor}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        let total = cursor.is_empty().then(|| json!({ "count": 450, "capped": false }));
        assert_eq!(page["total"], json!(total));
        sizes.push(items.len());
        positions.extend(items.iter().map(|item| item["position"].as_i64().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(sizes, [200, 200, 50]);
    assert_eq!(positions, (0..450).collect::<Vec<_>>());
    let first = fixture.viewer.get(&path).await.expect(200);
    assert_eq!(first["items"], seen["results"]);
    assert_eq!(first["items"][0]["effect"], "applied");
    assert_eq!(first["items"][1]["effect"], "unmatched");
    fixture
        .viewer
        .get(&format!("{path}?limit=0"))
        .await
        .refused(422, "validation");
    fixture
        .viewer
        .get(&format!("{path}?cursor=x"))
        .await
        .refused(422, "validation");
    let stranger = Fixture::new(&test, "outra").await;
    for path in [path.clone(), format!("{path}/download")] {
        stranger.admin.get(&path).await.refused(404, "not_found");
    }
});

on_both!(a_long_answer_is_downloaded, |test| {
    let (fixture, processes) = robots(&test, "baixar", 1, &["VIVO"]).await;
    let result = json!({ "processes": entries(&processes[0], 1), "novo": "x".repeat(300_000) });
    let answer = json!({ "status": "FAILED", "result": result });
    let run = run_with(&test, &fixture, &processes[0], answer.to_string()).await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["resultado"], Value::Null);
    assert_eq!(seen["resultado_bytes"], json!(result.to_string().len()));
    assert_eq!(seen["results"].as_array().unwrap().len(), 1);
    let whole = fixture
        .viewer
        .get(&format!("/api/v1/executions/{run}/results/download"))
        .await;
    assert_eq!(whole.headers["content-type"], "application/json");
    assert_eq!(serde_json::from_str::<Value>(&whole.text()).unwrap(), result);
});
