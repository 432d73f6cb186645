//! Logs that come late, badly or too large, their end, and passwords that robots repeat.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use diesel::prelude::*;
use esteira::{
    db::RunQueryDsl,
    db::schema::{execution_results, log_chunks},
    executions::model::Execution,
    with_conn,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{connect, detail, hash, id, lines, process, robots, script, start, text};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually, serve},
};

async fn set_password(fixture: &Fixture, process: &Value, password: &str) {
    let client = text(process, "client_id");
    let path = format!("/api/v1/clients/{client}/accounts");
    let accounts = fixture.manager.get(&path).await.expect(200);
    let account = &accounts[0];
    let update = json!({
        "account_number": account["account_number"], "portal_login": "ana", "portal_password": password,
        "active": true, "version": account["version"],
    });
    let path = format!("/api/v1/accounts/{}", text(account, "id"));
    fixture.manager.put(&path, update).await.expect(200);
}

/// Everything that is kept and shown of a run.
async fn everything(test: &TestApp, fixture: &Fixture, of: &Value, run: &str) -> Vec<String> {
    let path = format!("/api/v1/executions/{run}/log/download");
    let mut all = lines(fixture, run).await;
    all.push(detail(fixture, run).await.to_string());
    all.push(process(fixture, of).await.to_string());
    all.push(fixture.viewer.get(&path).await.text());
    let mut conn = test.app.db.read().await.unwrap();
    let row = Execution::find(&mut conn, fixture.organization, id(run)).await.unwrap();
    all.push(format!("{row:?}"));
    let chunks: Vec<String> =
        with_conn!(&mut conn, |c| log_chunks::table.select(log_chunks::lines).load(c).await).unwrap();
    assert!(!chunks.is_empty(), "its log is kept");
    all.extend(chunks);
    let notes: Vec<Option<String>> = with_conn!(&mut conn, |c| execution_results::table
        .select(execution_results::note)
        .load(c)
        .await)
    .unwrap();
    all.extend(notes.into_iter().flatten());
    all
}

/// JSON writes it with backslashes.
const PASSWORD: &str = "a\"Zx9Qk\\b";
/// Stands in every form of it, and nowhere else.
const CORE: &str = "Zx9Qk";

on_both!(a_password_that_a_robot_repeats_is_kept_nowhere, |test| {
    let (fixture, processes) = robots(&test, "repete", 1, &["VIVO"]).await;
    set_password(&fixture, &processes[0], PASSWORD).await;
    let details = json!({
        "etapa_falha": format!("LOGIN {PASSWORD}"), "codigo_erro": "AUTH-401",
        "mensagem_erro": format!("a senha {PASSWORD} não serve"), "acao_recomendada": format!("trocar {PASSWORD}"),
    });
    let payload = json!({
        "success": false, "message": format!("com {PASSWORD} não deu"), "recebido": { "senha": PASSWORD },
        "processes": [
            { "hash_execucao": hash(&processes[0]), "status_final": "FAILED", "detalhes": details },
            { "hash_execucao": format!("outro {PASSWORD}"), "status_final": PASSWORD, "criado_em": PASSWORD },
        ],
    });
    let order = json!({ "login": "ana", "senha": PASSWORD }).to_string();
    let logs = [
        format!("entrando como ana / {PASSWORD}"),
        format!("um\nsenha={PASSWORD};\ndois"),
        "no fim".to_owned(),
    ];
    let told = json!({
        "logs": logs, "log_bytes_base64": BASE64_STANDARD.encode(order), "payload": payload.to_string(),
    });
    script(&test, &processes[0], told).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let seen = detail(&fixture, &run).await;
    let error = &seen["execution"]["error"];
    assert_eq!(error["cause"], "a senha ••• não serve (AUTH-401)", "{seen}");
    assert_eq!(error["step"], "LOGIN •••");
    assert_eq!(error["recommended_action"], "trocar •••");
    assert_eq!(seen["execution"]["mensagem_final"], "com ••• não deu");
    assert_eq!(seen["resultado"]["recebido"]["senha"], "•••");
    assert_eq!(seen["results"].as_array().unwrap().len(), 2, "{seen}");
    assert_eq!(
        lines(&fixture, &run).await,
        [
            "entrando como ana / •••",
            "um",
            "senha=•••;",
            "dois",
            "no fim",
            "{\"login\":\"ana\",\"senha\":\"•••\"}"
        ]
    );
    for kept in everything(&test, &fixture, &processes[0], &run).await {
        assert!(!kept.contains(CORE), "{kept}");
    }
});

on_both!(a_password_stays_hidden_when_another_worker_takes_the_run_up, |test| {
    let (fixture, processes) = robots(&test, "retoma", 1, &["VIVO"]).await;
    set_password(&fixture, &processes[0], PASSWORD).await;
    let payload = json!({ "success": false, "message": PASSWORD, "processes": [] });
    let logs = vec![format!("senha {PASSWORD}"); 30];
    let told = json!({
        "logs": logs, "duration_ms": 3_000, "payload": payload.to_string(), "final_status": "COMPLETED",
    });
    script(&test, &processes[0], told).await;
    let run = start(&fixture, &processes[0]).await;
    let stop = CancellationToken::new();
    let first = tokio::spawn(test.worker().run(stop.clone()));
    eventually("it runs", || async {
        detail(&fixture, &run).await["execution"]["status"] == "EXECUTANDO"
    })
    .await;
    stop.cancel();
    first.await.unwrap();
    eventually("another worker ends it", || async {
        test.run_jobs().await;
        detail(&fixture, &run).await["execution"]["status"] == "FALHOU"
    })
    .await;
    assert_eq!(test.rpa_counts().await["robos"], 1);
    let log = lines(&fixture, &run).await;
    assert_eq!(log.iter().filter(|line| *line == "senha •••").count(), 30, "{log:?}");
    for kept in everything(&test, &fixture, &processes[0], &run).await {
        assert!(!kept.contains(CORE), "{kept}");
    }
});

on_both!(a_password_that_is_a_year_harms_no_result, |test| {
    let (fixture, processes) = robots(&test, "ano", 1, &["VIVO"]).await;
    set_password(&fixture, &processes[0], "2026").await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
    let of = process(&fixture, &processes[0]).await;
    assert_eq!(of["process"]["status"], "AGUARDANDO_APROVACAO", "{of}");
});

on_both!(the_end_of_a_log_is_asked_for_until_it_comes, |test| {
    let (fixture, processes) = robots(&test, "fim", 1, &["VIVO"]).await;
    let told = json!({ "logs": ["um", "dois", "três"], "logs_http": [500, "cut", 503, "html"] });
    script(&test, &processes[0], told).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    assert_eq!(lines(&fixture, &run).await, ["um", "dois", "três"]);
});

on_both!(a_log_whose_end_does_not_come_says_so, |test| {
    let (fixture, processes) = robots(&test, "semfim", 1, &["VIVO"]).await;
    // Of a cancelled run the end is waited for least.
    let told = json!({ "duration_ms": 600_000, "logs_http": vec![500; 1_000] });
    script(&test, &processes[0], told).await;
    let run = start(&fixture, &processes[0]).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    let status = async || text(&detail(&fixture, &run).await["execution"], "status");
    eventually("it runs", || async { status().await == "EXECUTANDO" }).await;
    let path = format!("/api/v1/executions/{run}/cancel");
    fixture.analyst.post(&path, json!({})).await.expect(200);
    eventually("it is cancelled", || async { status().await == "CANCELADO" }).await;
    stop.cancel();
    working.await.unwrap();
    let log = lines(&fixture, &run).await;
    assert!(
        log.iter()
            .any(|line| line.starts_with("[esteira] o fim do log do robô não pôde ser lido")),
        "{log:?}"
    );
});

on_both!(a_log_that_is_refused_until_its_robot_begins_is_read, |test| {
    let (fixture, processes) = robots(&test, "tarde", 1, &["VIVO"]).await;
    test.rpa("opcoes", json!({ "pending_ms": [3_500, 3_500] })).await;
    // More than the status tells along.
    let logs: Vec<String> = (1..=50).map(|number| format!("linha {number}")).collect();
    let told = json!({ "logs": logs, "logs_http": [404, 404, 404] });
    script(&test, &processes[0], told).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    assert_eq!(lines(&fixture, &run).await, logs);
});

/// When the log was asked for.
type Asked = Arc<Mutex<Vec<Instant>>>;

/// An API with one job, which works until its log was asked for so often; `log` answers the first time, the second time and
/// so on.
async fn api<F>(enough: usize, log: impl Fn(usize) -> F + Clone + Send + Sync + 'static) -> (String, Asked)
where
    F: Future<Output = Response> + Send + 'static,
{
    let asked = Asked::default();
    let (seen, noted) = (Arc::clone(&asked), Arc::clone(&asked));
    let status = move || {
        let over = seen.lock().unwrap().len() >= enough;
        let word = if over { "COMPLETED" } else { "RUNNING" };
        async move { Json(json!({ "status": word })) }
    };
    let logs = move || {
        let number = {
            let mut noted = noted.lock().unwrap();
            noted.push(Instant::now());
            noted.len()
        };
        log(number)
    };
    let router = Router::new()
        .route("/executar/{operadora}", post(|| async { Json(json!({ "job_id": 1 })) }))
        .route("/jobs/{id}", get(status))
        .route("/jobs/{id}/logs", get(logs));
    (serve(router).await, asked)
}

/// Runs the robot of one process at that API, and gives the log.
async fn run_at(test: &TestApp, name: &str, url: &str) -> Vec<String> {
    let (fixture, processes) = robots(test, name, 1, &["VIVO"]).await;
    connect(&fixture, json!({ "url": url })).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    lines(&fixture, &run).await
}

on_both!(a_log_that_is_refused_until_the_end_is_read_then, |test| {
    let (url, _) = api(3, |number| async move {
        if number <= 3 {
            return StatusCode::NOT_FOUND.into_response();
        }
        Json(json!(["um", "dois"])).into_response()
    })
    .await;
    assert_eq!(run_at(&test, "depois", &url).await, ["um", "dois"]);
});

on_both!(a_log_that_is_too_large_says_so, |test| {
    let (url, _) = api(1, |_| async {
        let body = vec![b' '; 64 * 1024 * 1024 + 1];
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    })
    .await;
    let log = run_at(&test, "grande", &url).await;
    assert_eq!(
        log,
        ["[esteira] o log do robô passa de 64 MiB: o resto dele não é lido"]
    );
});

on_both!(a_log_that_takes_long_is_asked_for_less_often, |test| {
    let (url, asked) = api(2, |_| async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        Json(json!(["um"])).into_response()
    })
    .await;
    assert_eq!(run_at(&test, "devagar", &url).await, ["um"]);
    let asked = asked.lock().unwrap().clone();
    let between = asked[1] - asked[0];
    assert!(between >= Duration::from_millis(2_200), "{between:?}");
});
