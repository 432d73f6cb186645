//! Whatever an API of robots does wrong, all at once: where each run ends, and after how long.
//!
//! With `ESTEIRA_TEST_RPA_PATIENCE_S` at what production has, everything takes as long as there; without it, what would
//! take minutes is left out. `cargo xtask bench robot-faults` runs the long form and keeps its table.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::DateTime;
use serde_json::{Value, json};

use super::{connect, detail, hash, process, robots, script, start, text, work};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually},
};

const WELL: (&str, &str) = ("CONCLUIDO", "AGUARDANDO_APROVACAO");
const FAILED: (&str, &str) = ("FALHOU", "ERRO_DOWNLOAD");
const CANCELLED: (&str, &str) = ("CANCELADO", "AGUARDANDO_DOWNLOAD");

struct Fault {
    name: &'static str,
    /// Of the robot, as the simulator takes it.
    script: Value,
    /// Where the run and its process end.
    ends: (&'static str, &'static str),
    /// What the analyst reads of it, or the part that tells; empty where nothing is told.
    reads: &'static str,
    /// A robot may have been at work, and nobody knows how it ended.
    unknown: bool,
    /// Takes minutes whatever the settings are.
    is_slow: bool,
    does: Does,
}

/// What a person does about it.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Nothing,
    /// Asks for its end once it is at work.
    Cancels,
    /// Gives its operator an address where nobody listens.
    PointsNowhere,
    /// Prints very many lines, each of which is kept.
    Floods,
}

fn fault(name: &'static str, script: Value, ends: (&'static str, &'static str)) -> Fault {
    Fault {
        name,
        script,
        ends,
        reads: "",
        unknown: false,
        is_slow: false,
        does: Does::Nothing,
    }
}

impl Fault {
    fn reads(self, reads: &'static str) -> Self {
        Self { reads, ..self }
    }

    fn unknown(self) -> Self {
        Self { unknown: true, ..self }
    }

    fn slow(self) -> Self {
        Self { is_slow: true, ..self }
    }

    fn does(self, does: Does) -> Self {
        Self { does, ..self }
    }
}

/// A robot that says it is done, with this in place of its invoices.
fn says(entry: Value) -> Value {
    let payload = json!({ "success": true, "message": "ok", "processes": [entry] });
    json!({ "payload": payload.to_string(), "final_status": "COMPLETED" })
}

fn invoice_at(place: &str) -> Value {
    says(json!({ "status_final": "UPLOADED_SAT", "faturas": [{ "caminho": place }] }))
}

fn prints(message: &str) -> Value {
    json!({ "logs": [message] })
}

fn faults() -> Vec<Fault> {
    // More than anybody has the patience for.
    let always = |fault: Value| vec![fault; 5_000];
    vec![
        fault("200,000 lines a minute", json!({}), WELL).does(Does::Floods),
        fault("down: nobody listens", json!({}), FAILED)
            .reads("Não houve conexão com a API de robôs: ninguém atende nesse endereço.")
            .slow()
            .does(Does::PointsNowhere),
        fault("down for two starts", json!({ "start_http": [503, 503] }), WELL),
        fault(
            "500 to every start",
            json!({ "start_http": always(json!(500)) }),
            FAILED,
        )
        .reads("A API de robôs está com problemas (resposta 500).")
        .unknown()
        .slow(),
        fault(
            "500 to five questions",
            json!({ "http": [500, 500, 500, 500, 500] }),
            WELL,
        ),
        fault(
            "503 from then on",
            json!({ "http": always(json!(503)), "duration_ms": 3_600_000 }),
            FAILED,
        )
        .reads(": A API de robôs está com problemas (resposta 503).")
        .unknown(),
        fault("no answer to a start", json!({ "start_http": ["hang"] }), WELL).slow(),
        fault("no answer to a question", json!({ "http": ["hang"] }), WELL),
        fault("answer to a start cut off", json!({ "start_http": ["cut"] }), WELL),
        fault("401 to the start", json!({ "start_http": [401] }), FAILED).reads("A API de robôs recusou o token."),
        fault("401 to another start", json!({ "start_http": [401] }), FAILED).reads("A API de robôs recusou o token."),
        fault("401 to three questions", json!({ "http": [401, 401, 401] }), WELL),
        fault("HTML to a start", json!({ "start_http": ["html"] }), FAILED)
            .reads("Veio uma página no lugar da resposta da API de robôs")
            .unknown(),
        fault(
            "HTML to three questions",
            json!({ "http": ["html", "html", "html"] }),
            WELL,
        ),
        fault(
            "half of the JSON, three times",
            json!({ "http": ["not_json", "not_json", "not_json"] }),
            WELL,
        ),
        fault("result without processes", json!({ "http": ["no_processes"] }), FAILED)
            .reads("O robô terminou sem o resultado deste processo."),
        fault(
            "status_final nobody knows",
            says(json!({ "status_final": "TELEPORTED" })),
            FAILED,
        )
        .reads("O robô terminou com status_final \"TELEPORTED\", que ninguém aqui conhece."),
        fault("s3:// with nothing there", invoice_at("s3://robos/none.pdf"), FAILED)
            .reads("O robô terminou, mas não há nada em s3://robos/none.pdf."),
        fault("s3:// with no PDF", invoice_at("s3://robos/jpeg.pdf"), FAILED)
            .reads("O arquivo que o robô deixou em s3://robos/jpeg.pdf não é um PDF."),
        fault(
            "s3:// of a bucket that is not there",
            invoice_at("s3://nenhum/a.pdf"),
            FAILED,
        )
        .reads("O robô terminou, mas não há nada em s3://nenhum/a.pdf."),
        fault("job that vanishes (404)", json!({ "http": always(json!(404)) }), FAILED)
            .reads("A API de robôs não conhece mais o trabalho")
            .unknown(),
        fault(
            "progress going backwards",
            json!({ "progress": [60, 20, 90, 5, 40], "duration_ms": 2_000 }),
            WELL,
        ),
        fault("line of 1 MB", prints(&"x".repeat(1024 * 1024)), WELL),
        fault("lines with CR/LF", prints("um\r\ndois\rtrês\n"), WELL),
        fault("line with HTML", prints("<script>alert(1)</script>\u{1b}[31m"), WELL),
        fault(
            "line of broken UTF-8",
            json!({ "log_bytes_base64": BASE64_STANDARD.encode(b"\xff\xfe\xc3") }),
            WELL,
        ),
        fault(
            "cancelling is refused",
            json!({ "cancel": "refuse", "duration_ms": 3_600_000 }),
            CANCELLED,
        )
        .reads("A API não aceitou o cancelamento.")
        .does(Does::Cancels),
        fault(
            "cancelling is not answered",
            json!({ "cancel": "hang", "duration_ms": 3_600_000 }),
            CANCELLED,
        )
        .reads("A API não respondeu ao pedido de cancelamento.")
        .does(Does::Cancels),
    ]
}

on_both!(whatever_goes_wrong_ends_as_it_should, |test| {
    let long = std::env::var("ESTEIRA_TEST_RPA_PATIENCE_S").is_ok();
    let faults: Vec<Fault> = faults().into_iter().filter(|fault| long || !fault.is_slow).collect();
    let (fixture, processes) = robots(&test, "tudo", faults.len(), &["VIVO", "TIM"]).await;
    connect(&fixture, json!({ "max_running": 100, "max_per_operator": 100 })).await;
    let (vivo, tim) = processes
        .into_iter()
        .partition::<Vec<_>, _>(|process| process["operator_name"] == "VIVO");
    point_nowhere(&fixture, &tim[0]).await;
    test.rpa_file("robos/jpeg.pdf", vec![0xff, 0xd8, 0xff, 0xe0, 0, 0x10])
        .await;
    let (flood, flood_ms) = if long { (200_000, 60_000) } else { (20_000, 6_000) };
    let working = work(&test);

    let mut runs = Vec::new();
    for (fault, (vivo, tim)) in faults.iter().zip(vivo.iter().zip(&tim)) {
        let process = if fault.does == Does::PointsNowhere { tim } else { vivo };
        script(&test, process, fault.script.clone()).await;
        if fault.does == Does::Floods {
            let options = json!({ "log_lines": [flood, flood], "duration_ms": [flood_ms, flood_ms] });
            test.rpa("opcoes", options).await;
        }
        let run = start(&fixture, process).await;
        if fault.does == Does::Floods {
            until(&fixture, &run, "EXECUTANDO").await;
            let options = json!({ "log_lines": [14, 14], "duration_ms": [500, 500] });
            test.rpa("opcoes", options).await;
        }
        if fault.does == Does::Cancels {
            until(&fixture, &run, "EXECUTANDO").await;
            let path = format!("/api/v1/executions/{run}/cancel");
            fixture.analyst.post(&path, json!({})).await.expect(200);
        }
        runs.push((fault, process, run));
    }
    let second = json!({ "process_id": runs[0].1["id"], "tipo": "DOWNLOAD_FATURA" });
    fixture
        .analyst
        .post("/api/v1/executions", second)
        .await
        .refused(409, "execution_active");
    until_all_over(&fixture).await;
    working.stop().await;

    let mut table =
        "| what goes wrong | run | process | after | what the analyst reads |\n|---|---|---|---|---|\n".to_owned();
    let mut wrong = Vec::new();
    for (fault, of, run) in &runs {
        let seen = detail(&fixture, run).await["execution"].clone();
        let row = process(&fixture, of).await["process"].clone();
        let asked = seen["cancel_requested_at"].as_str().or(seen["created_at"].as_str());
        let took = seconds_between(asked.unwrap(), seen["data_finalizacao"].as_str().unwrap());
        let said = seen["error"]["cause"].as_str().or(seen["mensagem_final"].as_str());
        let lost = if seen["outcome_unknown"] == true {
            ", unknown"
        } else {
            ""
        };
        writeln!(
            table,
            "| {} | {}{lost} | {} | {took:.1} s | {} |",
            fault.name,
            text(&seen, "status"),
            text(&row, "status"),
            said.unwrap_or("–").replace(['|', '\n'], " ")
        )
        .unwrap();
        let is = (
            seen["status"].as_str(),
            row["status"].as_str(),
            seen["outcome_unknown"] == true,
        );
        if is != (Some(fault.ends.0), Some(fault.ends.1), fault.unknown) {
            wrong.push(format!("{}: {is:?}: {seen}", fault.name));
        }
        let said = said.unwrap_or_default();
        let is_told = fault.ends == WELL || !fault.reads.is_empty();
        let english = ["error sending", "http://"]
            .into_iter()
            .any(|words| said.contains(words));
        if !is_told || !said.contains(fault.reads) || english {
            wrong.push(format!("{}: the analyst reads \"{said}\"", fault.name));
        }
        if fault.does == Does::Floods && seen["log_lines"] != flood {
            wrong.push(format!("{}: {} lines kept of {flood}", fault.name, seen["log_lines"]));
        }
    }
    println!("{table}");
    if let Ok(folder) = std::env::var("ESTEIRA_TEST_FAULT_TABLE") {
        let database = if test.app.db.is_postgres() {
            "postgres"
        } else {
            "sqlite"
        };
        std::fs::write(format!("{folder}/robot-faults-{database}.md"), &table).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_started_once(&test, &runs).await;
});

/// Sends the robots of a process's operator to a port where nobody listens.
async fn point_nowhere(fixture: &Fixture, process: &Value) {
    let path = format!("/api/v1/operators/{}", text(process, "operator_id"));
    let operator = fixture.admin.get(&path).await.expect(200);
    let operator = operator.get("operator").unwrap_or(&operator);
    let update = json!({
        "name": operator["name"], "possui_rpa": true, "rpa_terceirizado": false,
        "url_endpoint_rpa": "http://127.0.0.1:9", "active": true, "version": operator["version"],
    });
    fixture.admin.put(&path, update).await.expect(200);
}

async fn until(fixture: &Fixture, run: &str, status: &str) {
    eventually(status, || async {
        detail(fixture, run).await["execution"]["status"] == status
    })
    .await;
}

/// Waits for every run, as long as production may take, and sees that none goes backwards.
async fn until_all_over(fixture: &Fixture) {
    let deadline = Instant::now() + Duration::from_secs(30 * 60);
    let mut furthest = std::collections::HashMap::new();
    loop {
        let page = fixture.viewer.get("/api/v1/executions?limit=100").await.expect(200);
        let items = page["items"].as_array().unwrap();
        for item in items {
            let progress = item["progress"].as_i64().unwrap();
            let before = furthest.insert(text(item, "id"), progress).unwrap_or_default();
            assert!(progress >= before, "{progress} after {before}: {item}");
        }
        if items.iter().all(|item| item["data_finalizacao"].is_string()) {
            return;
        }
        assert!(Instant::now() < deadline, "some runs are never over: {items:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// No robot was started twice, whatever became of the answers.
async fn assert_started_once(test: &TestApp, runs: &[(&Fault, &Value, String)]) {
    let counts = test.rpa_counts().await;
    for (fault, process, run) in runs {
        let started = counts["por_chave"][run].as_u64().unwrap_or_default();
        let least = u64::from(fault.ends == WELL);
        assert!(
            (least..=1).contains(&started),
            "{}: {started} robots for {}",
            fault.name,
            hash(process)
        );
    }
}

fn seconds_between(from: &str, to: &str) -> f64 {
    let at = |text| DateTime::parse_from_rfc3339(text).unwrap();
    (at(to) - at(from)).as_seconds_f64()
}
