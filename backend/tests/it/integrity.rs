//! Nothing leaves but what was received and approved, whatever became of the object in the store.

use std::{
    path::Path,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, body::to_bytes, extract::Request};
use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{email_contents, emails, processes},
    },
    processes::{
        document::Document,
        outgoing::{self, OutgoingError},
    },
    with_conn,
};
use esteira_shared::ids::ProcessId;
use serde_json::{Value, json};

use crate::{
    everywhere, on_both,
    support::{Answer, Fixture, TestApp, eventually, pdf, serve},
};

/// What happens to an object, and what must be said of it.
struct Damage {
    object: fn(Vec<u8>) -> Option<Vec<u8>>,
    cause: &'static str,
    action: &'static str,
    refusal: (u16, &'static str),
}

const DAMAGES: [Damage; 4] = [
    Damage {
        object: of_the_same_size,
        cause: "stored_bytes_differ",
        action: "restore_or_upload_again",
        refusal: (409, "document_damaged"),
    },
    Damage {
        object: |bytes| Some([&bytes[..], b"%\n"].concat()),
        cause: "stored_size_differs",
        action: "restore_or_upload_again",
        refusal: (409, "document_damaged"),
    },
    Damage {
        object: cut,
        cause: "stored_size_differs",
        action: "restore_or_upload_again",
        refusal: (409, "document_damaged"),
    },
    Damage {
        object: |_| None,
        cause: "document_lost",
        action: "upload_again",
        refusal: (404, "not_found"),
    },
];

fn of_the_same_size(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    Some(bytes)
}

fn cut(bytes: Vec<u8>) -> Option<Vec<u8>> {
    Some(bytes[..bytes.len() / 2].to_vec())
}

/// A SAT that takes everything, and how often it was called, also when little came.
async fn sat() -> (String, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let router = Router::new().fallback(move |request: Request| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            let body = to_bytes(request.into_body(), usize::MAX).await.unwrap_or_default();
            axum::Json(json!({ "protocolo": format!("SAT-{}", body.len()) }))
        }
    });
    (serve(router).await, calls)
}

/// A process with an approved document.
struct Approved {
    process: String,
    document: String,
    key: String,
    bytes: Vec<u8>,
}

impl Approved {
    async fn new(fixture: &Fixture, process: &Value, number: i64) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let process = text(&process["id"]);
        let bytes = pdf(number);
        let detail = fixture
            .analyst
            .upload(&process, "a.pdf", bytes.clone())
            .await
            .expect(201);
        let row = &detail["process"];
        let seen = json!({ "version": row["version"], "sha256": row["fatura_sha256"] });
        fixture
            .analyst
            .post(&format!("/api/v1/processes/{process}/approve"), seen)
            .await
            .expect(200);
        Self {
            process,
            document: text(&detail["documents"][0]["id"]),
            key: text(&row["fatura_s3_key"]),
            bytes,
        }
    }

    /// Puts other bytes in the place of the object, or removes it.
    async fn becomes(&self, test: &TestApp, bytes: Option<Vec<u8>>) {
        let storage = &test.app.storage;
        match bytes {
            Some(bytes) => {
                let file = tempfile::NamedTempFile::new().unwrap();
                std::fs::write(file.path(), bytes).unwrap();
                storage
                    .put_file(&self.key, file.path(), "application/pdf")
                    .await
                    .unwrap();
            }
            None => storage.delete(&self.key).await.unwrap(),
        }
    }

    async fn detail(&self, fixture: &Fixture) -> Value {
        let path = format!("/api/v1/processes/{}", self.process);
        fixture.viewer.get(&path).await.expect(200)
    }

    async fn send(&self, fixture: &Fixture) {
        let version = self.detail(fixture).await["process"]["version"].clone();
        let path = format!("/api/v1/processes/{}/send", self.process);
        let seen = json!({ "version": version });
        fixture.analyst.post(&path, seen).await.expect(200);
    }

    async fn content(&self, fixture: &Fixture) -> Answer {
        let path = format!("/api/v1/documents/{}/content", self.document);
        fixture.viewer.get(&path).await
    }
}

/// The processes whose documents Início calls damaged.
async fn shown(fixture: &Fixture) -> Vec<String> {
    let home = fixture.viewer.get("/api/v1/home").await.expect(200);
    let places = home["damaged"].as_array().unwrap();
    let process = |place: &Value| place["process_id"].as_str().unwrap().to_owned();
    places.iter().map(process).collect()
}

/// E-mails that were written, the oldest first.
async fn letters(test: &TestApp) -> Vec<(String, String)> {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| emails::table
        .inner_join(email_contents::table)
        .order(emails::id)
        .select((emails::recipient, email_contents::text))
        .load(c)
        .await)
    .unwrap()
}

everywhere!(what_the_store_changed_does_not_leave, |test| {
    let fixture = Fixture::new(&test, "integridade").await;
    let (url, calls) = sat().await;
    fixture.point_at_sat(&url).await;
    let processes = fixture.opened(&test, DAMAGES.len(), &["VIVO"], "2026-10").await;
    for (number, (damage, process)) in DAMAGES.iter().zip(&processes).enumerate() {
        let cause = damage.cause;
        // So that the last e-mail is older than an hour.
        test.clock.advance(TimeDelta::minutes(61));
        let one = Approved::new(&fixture, process, i64::try_from(number).unwrap()).await;
        one.becomes(&test, (damage.object)(one.bytes.clone())).await;
        one.send(&fixture).await;
        test.run_jobs().await;
        assert_eq!(
            calls.as_ref().load(Ordering::SeqCst),
            number,
            "{cause}: SAT hears nothing of it"
        );
        let failed = one.detail(&fixture).await;
        let row = &failed["process"];
        assert_eq!(row["status"], "ERRO_ENVIO_SAT", "{row}");
        assert_eq!(row["error"]["cause_coded"]["code"], cause, "{row}");
        assert_eq!(row["error"]["step"], "LEITURA", "{row}");
        assert_eq!(row["error"]["recommended_action_coded"]["code"], damage.action, "{row}");
        let job = &failed["last_job"];
        assert_eq!(
            (&job["status"], &job["last_error_kind"], &job["attempt"]),
            (&json!("dead"), &json!("business"), &json!(1))
        );
        let letters = letters(&test).await;
        assert_eq!(letters.len(), number + 1, "{cause}: administrators are told");
        let (to, text) = &letters[number];
        assert_eq!(to, "admin@integridade.example");
        assert!(text.contains(&one.key), "{text}");
        assert_eq!(shown(&fixture).await, [one.process.as_str()]);

        let answer = one.content(&fixture).await;
        assert!(
            answer.headers.get("etag").is_none(),
            "{cause}: other bytes have no old name"
        );
        let (status, code) = damage.refusal;
        let refused = answer.refused(status, code);
        if code == "document_damaged" {
            assert_eq!(refused["details"]["cause_coded"]["code"], cause, "{refused}");
        }

        one.becomes(&test, Some(one.bytes.clone())).await;
        let answer = one.content(&fixture).await;
        assert_eq!((answer.status, &answer.bytes), (200, &one.bytes), "{cause}: restored");
        assert_eq!(
            answer.headers["etag"].to_str().unwrap(),
            format!("\"{}\"", row["fatura_sha256"].as_str().unwrap())
        );
        assert_eq!(shown(&fixture).await, [""; 0]);
        one.send(&fixture).await;
        test.run_jobs().await;
        assert_eq!(one.detail(&fixture).await["process"]["status"], "UPLOAD_REALIZADO");
        assert_eq!(calls.as_ref().load(Ordering::SeqCst), number + 1);
    }
});

on_both!(a_store_that_is_wrong_is_told_of_once, |test| {
    let fixture = Fixture::new(&test, "de-hora-em-hora").await;
    let processes = fixture.opened(&test, 3, &["VIVO"], "2026-10").await;
    let mut all = Vec::new();
    for (process, number) in processes.iter().zip(1..) {
        let one = Approved::new(&fixture, process, number).await;
        one.becomes(&test, cut(one.bytes.clone())).await;
        all.push(one);
    }
    for one in [&all[0], &all[1], &all[0]] {
        one.content(&fixture).await.refused(409, "document_damaged");
    }
    assert_eq!(letters(&test).await.len(), 1);
    test.clock.advance(TimeDelta::minutes(61));
    for one in [&all[0], &all[2]] {
        one.content(&fixture).await.refused(409, "document_damaged");
    }
    assert_eq!(letters(&test).await.len(), 2);
    let found: Vec<&str> = [2, 1, 0].map(|index: usize| all[index].process.as_str()).into();
    assert_eq!(shown(&fixture).await, found);
    // A new version takes the place of the damaged one.
    fixture
        .analyst
        .upload(&all[2].process, "b.pdf", pdf(9))
        .await
        .expect(201);
    assert_eq!(shown(&fixture).await, found[1..]);
});

on_both!(only_the_current_document_is_sent, |test| {
    let fixture = Fixture::new(&test, "atual").await;
    let (url, calls) = sat().await;
    fixture.point_at_sat(&url).await;
    let opened = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let one = Approved::new(&fixture, &opened[0], 1).await;
    one.send(&fixture).await;
    let id: ProcessId = one.process.parse().unwrap();
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(processes::table.find(id))
        .set((
            processes::fatura_sha256.eq(Some("b".repeat(64))),
            processes::approved_sha256.eq(Some("b".repeat(64))),
        ))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    test.run_jobs().await;
    let row = one.detail(&fixture).await["process"].clone();
    assert_eq!(row["status"], "ERRO_ENVIO_SAT", "{row}");
    assert_eq!(row["error"]["cause_coded"]["code"], "document_not_awaited", "{row}");
    assert_eq!(calls.as_ref().load(Ordering::SeqCst), 0);
});

/// Files of this folder that this program holds and that have no name any more.
fn nameless(folder: &Path) -> usize {
    let start = folder.to_str().unwrap();
    let held = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    held.filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .filter_map(|target| target.to_str().map(str::to_owned))
        .filter(|target| target.starts_with(start) && target.ends_with(" (deleted)"))
        .count()
}

/// The names in this folder, without those of the database.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("esteira.db"))
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_on_its_way_out_is_gone_with_whoever_asked_for_it() {
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "rascunho").await;
    let opened = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let one = Approved::new(&fixture, &opened[0], 1).await;
    let mut conn = test.app.db.read().await.unwrap();
    let document = Document::find(&mut conn, fixture.organization, one.document.parse().unwrap())
        .await
        .unwrap();
    drop(conn);
    let folder = test.folder.path();
    let before = names(folder);

    let copy = outgoing::open(&test.app, &document).await.unwrap();
    assert_eq!((nameless(folder), names(folder)), (1, before.clone()));
    drop(copy);
    eventually("the copy is gone", || async { nameless(folder) == 0 }).await;

    for polls in 1..30 {
        let mut opening = pin!(outgoing::open(&test.app, &document));
        for _ in 0..polls {
            if futures_util::poll!(opening.as_mut()).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    one.becomes(&test, of_the_same_size(one.bytes.clone())).await;
    let refused = outgoing::open(&test.app, &document).await;
    assert!(matches!(refused, Err(OutgoingError::Damaged { .. })));
    eventually("nothing is left", || async { nameless(folder) == 0 }).await;
    assert_eq!(names(folder), before);
}
