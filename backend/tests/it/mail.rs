//! E-mails, taken by a server that speaks SMTP.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::support::{Fixture, TestApp, serve as serve_http};

type Mailbox = Arc<Mutex<Vec<String>>>;

/// Takes every message, or refuses every recipient.
async fn post_office(refuses: bool) -> (String, Mailbox) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mailbox = Mailbox::default();
    let kept = Arc::clone(&mailbox);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, refuses, Arc::clone(&kept)));
        }
    });
    (url, mailbox)
}

/// RFC 5321, as far as one sender needs it.
async fn serve(stream: TcpStream, refuses: bool, mailbox: Mailbox) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut letter: Option<String> = None;
    writer.write_all(b"220 post.example ESMTP\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match &mut letter {
            Some(text) if line == "." => {
                mailbox.lock().unwrap().push(std::mem::take(text));
                letter = None;
                "250 taken\r\n"
            }
            Some(text) => {
                text.push_str(&line);
                text.push('\n');
                continue;
            }
            None if line.starts_with("RCPT") && refuses => "550 no such mailbox\r\n",
            None if line.starts_with("DATA") => {
                letter = Some(String::new());
                "354 go on\r\n"
            }
            None if line.starts_with("QUIT") => return,
            None => "250 ok\r\n",
        };
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn with_post_office(url: &str) -> (TestApp, Fixture) {
    let vars = [
        ("ESTEIRA_SMTP_URL", url),
        ("ESTEIRA_SMTP_FROM", "Esteira <esteira@example.com>"),
    ];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let test = TestApp::start(vars.into()).await;
    let fixture = Fixture::new(&test, "correio").await;
    (test, fixture)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_message_arrives() {
    let (url, mailbox) = post_office(false).await;
    let (test, fixture) = with_post_office(&url).await;
    let settings = fixture.admin.get("/api/v1/email").await.expect(200);
    assert_eq!(settings["from"], "Esteira <esteira@example.com>");
    let sent = fixture.admin.post("/api/v1/email/test", json!({})).await.expect(202);
    assert_eq!(mailbox.lock().unwrap().len(), 0, "not before it is true");
    test.run_jobs().await;
    let letters = mailbox.lock().unwrap().clone();
    assert_eq!(letters.len(), 1);
    let job = sent["job_id"].as_str().unwrap();
    let expected = [
        "To: admin@correio.example",
        "Subject: Esteira:",
        &format!("Message-ID: <{job}@example.com>"),
    ];
    for line in expected {
        assert!(letters[0].contains(line), "{line} is missing:\n{}", letters[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_message_is_not_tried_again() {
    let (url, mailbox) = post_office(true).await;
    let (test, fixture) = with_post_office(&url).await;
    let sent = fixture.admin.post("/api/v1/email/test", json!({})).await.expect(202);
    test.run_jobs().await;
    let path = format!("/api/v1/jobs/{}", sent["job_id"].as_str().unwrap());
    let job = fixture.admin.get(&path).await.expect(200);
    assert_eq!(job["job"]["status"], "dead", "{job}");
    assert!(
        job["job"]["last_error"].as_str().unwrap().contains("no such mailbox"),
        "{job}"
    );
    assert_eq!(mailbox.lock().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_none_is_sent_and_that_is_said() {
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "semcorreio").await;
    let settings = fixture.admin.get("/api/v1/email").await.expect(200);
    assert_eq!(settings["from"], serde_json::Value::Null);
    let refused = fixture.admin.post("/api/v1/email/test", json!({})).await;
    refused.refused(409, "email_not_configured");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_cannot_be_written_to_stops_nobody_elses_message() {
    use diesel::prelude::*;
    use esteira::{
        db::{RunQueryDsl, schema::users},
        with_conn,
    };

    let (url, mailbox) = post_office(false).await;
    let (test, fixture) = with_post_office(&url).await;
    for bad in [
        "duas..partes@correio.example",
        "ana@cor_reio.example",
        "Ana<ana@correio.example>",
    ] {
        let create = json!({ "name": "Ana", "email": bad, "role": "admin", "password": "longa-o-bastante" });
        let refused = fixture.admin.post("/api/v1/users", create).await.refused_field();
        assert_eq!(refused, ("email".to_owned(), "invalid".to_owned()), "{bad}");
    }
    // As an earlier version kept it.
    let manager = format!("/api/v1/users/{}", fixture.users["manager"]);
    let raised = json!({ "name": "Bea", "role": "admin", "active": true, "version": 1 });
    fixture.admin.put(&manager, raised).await.expect(200);
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(
        users::table.find(fixture.users["manager"])
    )
    .set(users::email.eq("duas..partes@correio.example"))
    .execute(c)
    .await)
    .unwrap();
    tx.commit().await.unwrap();
    // A receiver that is gone is told to every administrator.
    let gone = axum::Router::new().fallback(|_: String| async { axum::http::StatusCode::GONE });
    let webhook = json!({ "name": "ERP", "url": serve_http(gone).await, "events": ["job.failed"] });
    let made = fixture.admin.post("/api/v1/webhooks", webhook).await.expect(201);
    let path = format!("/api/v1/webhooks/{}/test", made["endpoint"]["id"].as_str().unwrap());
    fixture.admin.post(&path, json!({})).await.expect(201);
    test.run_jobs().await;
    let letters = mailbox.lock().unwrap().clone();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].contains("To: admin@correio.example"), "{}", letters[0]);
    let jobs = fixture
        .admin
        .get("/api/v1/jobs?task=send_email&status=dead")
        .await
        .expect(200);
    assert_eq!(
        jobs["items"].as_array().unwrap().len(),
        1,
        "the other one says that it failed"
    );
}
