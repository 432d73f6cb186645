#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::path::Path;

use reqwest::{
    Client, Response,
    multipart::{Form, Part},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::*;
use crate::secrets::sha256_hex;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";

struct Running {
    base: String,
    client: Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    async fn start(options: SatOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, options, async {
            let _ = stopped.await;
        }));
        let client = crate::integrations::outbound::http_client(true).unwrap();
        Self {
            base,
            client,
            stop,
            server,
        }
    }

    async fn send(&self, key: &str, bytes: &[u8], digest: &str) -> Response {
        let metadata = json!({"operadora": "OI", "razao_social": "Cliente A", "cnpj": "12345678000195", "conta": "77",
            "mes": 10, "ano": 2025, "valor": null, "data_vencimento": null, "sha256": digest});
        let form = Form::new()
            .part("arquivo", Part::bytes(bytes.to_vec()).file_name("fatura é.pdf"))
            .part("metadados", Part::text(metadata.to_string()));
        let request = self
            .client
            .post(format!("{}/documentos", self.base))
            .header("Idempotency-Key", key);
        request.multipart(form).send().await.unwrap()
    }

    async fn upload(&self, key: &str, bytes: &[u8]) -> (u16, Value) {
        let response = self.send(key, bytes, &sha256_hex(bytes)).await;
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        self.client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        drop(self.client);
        self.server.await.unwrap().unwrap();
    }
}

fn kept_in(dir: &Path) -> SatOptions {
    SatOptions {
        dir: Some(dir.to_owned()),
        ..SatOptions::default()
    }
}

#[tokio::test]
async fn one_document_is_kept_per_key_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Running::start(kept_in(folder.path())).await;
    let (status, first) = simulator.upload("k1", PDF).await;
    assert_eq!(status, 201);
    let protocol = first["protocolo"].as_str().unwrap().to_owned();
    assert!(protocol.starts_with("SAT-"), "{protocol}");
    simulator.stop().await;
    // What a process left that died while it received.
    std::fs::write(folder.path().join(".partial-x"), "half").unwrap();

    let simulator = Running::start(kept_in(folder.path())).await;
    let (status, again) = simulator.upload("k1", PDF).await;
    assert_eq!((status, again["protocolo"].as_str()), (200, Some(protocol.as_str())));
    let (status, other) = simulator.upload("k1", b"%PDF-1.4 other bytes").await;
    assert_eq!((status, other["codigo"].as_str()), (409, Some("IDEMPOTENCY_MISMATCH")));
    let list = simulator.get("/documentos").await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["idempotency_key"], "k1");
    assert_eq!(list[0]["filename"], "fatura é.pdf");
    assert_eq!(list[0]["sha256"], sha256_hex(PDF));
    assert_eq!(list[0]["tentativas"], 3);
    let pdf = folder.path().join(sha256_hex(b"k1")).with_extension("pdf");
    assert_eq!(std::fs::read(&pdf).unwrap(), PDF);
    assert_eq!(
        simulator.get("/documentos/contagem").await,
        json!({ "total": 1, "tentativas": 3 })
    );

    let cleared = simulator
        .client
        .delete(format!("{}/documentos", simulator.base))
        .send()
        .await
        .unwrap();
    assert_eq!(cleared.json::<Value>().await.unwrap(), json!({ "removidos": 1 }));
    assert_eq!(
        simulator.get("/documentos/contagem").await,
        json!({ "total": 0, "tentativas": 0 })
    );
    simulator.stop().await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_sent_at_once_by_many_is_kept_once() {
    let simulator = Arc::new(Running::start(SatOptions::default()).await);
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let simulator = simulator.clone();
        senders.spawn(async move { simulator.upload("k1", PDF).await });
    }
    let answers = senders.join_all().await;
    assert_eq!(
        answers.iter().filter(|(status, _)| *status == 201).count(),
        1,
        "{answers:?}"
    );
    assert!(
        answers
            .iter()
            .all(|(_, answer)| answer["protocolo"] == answers[0].1["protocolo"]),
        "{answers:?}"
    );
    assert_eq!(
        simulator.get("/documentos/contagem").await,
        json!({ "total": 1, "tentativas": 12 })
    );
}

#[tokio::test]
async fn what_is_not_as_announced_is_refused_and_not_kept() {
    let simulator = Running::start(SatOptions::default()).await;
    let wrong = simulator.send("k1", PDF, &sha256_hex(b"other")).await;
    assert_eq!(wrong.status(), 422);
    assert_eq!(wrong.json::<Value>().await.unwrap()["codigo"], "SHA256_DIFERENTE");
    let (status, text) = simulator.upload("k2", b"<html>sign in</html>").await;
    assert_eq!((status, text["codigo"].as_str()), (422, Some("ARQUIVO_NAO_E_PDF")));
    let (status, keyless) = simulator.upload("", PDF).await;
    assert_eq!((status, keyless["codigo"].as_str()), (400, Some("REQUISICAO_INVALIDA")));
    let bare = simulator
        .client
        .post(format!("{}/documentos", simulator.base))
        .header("Idempotency-Key", "k3");
    let partial = bare
        .multipart(Form::new().text("metadados", r#"{"operadora":"OI"}"#))
        .send()
        .await
        .unwrap();
    assert_eq!(partial.status(), 400);
    assert!(partial.text().await.unwrap().contains("falta razao_social"));
    assert_eq!(simulator.get("/documentos/contagem").await["total"], 0);
}

#[tokio::test]
async fn options_change_while_it_runs() {
    let simulator = Running::start(SatOptions {
        seed: 3,
        ..SatOptions::default()
    })
    .await;
    let put = async |change: Value| {
        simulator
            .client
            .put(format!("{}/opcoes", simulator.base))
            .json(&change)
            .send()
            .await
            .unwrap()
    };
    assert_eq!(put(json!({ "failure_rate": 1.0 })).await.status(), 200);
    assert_eq!(simulator.upload("k1", PDF).await.0, 500);
    assert_eq!(put(json!({ "failure_rate": 2.0 })).await.status(), 400);
    assert_eq!(put(json!({ "falure_rate": 1.0 })).await.status(), 422);
    assert_eq!(
        put(json!({ "failure_rate": 0.0, "business_rate": 1.0, "latency_ms": [1, 3] }))
            .await
            .status(),
        200
    );
    let (status, first) = simulator.upload("k1", PDF).await;
    assert_eq!(status, 422);
    assert!(!first["mensagem"].as_str().unwrap().is_empty() && !first["acao_recomendada"].as_str().unwrap().is_empty());
    assert_eq!(
        simulator.upload("k1", PDF).await.1,
        first,
        "the same document is refused for the same reason"
    );
    let options = simulator.get("/opcoes").await;
    assert_eq!(
        options,
        json!({ "latency_ms": [1, 3], "failure_rate": 0.0, "business_rate": 1.0, "lost_answer_rate": 0.0, "seed": 3 })
    );
    assert_eq!(simulator.get("/documentos/contagem").await["total"], 0);
}

#[tokio::test]
async fn without_the_token_nothing_is_told_or_kept() {
    let simulator = Running::start(SatOptions {
        token: Some("fake-token".to_owned()),
        ..SatOptions::default()
    })
    .await;
    for path in ["/documentos", "/documentos/contagem", "/saude", "/opcoes"] {
        let url = format!("{}{path}", simulator.base);
        assert_eq!(simulator.client.get(&url).send().await.unwrap().status(), 401, "{path}");
        assert_eq!(
            simulator
                .client
                .get(&url)
                .bearer_auth("other")
                .send()
                .await
                .unwrap()
                .status(),
            401,
            "{path}"
        );
        assert_eq!(
            simulator
                .client
                .get(&url)
                .bearer_auth("fake-token")
                .send()
                .await
                .unwrap()
                .status(),
            200,
            "{path}"
        );
    }
    assert_eq!(
        simulator
            .client
            .delete(format!("{}/documentos", simulator.base))
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
    let (status, answer) = simulator.upload("k1", PDF).await;
    assert_eq!((status, answer["codigo"].as_str()), (401, Some("TOKEN_INVALIDO")));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Running::start(kept_in(folder.path())).await;
    let chunks = futures_util::stream::iter((0..211).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024 * 1024])));
    let form = Form::new().part(
        "arquivo",
        Part::stream(reqwest::Body::wrap_stream(chunks)).file_name("a.pdf"),
    );
    let request = simulator
        .client
        .post(format!("{}/documentos", simulator.base))
        .header("Idempotency-Key", "k1");
    // The server may hang up before the client has read the refusal; either way nothing is kept.
    if let Ok(response) = request.multipart(form).send().await {
        assert_eq!(response.status(), 413);
    }
    assert_eq!(simulator.get("/documentos/contagem").await["total"], 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
