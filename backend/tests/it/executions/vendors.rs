//! APIs of robots as others write them: an answer that was read whole leads to no second robot, a password is tried
//! once, and who asks for patience gets it.

mod api;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use serde_json::{Value, json};

use self::api::{Headers, Style, Vendor, later, place, reply};
use super::{connect, detail, process, robots, start, text};
use crate::{
    on_both,
    support::{Fixture, TestApp},
};

struct Started {
    fixture: Fixture,
    vendor: Arc<Vendor>,
    /// By their places, with their processes.
    runs: Vec<(Value, String)>,
}

async fn started(test: &TestApp, name: &str, styles: Vec<Style>) -> Started {
    let (fixture, mut processes) = robots(test, name, styles.len(), &["VIVO"]).await;
    let (url, vendor) = Vendor::serve(styles).await;
    connect(
        &fixture,
        json!({ "url": url, "max_running": 100, "max_per_operator": 100 }),
    )
    .await;
    processes.sort_by_key(|process| place(&process["client_name"]));
    let mut runs = Vec::new();
    for process in processes {
        let run = start(&fixture, &process).await;
        runs.push((process, run));
    }
    Started { fixture, vendor, runs }
}

/// When the job of a run is due.
async fn due(fixture: &Fixture, run: &str) -> esteira_shared::instant::Instant {
    let job = text(&detail(fixture, run).await["execution"], "job_id");
    fixture.job(job.parse().unwrap()).await.run_at
}

on_both!(a_whole_answer_to_a_start_leads_to_no_second_one, |test| {
    let read = [
        (200, r#"{"job_id":"@"}"#),
        (201, r#"{"job_id":@}"#),
        (202, r#"{"job_id":"@","status":"PENDING","error":null}"#),
        (200, r#"{"success":true,"data":{"job_id":@}}"#),
        (200, r#"{"jobId":"@"}"#),
        (200, r#"{"jobId":@,"errors":[]}"#),
        (200, r#"{"id":@}"#),
        (200, r#"{"data":{"id":"@"}}"#),
        (201, r#"{"data":{"jobId":"@"},"message":"queued"}"#),
        (202, r#"{"job":{"id":@}}"#),
        (203, r#"{"id":"r-1","job_id":"@"}"#),
    ];
    let unread = [
        (200, r#"{"success":false,"error":"Operadora sem robô"}"#),
        (200, r#"{"success":false,"job_id":1}"#),
        (200, r#"{"sucesso":false,"mensagem":"fila cheia"}"#),
        (200, r#"{"success":true,"job_id":1,"erro":"sem licença"}"#),
        (200, r#"{"success":true}"#),
        (200, r#"{"job_id":null}"#),
        (200, r#"{"id":"a","data":{"id":"b"}}"#),
        (200, r#"{"task_id":"a"}"#),
        (200, r#"{"data":[{"job_id":1}]}"#),
        (200, "[]"),
        (200, "true"),
        (200, "OK"),
        (200, ""),
        (201, ""),
        (202, "{}"),
        (204, ""),
        (200, "<html><body>Entrar</body></html>"),
        (200, "<?xml version=\"1.0\"?><job><id>1</id></job>"),
        (200, r#"{"job_id":"#),
        (303, ""),
        (500, r#"{"error":"INVALID_CREDENTIALS"}"#),
        (502, r#"{"mensagem":"Senha expirada"}"#),
    ];
    let styles: Vec<Style> = read
        .iter()
        .chain(&unread)
        .map(|(status, body)| Style::start(*status, body))
        .collect();
    let Started { fixture, vendor, runs } = started(&test, "fornecedores", styles).await;
    for _ in 0..3 {
        test.run_jobs().await;
        crate::engine::make_due(&test).await;
    }
    for (index, (seen, run)) in runs.iter().enumerate() {
        let shown = detail(&fixture, run).await;
        let execution = &shown["execution"];
        let style = vendor.styles[index].start[0];
        assert_eq!(vendor.asked(index).starts.len(), 1, "{}: {execution}", style.body);
        assert_eq!(execution["status"], "FALHOU", "{}: {execution}", style.body);
        assert_eq!(process(&fixture, seen).await["process"]["status"], "ERRO_DOWNLOAD");
        if index < read.len() {
            assert_eq!(
                execution["external_job_id"],
                (100 + index).to_string(),
                "{}",
                style.body
            );
            assert_eq!(execution["outcome_unknown"], false, "{execution}");
            continue;
        }
        assert_eq!(execution["external_job_id"], Value::Null, "{}", style.body);
        assert_eq!(execution["outcome_unknown"], true, "{execution}");
        let cause = &execution["error"]["cause_coded"];
        assert_eq!(cause["code"], "start_not_understood", "{execution}");
        let quote = if style.body.is_empty() { "(vazia)" } else { style.body };
        assert!(text(&execution["error"], "cause").ends_with(quote), "{execution}");
        // The same start would get the same answer, and perhaps another robot.
        assert_eq!(shown["can_resume"], false, "{shown}");
        let resume = format!("/api/v1/executions/{run}/resume");
        let resumed = fixture.analyst.post(&resume, json!({})).await;
        resumed.refused(409, "job_status");
    }
    test.run_jobs().await;
    let started: usize = (0..runs.len()).map(|index| vendor.asked(index).starts.len()).sum();
    assert_eq!(started, runs.len());
});

on_both!(a_password_that_may_be_wrong_is_tried_once, |test| {
    let for_a_person = [
        (
            r#"{"status":"FAILED","error":"INVALID_CREDENTIALS"}"#,
            "INVALID_CREDENTIALS",
        ),
        (r#"{"status":"FAILED","error":"401"}"#, "401"),
        (r#"{"status":"FAILED","error":401}"#, "401"),
        (r#"{"status":"FAILED","erro":"SENHA_INVALIDA"}"#, "SENHA_INVALIDA"),
        (r#"{"status":"FAILED","message":"Senha expirada"}"#, "Senha expirada"),
        (
            r#"{"status":"FAILED","error":{"code":"E401","message":"Unauthorized"}}"#,
            "Unauthorized (E401)",
        ),
        (
            r#"{"status":"FAILED","errors":[{"detail":"Account locked"}]}"#,
            "Account locked",
        ),
        (
            r#"{"status":"FAILED","message":"Job failed","result":{"error":"Usuário bloqueado"}}"#,
            "Usuário bloqueado",
        ),
        (
            r#"{"status":"FAILED","error_code":"TIMEOUT","error_message":"Senha incorreta"}"#,
            "Senha incorreta (TIMEOUT)",
        ),
        (
            r#"{"status":"COMPLETED","success":false,"error":"Conta bloqueada"}"#,
            "Conta bloqueada",
        ),
        (
            r#"{"status":"FAILED","error":"Senha expirada","processes":[{"status_final":"FAILED"}]}"#,
            "Senha expirada",
        ),
        (
            r#"{"status":"FAILED","processes":[{"status_final":"FAILED","error":"Login incorreto"}]}"#,
            "Login incorreto",
        ),
        (
            r#"{"status":"FAILED","processes":[{"status_final":"FAILED","detalhes":"Senha errada"}]}"#,
            "Senha errada",
        ),
        (
            r#"{"status":"FAILED","processes":[{"status_final":"FAILED","detalhes":{"codigo_erro":"SENHA_INVALIDA"}}]}"#,
            "O robô falhou sem dizer o motivo. (SENHA_INVALIDA)",
        ),
        (
            r#"{"status":"FAILED","error":"Portal em manutenção"}"#,
            "Portal em manutenção",
        ),
        (r#"{"status":"FAILED"}"#, "O robô falhou sem dizer o motivo."),
    ];
    let technical = [
        (r#"{"status":"FAILED","error":"TIMEOUT"}"#, "TIMEOUT"),
        (
            r#"{"status":"FAILED","error":{"code":"BROWSER_CRASHED","message":"O navegador caiu."}}"#,
            "O navegador caiu. (BROWSER_CRASHED)",
        ),
        (
            r#"{"status":"FAILED","processes":[{"status_final":"FAILED","detalhes":{"codigo_erro":"HTTP-503","mensagem_erro":"Fora do ar."}}]}"#,
            "Fora do ar. (HTTP-503)",
        ),
    ];
    let all: Vec<_> = for_a_person.iter().chain(&technical).collect();
    let styles = all.iter().map(|(body, _)| Style::job(body)).collect();
    let Started { fixture, vendor, runs } = started(&test, "senhas", styles).await;
    test.run_jobs().await;
    for (index, (seen, run)) in runs.iter().enumerate() {
        let (body, said) = all[index];
        let shown = detail(&fixture, run).await;
        let execution = &shown["execution"];
        assert_eq!(execution["status"], "FALHOU", "{body}: {execution}");
        assert_eq!(text(&execution["error"], "cause"), *said, "{body}");
        let (runs, status) = if index < for_a_person.len() {
            (1, "ERRO_DOWNLOAD")
        } else {
            (2, "AGUARDANDO_DOWNLOAD")
        };
        assert_eq!(shown["chain"].as_array().unwrap().len(), runs, "{body}");
        assert_eq!(process(&fixture, seen).await["process"]["status"], status, "{body}");
        assert_eq!(vendor.asked(index).starts.len(), 1, "{body}");
    }
});

const IN_TEN_MINUTES: [Headers; 2] = [
    &[("retry-after", "600")],
    &[
        ("date", "Mon, 30 Nov 2026 12:00:00 GMT"),
        ("retry-after", "Mon, 30 Nov 2026 12:10:00 GMT"),
    ],
];

on_both!(a_start_waits_as_long_as_the_api_asks_for, |test| {
    let patient = |status: u16, headers: Headers| Style {
        start: vec![later(status, headers), reply(200, r#"{"job_id":"@"}"#)],
        ..Style::start(200, "")
    };
    let styles = vec![
        patient(429, IN_TEN_MINUTES[0]),
        patient(503, IN_TEN_MINUTES[0]),
        patient(429, IN_TEN_MINUTES[1]),
        patient(503, IN_TEN_MINUTES[1]),
        patient(429, &[("retry-after", "864000")]),
    ];
    let waits = [600, 600, 600, 600, 3_600];
    let Started { fixture, vendor, runs } = started(&test, "paciencia", styles).await;
    let mut before = Vec::new();
    for (_, run) in &runs {
        before.push(due(&fixture, run).await);
    }
    test.run_jobs().await;
    for (index, (_, run)) in runs.iter().enumerate() {
        let execution = detail(&fixture, run).await["execution"].clone();
        assert_eq!(execution["status"], "PENDENTE", "{execution}");
        let waits_for = due(&fixture, run).await - before[index];
        let least = TimeDelta::seconds(waits[index]);
        assert!(
            waits_for >= least && waits_for < least + TimeDelta::minutes(5),
            "{waits_for:?}"
        );
        assert_eq!(vendor.asked(index).starts.len(), 1);
    }
    crate::engine::make_due(&test).await;
    test.run_jobs().await;
    for (index, (_, run)) in runs.iter().enumerate() {
        let execution = detail(&fixture, run).await["execution"].clone();
        assert_eq!(execution["external_job_id"], (100 + index).to_string(), "{execution}");
        assert_eq!(vendor.asked(index).starts.len(), 2);
    }
});

on_both!(a_question_waits_as_long_as_the_api_asks_for, |test| {
    let patient = |status: u16, headers: Headers| Style {
        job: vec![later(status, headers), reply(200, r#"{"status":"FAILED"}"#)],
        ..Style::job("")
    };
    let styles = vec![
        patient(429, &[("retry-after", "3")]),
        patient(
            503,
            &[
                ("date", "Mon, 30 Nov 2026 12:00:00 GMT"),
                ("retry-after", "Mon, 30 Nov 2026 12:00:03 GMT"),
            ],
        ),
    ];
    let Started { fixture, vendor, runs } = started(&test, "perguntas", styles).await;
    test.run_jobs().await;
    for (index, (_, run)) in runs.iter().enumerate() {
        let execution = detail(&fixture, run).await["execution"].clone();
        assert_eq!(execution["status"], "FALHOU", "{execution}");
        let asked = vendor.asked(index).jobs;
        assert_eq!(asked.len(), 2);
        let between = asked[1] - asked[0];
        // As clocks of sleeping threads go.
        assert!(between >= Duration::from_millis(2_900), "{between:?}");
    }
});
