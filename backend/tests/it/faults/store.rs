//! An S3 store that takes requests and does not answer them.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use esteira::{config::Vars, processes::sweep::sweep};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use super::intents;
use crate::support::{Fixture, TestApp, pdf, s3};

/// What the tests set. The store answers far sooner, also on a busy machine.
const PATIENCE_S: &str = "4";
/// Between that and what anything took that asks twice.
const SOON: Duration = Duration::from_secs(12);

#[derive(Clone, Copy)]
enum Mood {
    Answers,
    /// Reads what it is told and says nothing.
    Silent,
    /// Says that a document comes, and sends none of it.
    HeadOnly,
}

/// Stands before a store.
#[derive(Clone)]
struct Gate(Arc<Mutex<Mood>>);

impl Gate {
    /// In front of `store`, which is a host and a port; says where it listens.
    async fn open(store: String) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let gate = Self(Arc::new(Mutex::new(Mood::Answers)));
        let opened = gate.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (asks, hears) = client.into_split();
                let (answers, is_told) = TcpStream::connect(&store).await.unwrap().into_split();
                tokio::spawn(opened.clone().ask(asks, is_told));
                tokio::spawn(opened.clone().answer(answers, hears));
            }
        });
        (gate, place)
    }

    fn set(&self, mood: Mood) {
        *self.0.lock().unwrap() = mood;
    }

    fn mood(&self) -> Mood {
        *self.0.lock().unwrap()
    }

    async fn ask(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if !matches!(self.mood(), Mood::Silent) && to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    }

    async fn answer(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = [0; 16 * 1024];
        let mut is_mute = false;
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let mut said = &buffer[..length];
            match self.mood() {
                Mood::Answers => {}
                Mood::Silent => is_mute = true,
                Mood::HeadOnly => {
                    let head = said.windows(4).position(|part| part == b"\r\n\r\n");
                    if let Some(head) = head.filter(|_| !is_mute) {
                        drop(to.write_all(&said[..head + 4]).await);
                        is_mute = true;
                    }
                }
            }
            if is_mute {
                said = &[];
            }
            if to.write_all(said).await.is_err() {
                return;
            }
        }
    }
}

/// A store behind a gate, and the settings that lead there.
async fn gated() -> (tempfile::TempDir, Gate, Vars) {
    let (folder, mut vars) = s3().await;
    let direct = &vars["ESTEIRA_STORAGE_URL"];
    let (before, store) = direct.split_once("http://").unwrap();
    let (gate, place) = Gate::open(store.to_owned()).await;
    let through = format!("{before}http://{place}");
    vars.insert("ESTEIRA_STORAGE_URL".to_owned(), through);
    vars.insert("ESTEIRA_S3_PATIENCE_S".to_owned(), PATIENCE_S.to_owned());
    (folder, gate, vars)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hanging_store_keeps_nobody_waiting_on_sqlite() {
    let (_folder, gate, vars) = gated().await;
    check(TestApp::start(vars).await, gate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hanging_store_keeps_nobody_waiting_on_postgres() {
    let (_folder, gate, vars) = gated().await;
    check(TestApp::postgres_with(vars).await, gate).await;
}

async fn check(test: TestApp, gate: Gate) {
    let fixture = Fixture::new(&test, "surda").await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();

    gate.set(Mood::Silent);
    let began = Instant::now();
    let answer = fixture.analyst.upload(id, "a.pdf", pdf(1)).await;
    let waited = began.elapsed();
    answer.refused(503, "storage_unavailable");
    assert!(waited < SOON, "{waited:?}");
    let health = fixture.viewer.get("/api/health").await;
    assert_eq!(
        (health.status, &health.json()["services"]["storage"]),
        (503, &json!("unavailable"))
    );
    let process = fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200);
    assert_eq!(
        (&process["process"]["status"], &process["documents"]),
        (&json!("AGUARDANDO_DOWNLOAD"), &json!([]))
    );

    gate.set(Mood::Answers);
    let detail = fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201);
    fixture.viewer.get("/api/health").await.expect(200);
    let content = format!(
        "/api/v1/documents/{}/content",
        detail["documents"][0]["id"].as_str().unwrap()
    );

    for mood in [Mood::Silent, Mood::HeadOnly] {
        gate.set(mood);
        let began = Instant::now();
        let answer = fixture.viewer.get(&content).await;
        let waited = began.elapsed();
        answer.refused(503, "storage_unavailable");
        assert!(waited < SOON, "{waited:?}");
        gate.set(Mood::Answers);
        assert_eq!(fixture.viewer.get(&content).await.bytes, pdf(1));
    }

    test.clock.advance(TimeDelta::hours(3));
    sweep(&test.app, TimeDelta::hours(2), Vec::new()).await.unwrap();
    assert_eq!(
        (
            intents(&test).await,
            test.app.storage.list("pdfs/").await.unwrap().len()
        ),
        (0, 1)
    );
}
