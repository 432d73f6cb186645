//! SATs as others write them: an answer that was read whole leads to no second sending, unless a person decides so.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    response::Response,
    routing::post,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::get;
use crate::{
    on_both,
    support::{Fixture, TestApp, pdf, serve},
};

pub(super) type Headers = &'static [(&'static str, &'static str)];
pub(super) type Reply = (u16, Headers, &'static str);

const NONE: Headers = &[];

/// Answers each client's documents in another way, the last answer for ever, and counts them.
pub(super) struct Sat {
    styles: Vec<Vec<Reply>>,
    sent: Mutex<Vec<usize>>,
}

impl Sat {
    async fn serve(styles: Vec<Vec<Reply>>) -> (String, Arc<Self>) {
        let sent = Mutex::new(vec![0; styles.len()]);
        let sat = Arc::new(Self { styles, sent });
        let router = Router::new()
            .route("/documentos", post(receive))
            .with_state(Arc::clone(&sat));
        (serve(router).await, sat)
    }

    pub(super) fn sent(&self, index: usize) -> usize {
        self.sent.lock().unwrap()[index]
    }
}

async fn receive(State(sat): State<Arc<Sat>>, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body);
    let index = place(text.split("\"Cliente ").nth(1).unwrap().split('"').next().unwrap());
    let nth = {
        let mut sent = sat.sent.lock().unwrap();
        sent[index] += 1;
        sent[index]
    };
    let replies = &sat.styles[index];
    let (status, headers, body) = replies[nth.min(replies.len()) - 1];
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body)).unwrap()
}

/// `003`, or `Cliente 003`, is the third.
fn place(client: &str) -> usize {
    client.rsplit(' ').next().unwrap().parse::<usize>().unwrap() - 1
}

pub(super) struct Sending {
    pub(super) fixture: Fixture,
    pub(super) sat: Arc<Sat>,
    url: String,
    /// By their places.
    pub(super) processes: Vec<String>,
}

/// Approved processes, one for each style.
pub(super) async fn approved(test: &TestApp, name: &str, styles: Vec<Vec<Reply>>) -> Sending {
    let fixture = Fixture::new(test, name).await;
    let mut opened = fixture.opened(test, styles.len(), &["VIVO"], "2026-10").await;
    opened.sort_by_key(|process| place(process["client_name"].as_str().unwrap()));
    let mut processes = Vec::new();
    for (index, process) in opened.iter().enumerate() {
        let id = process["id"].as_str().unwrap().to_owned();
        let document = pdf(i64::try_from(index).unwrap() + 1);
        let process = fixture.analyst.upload(&id, "a.pdf", document).await.expect(201)["process"].clone();
        let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
        let path = format!("/api/v1/processes/{id}/approve");
        fixture.analyst.post(&path, seen).await.expect(200);
        processes.push(id);
    }
    let (url, sat) = Sat::serve(styles).await;
    fixture.point_at_sat(&url).await;
    Sending {
        fixture,
        sat,
        url,
        processes,
    }
}

impl Sending {
    pub(super) async fn send(&self, id: &str, more: Value) -> crate::support::Answer {
        let mut body = json!({ "version": get(&self.fixture, id).await["process"]["version"] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("/api/v1/processes/{id}/send");
        self.fixture.analyst.post(&path, body).await
    }

    pub(super) async fn send_all(&self) {
        for id in &self.processes {
            self.send(id, json!({})).await.expect(200);
        }
    }

    pub(super) async fn process(&self, index: usize) -> Value {
        get(&self.fixture, &self.processes[index]).await["process"].clone()
    }

    /// When the job that sends is due.
    async fn due(&self, index: usize) -> esteira_shared::instant::Instant {
        let detail = get(&self.fixture, &self.processes[index]).await;
        let job = detail["last_job"]["id"].as_str().unwrap().parse().unwrap();
        self.fixture.job(job).await.run_at
    }
}

/// One answer to every sending.
pub(super) fn always(status: u16, body: &'static str) -> Vec<Reply> {
    vec![(status, NONE, body)]
}

on_both!(a_whole_answer_leads_to_no_second_sending, |test| {
    let read = [
        always(200, r#"{"protocolo":"P-1"}"#),
        always(202, r#"{"protocolo":"P-1"}"#),
        always(200, r#"{"data":{"protocolo":"P-1"}}"#),
        always(201, r#"{"success":true,"dados":{"numero_protocolo":"P-1"}}"#),
        always(200, r#"{"numeroProtocolo":"P-1","erro":null}"#),
    ];
    let unread = [
        always(202, ""),
        always(202, r#"{"status":"accepted"}"#),
        always(204, ""),
        always(200, "OK"),
        always(200, "<resposta><protocolo>P-1</protocolo></resposta>"),
        always(200, "<html><body>Entrar</body></html>"),
        always(200, r#"{"success":false,"protocolo":"P-1"}"#),
        always(200, r#"{"protocolo":"P-1","erro":"CNPJ inválido"}"#),
        always(200, r#"{"protocolo":null}"#),
        always(200, r#"{"data":{"protocolo":"P-1"},"resultado":{"protocolo":"P-2"}}"#),
        always(200, r#"{"recibo":"P-1"}"#),
        always(201, "[]"),
        vec![(200, NONE, "?"), (200, NONE, r#"{"protocolo":"P-9"}"#)],
    ];
    let (good, all) = (read.len(), read.len() + unread.len());
    let styles = read.into_iter().chain(unread).collect();
    let sending = approved(&test, "respostas", styles).await;
    sending.send_all().await;
    for _ in 0..3 {
        test.run_jobs().await;
        crate::engine::make_due(&test).await;
    }
    for index in 0..all {
        let answer = sending.sat.styles[index][0].2;
        let process = sending.process(index).await;
        assert_eq!(sending.sat.sent(index), 1, "{answer}: {process}");
        if index < good {
            assert_eq!(process["status"], "UPLOAD_REALIZADO", "{answer}: {process}");
            assert_eq!(process["sat_protocol"], "P-1", "{answer}");
            continue;
        }
        assert_eq!(process["status"], "ERRO_ENVIO_SAT", "{answer}: {process}");
        let error = &process["error"];
        assert_eq!(error["cause_coded"]["code"], "sat_not_understood", "{error}");
        let quote = if answer.is_empty() { "(vazia)" } else { answer };
        assert!(error["cause"].as_str().unwrap().ends_with(quote), "{error}");
        assert_eq!(error["recommended_action_coded"]["code"], "check_sat_first", "{error}");
    }

    // Nothing but a person's own decision sends it again: not the button, not the job, not the bulk action.
    let (last, id) = (all - 1, sending.processes[all - 1].clone());
    sending.send(&id, json!({})).await.refused(409, "sat_unclear");
    let job = get(&sending.fixture, &id).await["last_job"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let retry = format!("/api/v1/jobs/{job}/retry");
    sending
        .fixture
        .manager
        .post(&retry, json!({}))
        .await
        .refused(409, "sat_unclear");
    let bulk = json!({ "target": { "ids": [id] } });
    let path = "/api/v1/processes/bulk/send";
    let started = sending.fixture.analyst.post(path, bulk).await;
    assert!(started.status < 300, "{}", started.text());
    test.run_jobs().await;
    // An approval that was taken back and given again does not make it another document.
    let process = sending.process(last).await;
    assert_eq!(process["status"], "ERRO_ENVIO_SAT", "{process}");
    let path = format!("/api/v1/processes/{id}");
    let seen = json!({ "version": process["version"] });
    sending
        .fixture
        .analyst
        .post(&format!("{path}/withdraw"), seen)
        .await
        .expect(200);
    let process = sending.process(last).await;
    let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
    sending
        .fixture
        .analyst
        .post(&format!("{path}/approve"), seen)
        .await
        .expect(200);
    sending.send(&id, json!({})).await.refused(409, "sat_unclear");
    assert_eq!(sending.sat.sent(last), 1);

    sending.send(&id, json!({ "despite_doubt": true })).await.expect(200);
    test.run_jobs().await;
    let process = sending.process(last).await;
    assert_eq!(
        (&process["status"], &process["sat_protocol"]),
        (&json!("UPLOAD_REALIZADO"), &json!("P-9"))
    );
    assert_eq!(sending.sat.sent(last), 2);
});

const KEPT: Reply = (
    409,
    NONE,
    r#"{"codigo":"DUP","mensagem":"Já recebido.","protocolo":"P-7"}"#,
);

on_both!(
    a_conflict_with_a_protocol_is_a_success_only_after_a_lost_answer,
    |test| {
        let styles = vec![
            vec![(502, NONE, ""), KEPT],
            vec![
                (502, NONE, ""),
                (409, NONE, r#"{"codigo":"DUP","mensagem":"Já recebido."}"#),
            ],
            vec![KEPT],
            vec![(422, NONE, r#"{"mensagem":"Não serve."}"#), KEPT],
        ];
        let sending = approved(&test, "conflito", styles).await;
        sending.send_all().await;
        for _ in 0..2 {
            test.run_jobs().await;
            crate::engine::make_due(&test).await;
        }
        test.run_jobs().await;
        let done = sending.process(0).await;
        assert_eq!(
            (&done["status"], &done["sat_protocol"]),
            (&json!("UPLOAD_REALIZADO"), &json!("P-7"))
        );
        for index in [1, 2] {
            let process = sending.process(index).await;
            assert_eq!(process["status"], "ERRO_ENVIO_SAT", "{process}");
            assert_eq!(process["error"]["cause"], "Já recebido. (DUP)");
        }
        // SAT refused it, and then says that it has one: not this one.
        sending.send(&sending.processes[3], json!({})).await.expect(200);
        test.run_jobs().await;
        assert_eq!(sending.process(3).await["error"]["cause"], "Já recebido. (DUP)");
    }
);

on_both!(a_conflict_after_nobody_answered_at_all_is_no_success, |test| {
    let sending = approved(&test, "fora", vec![vec![KEPT]]).await;
    sending.fixture.point_at_sat("http://127.0.0.1:9").await;
    sending.send_all().await;
    test.run_jobs().await;
    assert_eq!(sending.process(0).await["status"], "ENVIANDO_SAT");
    sending.fixture.point_at_sat(&sending.url).await;
    crate::engine::make_due(&test).await;
    test.run_jobs().await;
    assert_eq!(sending.sat.sent(0), 1);
    assert_eq!(sending.process(0).await["status"], "ERRO_ENVIO_SAT");
});

on_both!(sat_is_left_alone_as_long_as_it_asks_for, |test| {
    const DATED: Headers = &[
        ("date", "Mon, 30 Nov 2026 12:00:00 GMT"),
        ("retry-after", "Mon, 30 Nov 2026 12:10:00 GMT"),
    ];
    let then = |status: u16, headers: Headers| -> Vec<Reply> {
        vec![(status, headers, "{}"), (200, NONE, r#"{"protocolo":"P-1"}"#)]
    };
    let styles = vec![
        then(429, &[("retry-after", "600")]),
        then(503, &[("retry-after", "600")]),
        then(429, DATED),
        then(503, DATED),
    ];
    let all = styles.len();
    let sending = approved(&test, "espera", styles).await;
    sending.send_all().await;
    let mut before = Vec::new();
    for index in 0..all {
        before.push(sending.due(index).await);
    }
    test.run_jobs().await;
    for (index, before) in before.into_iter().enumerate() {
        let waits_for = sending.due(index).await - before;
        let least = TimeDelta::seconds(600);
        assert!(
            waits_for >= least && waits_for < least + TimeDelta::minutes(5),
            "{waits_for:?}"
        );
        assert_eq!(sending.sat.sent(index), 1);
    }
    crate::engine::make_due(&test).await;
    test.run_jobs().await;
    for index in 0..all {
        assert_eq!(sending.process(index).await["status"], "UPLOAD_REALIZADO");
        assert_eq!(sending.sat.sent(index), 2);
    }
});
