//! Messages to other systems, received by a real server.

mod patience;
mod secrets;

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, response::IntoResponse};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Fixture, TestApp, pdf, serve},
};

/// What a receiver got, and what it answers.
#[derive(Default)]
struct Inbox {
    answer: u16,
    got: Vec<(HeaderMap, String)>,
}

type Receiver = Arc<Mutex<Inbox>>;

async fn receiver(answer: u16) -> (String, Receiver) {
    let inbox = Arc::new(Mutex::new(Inbox {
        answer,
        got: Vec::new(),
    }));
    async fn receive(State(inbox): State<Receiver>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
        let mut inbox = inbox.lock().unwrap();
        inbox.got.push((headers, String::from_utf8(body.to_vec()).unwrap()));
        let location = [("location", "http://127.0.0.1:1/elsewhere")];
        (
            axum::http::StatusCode::from_u16(inbox.answer).unwrap(),
            location,
            "recebido",
        )
    }
    let router = Router::new().fallback(receive).with_state(Arc::clone(&inbox));
    (serve(router).await, inbox)
}

fn bodies(receiver: &Receiver) -> Vec<Value> {
    let inbox = receiver.lock().unwrap();
    inbox
        .got
        .iter()
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect()
}

/// Adds a webhook, and answers with its id and secret.
async fn add(fixture: &Fixture, name: &str, url: &str, events: &[&str]) -> (String, String) {
    let create = json!({ "name": name, "url": url, "events": events });
    let made = fixture.admin.post("/api/v1/webhooks", create).await.expect(201);
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    (word(&made["endpoint"]["id"]), word(&made["secret"]))
}

async fn messages(fixture: &Fixture, id: &str, filter: &str) -> Vec<Value> {
    let path = format!("/api/v1/webhooks/{id}/deliveries?{filter}");
    let page = fixture.admin.get(&path).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn deliver(test: &TestApp, fixture: &Fixture, id: &str) -> Value {
    let path = format!("/api/v1/webhooks/{id}/test");
    let sent = fixture.admin.post(&path, json!({})).await.expect(201);
    test.run_jobs().await;
    let path = format!(
        "/api/v1/webhook-deliveries/{}",
        sent["delivery"]["id"].as_str().unwrap()
    );
    fixture.admin.get(&path).await.expect(200)
}

on_both!(a_decision_is_told_signed_to_who_asked_for_it, |test| {
    let fixture = Fixture::new(&test, "aviso").await;
    let (url, inbox) = receiver(200).await;
    let (id, secret) = add(&fixture, "ERP", &format!("{url}/esteira"), &["process.approved"]).await;
    let other = ["process.rejected", "job.failed"];
    let (silent, _) = add(&fixture, "Outro", &url, &other).await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let process = processes[0]["id"].as_str().unwrap();
    let detail = fixture.analyst.upload(process, "fatura.pdf", pdf(1)).await.expect(201);
    let seen = json!({ "version": detail["process"]["version"], "sha256": detail["process"]["fatura_sha256"] });
    let path = format!("/api/v1/processes/{process}/approve");
    fixture.analyst.post(&path, seen).await.expect(200);
    test.run_jobs().await;

    let (headers, body) = inbox.lock().unwrap().got.pop().unwrap();
    assert!(bodies(&inbox).is_empty(), "one message, to one webhook");
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signed = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &key);
    let signature = BASE64_STANDARD
        .decode(header("webhook-signature").strip_prefix("v1,").unwrap())
        .unwrap();
    aws_lc_rs::hmac::verify(&key, signed.as_bytes(), &signature).expect("the signature holds");
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&told["type"], &told["data"]["process"]["id"], &told["data"]["from"]),
        (
            &json!("process.approved"),
            &json!(process),
            &json!("AGUARDANDO_APROVACAO")
        )
    );
    assert_eq!(told["data"]["process"]["status"], "AGUARDANDO_ENVIO_SAT");

    let sent = messages(&fixture, &id, "").await;
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (
            &sent[0]["id"],
            &sent[0]["status"],
            &sent[0]["last_status"],
            &sent[0]["tries"]
        ),
        (
            &json!(header("webhook-id")),
            &json!("delivered"),
            &json!(200),
            &json!(1)
        )
    );
    let path = format!("/api/v1/webhook-deliveries/{}", header("webhook-id"));
    let detail = fixture.admin.get(&path).await.expect(200);
    assert_eq!(
        (&detail["body"], &detail["last_answer"]),
        (&json!(body), &json!("recebido"))
    );
    assert_eq!(messages(&fixture, &silent, "").await.len(), 0);
});

on_both!(
    a_receiver_that_fails_is_tried_again_and_a_redirect_is_not_followed,
    |test| {
        let fixture = Fixture::new(&test, "falha").await;
        let (url, inbox) = receiver(500).await;
        let (id, _) = add(&fixture, "ERP", &url, &["job.failed"]).await;
        let message = deliver(&test, &fixture, &id).await;
        assert_eq!(
            (&message["delivery"]["status"], &message["delivery"]["last_status"]),
            (&json!("pending"), &json!(500))
        );
        assert!(
            message["delivery"]["last_error"].as_str().unwrap().contains("500"),
            "{message}"
        );
        let pending = message["delivery"]["id"].as_str().unwrap();
        let path = format!("/api/v1/webhook-deliveries/{pending}/resend");
        fixture
            .admin
            .post(&path, json!({}))
            .await
            .refused(409, "delivery_pending");

        inbox.lock().unwrap().answer = 302;
        crate::engine::make_due(&test).await;
        test.run_jobs().await;
        assert_eq!(messages(&fixture, &id, "status=pending").await[0]["last_status"], 302);
        inbox.lock().unwrap().answer = 204;
        crate::engine::make_due(&test).await;
        test.run_jobs().await;
        let delivered = messages(&fixture, &id, "status=delivered&event=webhook.test").await;
        assert_eq!((delivered.len(), &delivered[0]["tries"]), (1, &json!(3)));
        let ids: Vec<String> = inbox
            .lock()
            .unwrap()
            .got
            .iter()
            .map(|(headers, _)| headers["webhook-id"].to_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids, [pending; 3], "the same id each time");

        // Received or not, it can be sent again.
        fixture.admin.post(&path, json!({})).await.expect(200);
        test.run_jobs().await;
        assert_eq!(inbox.lock().unwrap().got.len(), 4);
    }
);

on_both!(a_receiver_that_is_gone_is_not_called_again, |test| {
    let fixture = Fixture::new(&test, "sumiu").await;
    let (url, inbox) = receiver(410).await;
    let (id, _) = add(&fixture, "ERP", &url, &["job.failed"]).await;
    let message = deliver(&test, &fixture, &id).await;
    assert_eq!(message["delivery"]["status"], "failed");
    let path = format!("/api/v1/webhooks/{id}");
    let mut webhook = fixture.admin.get(&path).await.expect(200);
    assert_eq!((&webhook["active"], &webhook["failed"]), (&json!(false), &json!(1)));
    assert!(webhook["off_reason"].as_str().unwrap().contains("410"), "{webhook}");
    // What nobody asked for any more is not sent; the death of its own job tells nobody either.
    assert_eq!(deliver(&test, &fixture, &id).await["delivery"]["status"], "failed");
    assert_eq!(inbox.lock().unwrap().got.len(), 1);

    let told = fixture.admin.get("/api/v1/jobs?task=send_email").await.expect(200);
    assert_eq!(
        told["items"].as_array().unwrap().len(),
        1,
        "the administrators are told: {told}"
    );
    inbox.lock().unwrap().answer = 200;
    webhook["active"] = json!(true);
    let webhook = fixture.admin.put(&path, webhook).await.expect(200);
    assert_eq!(webhook["off_reason"], Value::Null);
    assert_eq!(deliver(&test, &fixture, &id).await["delivery"]["status"], "delivered");
});

on_both!(a_dead_job_is_told, |test| {
    let fixture = Fixture::new(&test, "morto").await;
    let (url, inbox) = receiver(200).await;
    add(&fixture, "Plantão", &url, &["job.failed"]).await;
    let key = uuid::Uuid::now_v7().to_string();
    crate::queue::put(
        &test,
        vec![crate::queue::probe(fixture.organization, &key, &["business"])],
    )
    .await;
    test.run_jobs().await;
    let told = bodies(&inbox);
    assert_eq!(
        (
            told.len(),
            &told[0]["type"],
            &told[0]["data"]["task"],
            &told[0]["data"]["cause"]
        ),
        (1, &json!("job.failed"), &json!("probe"), &json!("wrong password"))
    );
});

on_both!(what_is_kept_and_told_reads_alike_whoever_asked_for_it, |test| {
    let fixture = Fixture::new(&test, "alheio").await;
    let (url, inbox) = receiver(200).await;
    add(&fixture, "ERP", &url, &["process.failed"]).await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/processes/{id}");
    let process = fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201)["process"].clone();
    let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
    fixture.analyst.post(&format!("{path}/approve"), seen).await.expect(200);
    let approved = fixture.viewer.get(&path).await.expect(200);
    let seen = json!({ "version": approved["process"]["version"] });
    let sending = fixture.analyst.post(&format!("{path}/send"), seen).await.expect(200);
    let job = sending["last_job"]["id"].as_str().unwrap();
    let cancel = fixture
        .manager
        .request(reqwest::Method::POST, &format!("/api/v1/jobs/{job}/cancel"))
        .header("accept-language", "en");
    fixture.manager.send(cancel.json(&json!({}))).await.expect(200);
    test.run_jobs().await;
    let told = bodies(&inbox)[0]["data"].clone();
    let trail = fixture
        .admin
        .get("/api/v1/audit?action=process.fail_send")
        .await
        .expect(200);
    let after = &trail["items"][0]["after"];
    let error = &told["process"]["error"];
    let coded = json!({ "code": "cancelled", "args": {}, "text": "cancelado" });
    for (text, beside) in [
        (&told["reason"], &told["reason_coded"]),
        (&error["cause"], &error["cause_coded"]),
        (&after["reason"], &after["reason_coded"]),
    ] {
        assert_eq!((text, beside), (&json!("cancelado"), &coded), "{told} {after}");
    }
});

on_both!(what_makes_no_sense_is_refused, |test| {
    let fixture = Fixture::new(&test, "recusa").await;
    let create = |name: &str, url: &str, events: Value| json!({ "name": name, "url": url, "events": events });
    let refused = async |body: Value| fixture.admin.post("/api/v1/webhooks", body).await.refused_field();
    let events = json!(["job.failed"]);
    let pair = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    let bad = create("A", "ftp://example.com", events.clone());
    assert_eq!(refused(bad).await, pair("url", "invalid"));
    let none = create("A", "https://example.com", json!([]));
    assert_eq!(refused(none).await, pair("events", "required"));
    let test_event = create("A", "https://example.com", json!(["webhook.test"]));
    assert_eq!(refused(test_event).await, pair("events", "invalid"));
    let good = create("A", "https://example.com", events.clone());
    fixture.admin.post("/api/v1/webhooks", good.clone()).await.expect(201);
    assert_eq!(refused(good).await, pair("name", "taken"));
    let unknown = create("B", "https://example.com", json!(["process.eaten"]));
    fixture
        .admin
        .post("/api/v1/webhooks", unknown)
        .await
        .refused(422, "validation");
});

on_both!(old_messages_are_removed, |test| {
    let fixture = Fixture::new(&test, "velho").await;
    let (url, _) = receiver(200).await;
    let (id, _) = add(&fixture, "ERP", &url, &["job.failed"]).await;
    deliver(&test, &fixture, &id).await;
    assert_eq!(esteira::webhooks::sweep(&test.app, Vec::new()).await.unwrap(), 0);
    test.clock.advance(TimeDelta::days(31));
    assert_eq!(esteira::webhooks::sweep(&test.app, Vec::new()).await.unwrap(), 1);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_addresses_are_refused_when_written_and_when_called() {
    let test = TestApp::start([("ESTEIRA_OUTBOUND_ALLOW_PRIVATE".to_owned(), "false".to_owned())].into()).await;
    let fixture = Fixture::new(&test, "privado").await;
    for url in [
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://0x7f.1/",
        "http://169.254.169.254/latest",
    ] {
        let create = json!({ "name": url, "url": url, "events": ["job.failed"] });
        let field = fixture.admin.post("/api/v1/webhooks", create).await.refused_field();
        assert_eq!(field, ("url".to_owned(), "private_address".to_owned()), "{url}");
    }
    // A name is judged by what it resolves to, at each call.
    let (id, _) = add(&fixture, "Nome", "http://localhost:9/", &["job.failed"]).await;
    let message = deliver(&test, &fixture, &id).await;
    assert_eq!(message["delivery"]["status"], "failed");
    assert!(
        message["delivery"]["last_error"]
            .as_str()
            .unwrap()
            .contains("rede privada"),
        "{message}"
    );
}
