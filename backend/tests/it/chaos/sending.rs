//! Killed while it sends to SAT.

use std::{collections::BTreeMap, time::Duration};

use esteira_shared::validate::Cnpj;
use serde_json::{Value, json};

use super::{Program, free_port, rounds};
use crate::support::{Client, SETUP_CODE, TestApp, eventually, eventually_within, pdf};

const DOCUMENTS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let vars = [(
        "ESTEIRA_DATA_DIR".to_owned(),
        folder.path().to_str().unwrap().to_owned(),
    )]
    .into();
    check(vars, folder.path().join("sat")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    // For its schema only; the programs under test are processes of their own.
    let test = TestApp::postgres().await;
    let mut vars: BTreeMap<String, String> = test.vars().clone();
    vars.insert(
        "ESTEIRA_DATA_DIR".to_owned(),
        folder.path().to_str().unwrap().to_owned(),
    );
    check(vars, folder.path().join("sat")).await;
}

async fn check(mut vars: BTreeMap<String, String>, sat_dir: std::path::PathBuf) {
    let (port, sat_port) = (free_port().to_string(), free_port().to_string());
    let sat_arguments = [
        "simulate",
        "sat",
        "--port",
        &sat_port,
        "--latency-ms",
        "20",
        "250",
        "--dir",
        sat_dir.to_str().unwrap(),
    ];
    let _sat = Program::start(&sat_arguments, &BTreeMap::new());
    vars.insert("ESTEIRA_LISTEN".to_owned(), format!("127.0.0.1:{port}"));
    vars.insert("ESTEIRA_OUTBOUND_ALLOW_PRIVATE".to_owned(), "true".to_owned());
    vars.insert("ESTEIRA_LEASE_S".to_owned(), "3".to_owned());
    vars.insert("ESTEIRA_SETUP_CODE".to_owned(), SETUP_CODE.to_owned());
    let base = format!("http://127.0.0.1:{port}");
    let sat_url = format!("http://127.0.0.1:{sat_port}");
    let server = Program::start(&["serve"], &vars);
    let admin = prepared(&base, &sat_url).await;
    let mut server = Some(server);
    let mut month = 0;
    for round in 0..rounds() {
        if admin
            .get("/api/v1/processes?status=AGUARDANDO_ENVIO_SAT&limit=1")
            .await
            .json()["items"]
            == json!([])
        {
            month += 1;
            approve_a_month(&admin, month).await;
        }
        let all = json!({ "target": { "filter": { "status": "AGUARDANDO_ENVIO_SAT,ERRO_ENVIO_SAT" } } });
        admin.post("/api/v1/processes/bulk/send", all).await;
        // For nothing: the program dies at another point of the work each time.
        tokio::time::sleep(Duration::from_millis(150 + u64::from(round) * 137 % 1_900)).await;
        server.take().unwrap().kill();
        server = Some(Program::start(&["serve"], &vars));
        eventually("the server is back", || async { up(&base).await }).await;
    }
    let all = json!({ "target": { "filter": { "status": "AGUARDANDO_ENVIO_SAT,ERRO_ENVIO_SAT" } } });
    admin.post("/api/v1/processes/bulk/send", all).await;
    eventually_within(Duration::from_secs(120), "every process is sent", || async {
        !busy(&admin).await
    })
    .await;
    every_process_ended_once(&admin, &sat_url, DOCUMENTS * month).await;
}

async fn up(base: &str) -> bool {
    matches!(reqwest::get(format!("{base}/api/health")).await, Ok(answer) if answer.status().is_success())
}

async fn busy(admin: &Client) -> bool {
    let waiting = admin
        .get("/api/v1/processes?status=AGUARDANDO_ENVIO_SAT,ENVIANDO_SAT,ERRO_ENVIO_SAT&limit=1")
        .await;
    waiting.status != 200 || waiting.json()["items"] != json!([])
}

/// An administrator with an operator and clients.
async fn prepared(base: &str, sat_url: &str) -> Client {
    eventually("the server is up", || async { up(base).await }).await;
    let mut admin = Client::new(base);
    let password = "correct horse battery";
    let create = json!({
        "code": SETUP_CODE, "organization_name": "Caos", "name": "Ana", "email": "ana@caos.example",
        "password": password,
    });
    admin.post("/api/v1/setup", create).await.expect(201);
    admin.sign_in("ana@caos.example", password).await.expect(200);
    let mut settings = admin.get("/api/v1/organization").await.expect(200);
    settings["sat_url"] = json!(sat_url);
    admin.put("/api/v1/organization", settings).await.expect(200);
    admin
        .post("/api/v1/operators", json!({ "name": "VIVO" }))
        .await
        .expect(201);
    let mut csv = "razao_social;cnpj;operadora;conta\n".to_owned();
    for number in 1..=DOCUMENTS {
        let cnpj = Cnpj::from_base(&format!("{number:08}0001")).unwrap();
        csv.push_str(&format!("Cliente {number};{cnpj};VIVO;{number}\n"));
    }
    let request = admin.request(reqwest::Method::POST, "/api/v1/clients/import").body(csv);
    assert_eq!(admin.send(request).await.expect(200)["applied"], true);
    admin
}

/// The `count`-th month from 2020 on, with a document of its own for every client.
async fn approve_a_month(admin: &Client, count: usize) {
    let month = format!("{}-{:02}", 2020 + (count - 1) / 12, (count - 1) % 12 + 1);
    admin
        .post(&format!("/api/v1/months/{month}/open"), json!({}))
        .await
        .expect(200);
    let page = admin
        .get(&format!("/api/v1/processes?month={month}&limit=200"))
        .await
        .expect(200);
    for (index, process) in page["items"].as_array().unwrap().iter().enumerate() {
        let id = process["id"].as_str().unwrap();
        let number = i64::try_from(count * 1_000 + index).unwrap();
        let detail = admin.upload(id, "fatura.pdf", pdf(number)).await.expect(201);
        let seen = json!({ "version": detail["process"]["version"], "sha256": detail["process"]["fatura_sha256"] });
        admin
            .post(&format!("/api/v1/processes/{id}/approve"), seen)
            .await
            .expect(200);
    }
}

async fn every_process_ended_once(admin: &Client, sat_url: &str, expected: usize) {
    let kept: Vec<Value> = reqwest::get(format!("{sat_url}/documentos"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let mut keys: Vec<&str> = kept
        .iter()
        .map(|document| document["idempotency_key"].as_str().unwrap())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!((kept.len(), keys.len()), (expected, expected), "one document per key");
    let mut done = 0;
    let mut cursor = String::new();
    loop {
        let page = admin
            .get(&format!("/api/v1/processes?limit=200{cursor}"))
            .await
            .expect(200);
        for process in page["items"].as_array().unwrap() {
            assert_eq!(process["status"], "UPLOAD_REALIZADO", "{process}");
            let detail = admin
                .get(&format!("/api/v1/processes/{}", process["id"].as_str().unwrap()))
                .await
                .expect(200);
            let moves = detail["moves"].as_array().unwrap();
            let finished = moves.iter().filter(|one| one["move"] == "finish_send").count();
            assert_eq!(finished, 1, "{detail}");
            let own: Vec<&Value> = kept
                .iter()
                .filter(|one| one["protocolo"] == process["sat_protocol"])
                .collect();
            assert_eq!((own.len(), &own[0]["sha256"]), (1, &process["fatura_sha256"]));
            done += 1;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let tries: i64 = kept
        .iter()
        .map(|document| document["tentativas"].as_i64().unwrap())
        .sum();
    println!(
        "chaos: {} kills, {done} processes ended once, {} documents at SAT after {tries} tries",
        rounds(),
        kept.len()
    );
    assert_eq!(done, expected);
}
