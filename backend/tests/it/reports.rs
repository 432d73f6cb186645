//! Reports by e-mail: what is in them, who gets them, and how somebody stops getting them.

mod delivery;
mod leaving;

use esteira_shared::permission::Role;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Fixture, TestApp, pdf},
    with_post_office,
};

const TO: [&str; 3] = ["ana@example.com", "bia@example.com", "caio@example.com"];

async fn schedule(fixture: &Fixture, parameters: Value) -> String {
    schedule_named(fixture, "Fechamento por e-mail", parameters).await
}

/// Its rule never matters here: each test runs it by hand.
async fn schedule_named(fixture: &Fixture, name: &str, parameters: Value) -> String {
    let create = json!({
        "name": name,
        "kind": "ENVIAR_RELATORIOS",
        "parameters": parameters,
        "schedule": { "timezone": "America/Sao_Paulo", "rule": { "type": "cron", "expression": "0 9 * * 1" } },
    });
    let made = fixture.manager.post("/api/v1/schedules", create).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Runs it now, and answers with the run once it is over.
async fn run(test: &TestApp, fixture: &Fixture, schedule: &str) -> Value {
    let path = format!("/api/v1/schedules/{schedule}/run");
    fixture.manager.post(&path, json!({})).await.expect(201);
    test.run_jobs().await;
    last_run(fixture, schedule).await
}

async fn last_run(fixture: &Fixture, schedule: &str) -> Value {
    let path = format!("/api/v1/schedules/{schedule}/runs");
    fixture.manager.get(&path).await.expect(200)["items"][0].clone()
}

/// The month in which the run is due, as the run itself counts it.
fn this_month(run: &Value) -> String {
    run["result"]["month"].as_str().unwrap().to_owned()
}

/// Three processes, one of them approved.
async fn three(test: &TestApp, fixture: &Fixture, month: &str) -> Vec<Value> {
    let processes = fixture.opened(test, 3, &["VIVO"], month).await;
    let id = processes[0]["id"].as_str().unwrap();
    let detail = fixture.analyst.upload(id, "fatura.pdf", pdf(1)).await.expect(201);
    let seen = json!({ "version": detail["process"]["version"], "sha256": detail["process"]["fatura_sha256"] });
    let path = format!("/api/v1/processes/{id}/approve");
    fixture.analyst.post(&path, seen).await.expect(200);
    processes
}

fn current_month(test: &TestApp) -> String {
    use esteira::clock::Clock as _;
    let zone = chrono_tz::America::Sao_Paulo;
    test.clock.now().with_timezone(&zone).format("%Y-%m").to_string()
}

with_post_office!(
    a_report_arrives_with_the_figures_of_the_pages,
    "relatorio",
    |test, fixture, office| {
        let month = current_month(&test);
        let processes = three(&test, &fixture, &month).await;
        let id = schedule(&fixture, json!({ "to": TO })).await;
        let done = run(&test, &fixture, &id).await;
        assert_eq!(done["status"], "succeeded", "{done}");
        assert_eq!(this_month(&done), month);
        assert_eq!(done["result"]["sent"], json!(TO));
        assert_eq!(office.letters().len(), 3);
        for address in TO {
            let letters = office.letters_to(address);
            assert_eq!(letters.len(), 1, "{address}");
            let letter = &letters[0];
            assert_eq!(letter.header("To").as_deref(), Some(address));
            assert_eq!(
                letter.shape(),
                "mixed(alternative(text/plain text/html) text/csv)",
                "{}",
                letter.raw
            );
            let (text, html) = (letter.part("text/plain"), letter.part("text/html"));
            for part in [
                "3 de 3 pendentes",
                "Aguardando fatura",
                "A enviar ao SAT",
                "VIVO",
                "Cliente 001",
                "0/3",
            ] {
                assert!(text.contains(part), "{part}:\n{text}");
                assert!(html.contains(part), "{part}:\n{html}");
            }
            assert!(html.len() < 102_000);
            let link = format!(
                "https://esteira.example.com/base/processos/{}",
                processes[1]["id"].as_str().unwrap()
            );
            assert!(text.contains(&link) && html.contains(&link), "{text}");
            let table = letter.part("text/csv");
            assert!(table.starts_with("\u{feff}mes_ano;razao_social;"), "{table}");
            assert_eq!(table.lines().count(), 4, "a head and each process: {table}");
        }
        let sent = fixture.admin.get("/api/v1/emails").await.expect(200);
        let subject = sent["items"][0]["subject"].as_str().unwrap().to_owned();
        assert!(subject.starts_with("3 de 3 pendentes — Fechamento "), "{subject}");
        assert_eq!(sent["items"][0]["schedule_run_id"], done["id"]);
        let of_run = format!("/api/v1/emails?schedule_run_id={}", done["id"].as_str().unwrap());
        assert_eq!(
            fixture.admin.get(&of_run).await.expect(200)["items"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
    }
);

with_post_office!(
    nothing_is_written_when_nothing_is_pending,
    "emdia",
    |test, fixture, office| {
        let id = schedule(
            &fixture,
            json!({ "to": TO, "only_if_pending": true, "month_offset": -1 }),
        )
        .await;
        let skipped = run(&test, &fixture, &id).await;
        assert_eq!(skipped["status"], "succeeded", "{skipped}");
        assert_eq!(skipped["result"]["skipped"], "report_nothing_pending");
        assert!(office.letters().is_empty());
        let list = fixture.admin.get("/api/v1/emails").await.expect(200);
        assert!(list["items"].as_array().unwrap().is_empty());
        // Without that wish, an unopened month is told.
        let told = schedule_named(&fixture, "Sempre", json!({ "to": [TO[0]], "language": "en" })).await;
        run(&test, &fixture, &told).await;
        assert!(
            office.letters()[0]
                .part("text/plain")
                .contains("No process was opened in this month.")
        );
        assert_eq!(
            office.letters()[0].shape(),
            "alternative(text/plain text/html)",
            "there is no table"
        );
    }
);

on_both!(a_schedule_of_reports_names_somebody_and_a_near_month, |test| {
    let fixture = Fixture::new(&test, "regras").await;
    for (parameters, field) in [
        (json!({ "to": [] }), "parameters.to"),
        (json!({ "to": ["ana@example.com", "bia"] }), "parameters.to"),
        (json!({ "to": TO, "month_offset": 2 }), "parameters.month_offset"),
        (json!({ "to": TO, "cc": [] }), "parameters.cc"),
        (json!({ "to": TO, "language": "fr" }), "parameters.language"),
    ] {
        let create = json!({
            "name": "x", "kind": "ENVIAR_RELATORIOS", "parameters": parameters,
            "schedule": { "timezone": "America/Sao_Paulo", "rule": { "type": "cron", "expression": "0 9 * * 1" } },
        });
        let refused = fixture.manager.post("/api/v1/schedules", create).await.refused_field();
        assert_eq!(refused.0, field, "{parameters}");
    }
});

with_post_office!(
    whoever_reads_processes_sees_a_report_and_sends_it_to_themselves,
    "leitora",
    |test, fixture, office| {
        three(&test, &fixture, "2026-10").await;
        let page = fixture.viewer.get("/api/v1/reports/month?month=2026-10").await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("3 de 3 pendentes"), "{}", page.text());
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.starts_with("sandbox ") && policy.contains("frame-ancestors 'self'"),
            "{policy}"
        );
        let english = fixture
            .viewer
            .get("/api/v1/reports/month?month=2026-10&language=en")
            .await;
        assert!(english.text().contains("3 of 3 pending"), "{}", english.text());
        let refused = fixture.viewer.get("/api/v1/reports/month").await;
        assert_eq!(refused.refused_field().0, "month");

        let send = json!({ "month": "2026-10", "language": "en" });
        let sent = fixture
            .viewer
            .post("/api/v1/reports/month/send", send)
            .await
            .expect(202);
        assert_eq!(sent["to"], fixture.email(Role::Viewer));
        test.run_jobs().await;
        let letters = office.letters_to(&fixture.email(Role::Viewer));
        assert_eq!(letters.len(), 1);
        assert!(letters[0].part("text/plain").contains("3 of 3 pending"));
        assert!(
            letters[0]
                .part("text/plain")
                .contains("Sent at the request of leitora viewer.")
        );
        assert_eq!(
            letters[0].header("List-Unsubscribe"),
            None,
            "nobody can be taken off who asked"
        );
        let outsider = Fixture::new(&test, "vizinha").await;
        let empty = outsider.viewer.get("/api/v1/reports/month?month=2026-10").await;
        assert!(empty.text().contains("Mês não aberto"), "{}", empty.text());
    }
);
