//! Reasons in the language of the caller, and old sentences as they were written.

use axum::{Router, body::Bytes, http::StatusCode};
use diesel::prelude::*;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{jobs, processes},
    },
    with_conn,
};
use esteira_shared::ids::{JobId, ProcessId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Client, Fixture, TestApp, pdf, serve},
};

async fn get_in(client: &Client, language: &str, path: &str) -> Value {
    let request = client.request(Method::GET, path).header("accept-language", language);
    client.send(request).await.expect(200)
}

/// A process whose sending met an address where there is no SAT.
async fn not_sent(test: &TestApp, name: &str) -> (Fixture, String) {
    let fixture = Fixture::new(test, name).await;
    let processes = fixture.opened(test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap().to_owned();
    let process = fixture.analyst.upload(&id, "a.pdf", pdf(1)).await.expect(201)["process"].clone();
    let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
    let path = format!("/api/v1/processes/{id}");
    fixture.analyst.post(&format!("{path}/approve"), seen).await.expect(200);
    // It reads what it is sent: a refusal before that may be lost with the connection.
    let nobody = serve(Router::new().fallback(async |_: Bytes| StatusCode::NOT_FOUND)).await;
    fixture.point_at_sat(&nobody).await;
    let approved = fixture.viewer.get(&path).await.expect(200);
    let seen = json!({ "version": approved["process"]["version"] });
    fixture.analyst.post(&format!("{path}/send"), seen).await.expect(200);
    test.run_jobs().await;
    (fixture, path)
}

on_both!(a_failure_is_told_in_the_language_of_the_caller, |test| {
    let (fixture, path) = not_sent(&test, "linguas").await;
    let (pt, en) = (
        "Não há SAT nesse endereço (resposta 404).",
        "There is no SAT at this address (answer 404).",
    );
    let without = fixture.viewer.get(&path).await.expect(200);
    for (seen, cause, action) in [
        (&without, pt, "Conferir o endereço do SAT em Configurações"),
        (
            &get_in(&fixture.viewer, "pt-BR,pt;q=0.9,en;q=0.8", &path).await,
            pt,
            "Conferir o endereço do SAT em Configurações",
        ),
        (
            &get_in(&fixture.viewer, "en-US,en;q=0.9", &path).await,
            en,
            "Check the address of SAT under Settings",
        ),
    ] {
        let error = &seen["process"]["error"];
        assert_eq!(
            (&error["cause"], &error["recommended_action"]),
            (&json!(cause), &json!(action))
        );
        let coded = json!({ "code": "sat_not_there", "args": { "status": 404 }, "text": cause });
        assert_eq!(error["cause_coded"], coded);
        assert_eq!(error["recommended_action_coded"]["code"], "check_sat_url");
        assert_eq!(
            (&seen["last_job"]["last_error"], &seen["last_job"]["last_error_coded"]),
            (&json!(cause), &coded)
        );
        assert_eq!(
            (&seen["moves"][0]["reason"], &seen["moves"][0]["reason_coded"]),
            (&json!(cause), &coded)
        );
    }
    // The export, which is written after its handler has returned.
    for (language, cause) in [("pt", pt), ("en", en)] {
        let export = fixture.viewer.request(Method::GET, "/api/v1/processes/export");
        let export = fixture.viewer.send(export.header("accept-language", language)).await;
        assert!(export.text().contains(cause), "{}", export.text());
    }
    // The job with its attempts and its log.
    let job = format!("/api/v1/jobs/{}", without["last_job"]["id"].as_str().unwrap());
    for (language, cause, log) in [("pt", pt, "enviando a.pdf"), ("en", en, "sending a.pdf")] {
        let seen = get_in(&fixture.admin, language, &job).await;
        assert_eq!(
            (&seen["job"]["last_error"], &seen["attempts"][0]["error"]),
            (&json!(cause), &json!(cause))
        );
        let lines: Vec<&str> = seen["log"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["message"].as_str().unwrap())
            .collect();
        assert!(
            lines.iter().any(|line| line.starts_with(log)) && lines.contains(&cause),
            "{lines:?}"
        );
    }
    // It is found by the words of either language.
    for word in ["endereco", "address"] {
        let found = fixture.admin.get(&format!("/api/v1/jobs?q={word}")).await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{word}: {found}");
    }
});

on_both!(what_was_written_before_there_were_codes_still_reads, |test| {
    let (fixture, path) = not_sent(&test, "antigos").await;
    let before = fixture.viewer.get(&path).await.expect(200);
    let process: ProcessId = before["process"]["id"].as_str().unwrap().parse().unwrap();
    let job: JobId = before["last_job"]["id"].as_str().unwrap().parse().unwrap();
    let old = "O SAT recusou a conta.";
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(processes::table.find(process))
        .set(processes::error_cause.eq(Some(old)))
        .execute(c)
        .await)
    .unwrap();
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(job))
        .set(jobs::last_error.eq(Some(old)))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    for language in ["en", "pt-BR"] {
        let seen = get_in(&fixture.viewer, language, &path).await;
        let coded = json!({ "code": "quoted", "args": { "text": old }, "text": old });
        assert_eq!(seen["process"]["error"]["cause"], old);
        assert_eq!(seen["process"]["error"]["cause_coded"], coded);
        assert_eq!(
            (&seen["last_job"]["last_error"], &seen["last_job"]["last_error_coded"]),
            (&json!(old), &coded)
        );
    }
});
