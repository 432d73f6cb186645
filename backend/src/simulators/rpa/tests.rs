#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

mod answers;
mod ends;
mod life;
mod scripts;
mod settings;

use std::time::Duration;

use reqwest::{Client, Method, Response};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::*;

const HASH: &str = "VIVO-44556677000188-DOWNLOAD-2025-10";
/// Longer than any test.
const LONG_MS: (u64, u64) = (600_000, 600_000);

struct Running {
    base: String,
    client: Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    async fn start(options: RpaOptions) -> Self {
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

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let response = self.send(method, path, body).await;
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    async fn delete(&self, path: &str) -> (u16, Value) {
        self.call(Method::DELETE, path, None).await
    }

    async fn put(&self, path: &str, body: Value) -> u16 {
        self.send(Method::PUT, path, Some(&body)).await.status().as_u16()
    }

    /// Asks for a robot; the key may be empty.
    async fn execute(&self, key: &str, order: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}/executar/VIVO", self.base));
        let response = request.header("Idempotency-Key", key).json(order).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    /// Starts a robot and gives its id.
    async fn robot(&self, order: &Value) -> String {
        let (status, answer) = self.execute("", order).await;
        assert_eq!(status, 202, "{answer}");
        id_in(&answer)
    }

    /// The answer that tells one of these statuses.
    async fn until(&self, id: &str, statuses: &[&str]) -> Value {
        let mut last = Value::Null;
        for _ in 0..4_000 {
            last = self.get(&format!("/jobs/{id}")).await.1;
            if last["status"].as_str().is_some_and(|status| statuses.contains(&status)) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("{id} never was in {statuses:?}: {last}")
    }

    /// Waits until as many are counted under a name.
    async fn until_counted(&self, name: &str, wanted: u64) {
        for _ in 0..4_000 {
            if self.get("/contagem").await.1[name] == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("{name} never was {wanted}")
    }

    async fn until_over(&self, id: &str) -> Value {
        self.until(id, &["COMPLETED", "FAILED", "CANCELLED"]).await
    }

    async fn stream(&self, id: &str, last_event_id: Option<&str>) -> Response {
        let request = self.client.get(format!("{}/jobs/{id}/logs", self.base));
        let request = request.header("Accept", "text/event-stream");
        let request = match last_event_id {
            Some(last) => request.header("Last-Event-ID", last),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        drop(self.client);
        self.server.await.unwrap().unwrap();
    }
}

fn order(hash: &str, password: &str) -> Value {
    json!({"hash_execucao": hash, "servico": "DOWNLOAD_FATURAS", "operadora": "VIVO",
        "cliente": {"razao_social": "Clínica Saúde Total", "cnpj": "44556677000188"},
        "mes": 10, "ano": 2025, "login": "financeiro1234", "senha": password})
}

fn upload_order(hash: &str) -> Value {
    let mut order = order(hash, "segredo");
    order["servico"] = "UPLOAD_SAT".into();
    order["fatura"] = "s3://beg/pdfs/VIVO/fatura.pdf".into();
    order
}

fn id_in(answer: &Value) -> String {
    match &answer["job_id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    }
}
