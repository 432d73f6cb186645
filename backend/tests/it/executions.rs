//! Robots: started once, followed to their end, applied to the processes they are about.

mod applied;
mod control;
mod documents;
mod eligible;
mod fault_table;
mod faults;
mod journey;
mod large_result;
mod log;
mod log_end;
mod log_styles;
mod made_up;
mod many;
mod old_routes;
mod payloads;
mod settings;
mod slots;
mod slow_reader;
mod tokens;
mod unclear;
mod vendors;

use esteira_shared::ids::ExecutionId;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{Fixture, TestApp};

/// An organisation whose operators have robots, and the processes of a month.
async fn robots(test: &TestApp, name: &str, clients: usize, operators: &[&str]) -> (Fixture, Vec<Value>) {
    let fixture = Fixture::new(test, name).await;
    let processes = fixture.opened(test, clients, operators, "2026-10").await;
    let page = fixture.manager.get("/api/v1/operators").await.expect(200);
    for operator in page["items"].as_array().unwrap() {
        let mut update = operator.clone();
        update["possui_rpa"] = json!(true);
        let path = format!("/api/v1/operators/{}", text(operator, "id"));
        let update = json!({
            "name": update["name"], "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": null,
            "active": true, "version": update["version"],
        });
        fixture.manager.put(&path, update).await.expect(200);
    }
    connect(&fixture, json!({ "url": test.rpa_url })).await;
    (fixture, processes)
}

/// Changes some settings of robots.
async fn connect(fixture: &Fixture, changes: Value) -> Value {
    let mut settings = fixture.admin.get("/api/v1/robots/settings").await.expect(200);
    for name in ["token_set", "token_refused_at", "token_refused_endpoint"] {
        settings.as_object_mut().unwrap().remove(name);
    }
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    fixture.admin.put("/api/v1/robots/settings", settings).await.expect(200)
}

fn text(value: &Value, key: &str) -> String {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {value}"))
        .to_owned()
}

/// Starts the download of a process.
async fn start(fixture: &Fixture, process: &Value) -> String {
    let body = json!({ "process_id": process["id"], "tipo": "DOWNLOAD_FATURA" });
    text(
        &fixture.analyst.post("/api/v1/executions", body).await.expect(201),
        "id",
    )
}

async fn detail(fixture: &Fixture, id: &str) -> Value {
    fixture
        .viewer
        .get(&format!("/api/v1/executions/{id}"))
        .await
        .expect(200)
}

async fn process(fixture: &Fixture, process: &Value) -> Value {
    let path = format!("/api/v1/processes/{}", text(process, "id"));
    fixture.viewer.get(&path).await.expect(200)
}

/// The hash of a process's download, as the simulator knows it.
fn hash(process: &Value) -> String {
    format!(
        "{}-{}-DOWNLOAD-{}",
        text(process, "operator_name"),
        text(process, "client_cnpj"),
        text(process, "mes_ano")
    )
}

async fn script(test: &TestApp, process: &Value, script: Value) {
    test.rpa(&format!("roteiros/{}", hash(process)), script).await;
}

/// A worker beside the test.
struct Working(CancellationToken, tokio::task::JoinHandle<()>);

fn work(test: &TestApp) -> Working {
    let stop = CancellationToken::new();
    Working(stop.clone(), tokio::spawn(test.worker().run(stop)))
}

impl Working {
    async fn stop(self) {
        self.0.cancel();
        self.1.await.unwrap();
    }
}

async fn status(fixture: &Fixture, run: &str) -> String {
    text(&detail(fixture, run).await["execution"], "status")
}

/// The texts of a log.
pub async fn lines(fixture: &Fixture, id: &str) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let path = format!("/api/v1/executions/{id}/log?from={}&limit=1000", lines.len() + 1);
        let page = fixture.viewer.get(&path).await.expect(200);
        let items = page["lines"].as_array().unwrap();
        if items.is_empty() {
            return lines;
        }
        for item in items {
            assert_eq!(item["seq"], json!(lines.len() + 1), "no gap, no repeat");
            lines.push(text(item, "message"));
        }
    }
}

fn id(text: &str) -> ExecutionId {
    text.parse().unwrap()
}
