//! Documents that people approve and send while programs die. Some of them change in the store before they leave.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Multipart, State},
    http::HeaderMap,
    routing::post,
};
use esteira::secrets::sha256_hex;
use serde_json::{Value, json};

use super::robots::count;
use crate::support::{Fixture, TestApp, eventually_within, pdf, processes_in, serve};

/// A month of its own, beside that of the robots.
const MONTH: &str = "2026-09";
const SETTLED: Duration = Duration::from_secs(120);

/// What one call to SAT brought. Its sender may have died in the middle: then there is no whole file.
struct Call {
    key: String,
    file: Option<String>,
}

type Calls = Arc<Mutex<Vec<Call>>>;

/// A document that was approved.
struct Approved {
    sha256: String,
    /// The store holds something else by now.
    changed: bool,
}

pub(super) struct Documents {
    waiting: std::vec::IntoIter<Value>,
    /// By their processes.
    approved: BTreeMap<String, Approved>,
    calls: Calls,
}

/// Keeps account of every call, also of one that breaks off; one document for each key.
async fn hear(State(calls): State<Calls>, headers: HeaderMap, mut parts: Multipart) -> Json<Value> {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let protocol = format!("SAT-{key}");
    let number = {
        let mut calls = calls.lock().unwrap();
        calls.push(Call { key, file: None });
        calls.len() - 1
    };
    while let Ok(Some(part)) = parts.next_field().await {
        let is_file = part.name() == Some("arquivo");
        let Ok(bytes) = part.bytes().await else { break };
        if is_file {
            calls.lock().unwrap()[number].file = Some(sha256_hex(&bytes));
        }
    }
    // Long enough to be killed in, short enough that no document is lost three times.
    tokio::time::sleep(Duration::from_millis(rand::random_range(20..120))).await;
    Json(json!({ "protocolo": protocol }))
}

impl Documents {
    /// A month of processes for every account that there is, and a SAT that counts.
    pub(super) async fn prepare(fixture: &Fixture) -> Self {
        let calls = Calls::default();
        let router = Router::new()
            .route("/documentos", post(hear))
            .with_state(Arc::clone(&calls));
        fixture.point_at_sat(&serve(router).await).await;
        let path = format!("/api/v1/months/{MONTH}/open");
        fixture.manager.post(&path, json!({})).await.expect(200);
        Self {
            waiting: processes_in(&fixture.analyst, MONTH).await.into_iter(),
            approved: BTreeMap::new(),
            calls,
        }
    }

    /// Somebody uploads, approves and sends the next one. Every third is another file or half of it by then.
    pub(super) async fn send_next(&mut self, test: &TestApp, fixture: &Fixture) {
        let Some(process) = self.waiting.next() else { return };
        let process = process["id"].as_str().unwrap().to_owned();
        let number = self.approved.len();
        let bytes = pdf(i64::try_from(number).unwrap());
        let path = format!("/api/v1/processes/{process}");
        let uploaded = fixture.analyst.upload(&process, "fatura.pdf", bytes.clone()).await;
        let row = uploaded.expect(201)["process"].clone();
        let sha256 = row["fatura_sha256"].as_str().unwrap().to_owned();
        assert_eq!(sha256, sha256_hex(&bytes));
        let seen = json!({ "version": row["version"], "sha256": sha256 });
        fixture.analyst.post(&format!("{path}/approve"), seen).await.expect(200);
        let other = match number % 6 {
            1 => Some(pdf(i64::try_from(number).unwrap() + 1_000)),
            4 => Some(bytes[..bytes.len() / 2].to_vec()),
            _ => None,
        };
        let changed = other.is_some();
        if let Some(other) = other {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), other).unwrap();
            let key = row["fatura_s3_key"].as_str().unwrap();
            let put = test.app.storage.put_file(key, file.path(), "application/pdf");
            put.await.unwrap();
        }
        send(fixture, &path).await;
        self.approved.insert(process, Approved { sha256, changed });
    }

    /// Everything that was approved is at SAT once, and nothing else is, also when somebody insists.
    pub(super) async fn judge(self, fixture: &Fixture) -> String {
        settled(fixture).await;
        for process in self.approved.keys() {
            let path = format!("/api/v1/processes/{process}");
            if status(fixture, &path).await == "ERRO_ENVIO_SAT" {
                send(fixture, &path).await;
            }
        }
        settled(fixture).await;

        let (once, tries) = self.heard();
        let intact = self.approved.iter().filter(|(_, approved)| !approved.changed);
        let intact: Vec<&str> = intact.map(|(process, _)| process.as_str()).collect();
        assert_eq!(once, intact, "each came whole, under one key");
        for (process, approved) in &self.approved {
            let expected = match approved.changed {
                true => "ERRO_ENVIO_SAT",
                false => "UPLOAD_REALIZADO",
            };
            let path = format!("/api/v1/processes/{process}");
            assert_eq!(status(fixture, &path).await, expected, "{process}");
        }
        format!(
            "of {} approved documents {} came to SAT in {tries} calls, and none of those that had changed",
            self.approved.len(),
            once.len()
        )
    }

    /// The processes whose documents came whole under one key, and how many calls there were.
    fn heard(&self) -> (Vec<&str>, usize) {
        let calls = self.calls.lock().unwrap();
        let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for call in calls.iter() {
            let mut approved = self.approved.iter();
            let (process, approved) = approved
                .find(|(process, _)| call.key.starts_with(process.as_str()))
                .expect("SAT hears of what was approved");
            assert!(
                !approved.changed,
                "the document of {process} changed, and SAT heard of it"
            );
            if let Some(file) = &call.file {
                assert_eq!(*file, approved.sha256, "what came for {process}");
                keys.entry(process).or_default().insert(&call.key);
            }
        }
        let once = keys.iter().filter(|(_, keys)| keys.len() == 1);
        (once.map(|(process, _)| *process).collect(), calls.len())
    }
}

async fn status(fixture: &Fixture, path: &str) -> String {
    let detail = fixture.viewer.get(path).await.expect(200);
    detail["process"]["status"].as_str().unwrap().to_owned()
}

async fn send(fixture: &Fixture, path: &str) {
    let detail = fixture.viewer.get(path).await.expect(200);
    let seen = json!({ "version": detail["process"]["version"] });
    fixture.analyst.post(&format!("{path}/send"), seen).await.expect(200);
}

async fn settled(fixture: &Fixture) {
    let list = format!("processes?month={MONTH}&status=AGUARDANDO_ENVIO_SAT,ENVIANDO_SAT");
    eventually_within(SETTLED, "every document is sent or refused", || async {
        count(fixture, &list).await == 0
    })
    .await;
}
