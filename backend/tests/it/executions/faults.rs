//! An API that is down, slow, wrong or forgetful: every run ends with its cause.

use serde_json::{Value, json};

use super::{connect, detail, lines, process, robots, script, start, text};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually, pdf, s3},
};

/// Runs jobs, retries included, until a run is over.
async fn until_over(test: &TestApp, fixture: &Fixture, run: &str) -> Value {
    eventually("the run is over", || async {
        test.run_jobs().await;
        let seen = detail(fixture, run).await;
        !matches!(seen["execution"]["status"].as_str(), Some("PENDENTE" | "EXECUTANDO"))
    })
    .await;
    detail(fixture, run).await
}

on_both!(a_start_whose_answer_is_lost_is_sent_again_under_the_same_key, |test| {
    let (fixture, processes) = robots(&test, "perdidas", 2, &["VIVO"]).await;
    for (process, fault) in processes.iter().zip([json!("cut"), json!(502)]) {
        script(&test, process, json!({ "start_http": [fault] })).await;
    }
    let mut runs = Vec::new();
    for process in &processes {
        runs.push(start(&fixture, process).await);
    }
    for run in &runs {
        let seen = until_over(&test, &fixture, run).await;
        assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
    }
    let counts = test.rpa_counts().await;
    assert_eq!(counts["robos"], 2, "{counts}");
    for run in &runs {
        assert_eq!(counts["por_chave"][run], 1, "{counts}");
    }
});

on_both!(an_api_that_honours_no_keys_gets_no_second_start, |test| {
    let (fixture, processes) = robots(&test, "semchave", 1, &["VIVO"]).await;
    test.rpa("opcoes", json!({ "honours_keys": false })).await;
    connect(&fixture, json!({ "honours_keys": false })).await;
    script(&test, &processes[0], json!({ "start_http": ["cut"] })).await;
    let run = start(&fixture, &processes[0]).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(
        (&seen["execution"]["status"], &seen["execution"]["outcome_unknown"]),
        (&json!("FALHOU"), &json!(true))
    );
    assert!(
        text(&seen["execution"]["error"], "cause").contains("Não se sabe se o robô começou"),
        "{seen}"
    );
    assert_eq!(
        process(&fixture, &processes[0]).await["process"]["status"],
        "ERRO_DOWNLOAD"
    );
    assert_eq!(test.rpa_counts().await["robos"], 1);
    // There is no job to ask about, and it must not be started twice: asking again could change nothing.
    assert_eq!(seen["can_resume"], false);
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/resume"), json!({}))
        .await
        .refused(409, "job_status");
    assert_eq!(test.rpa_counts().await["robos"], 1);
    // A person decides, and starts another one.
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/rerun"), json!({}))
        .await
        .expect(201);
});

on_both!(a_refused_token_is_told_to_administrators_once, |test| {
    let (fixture, processes) = robots(&test, "token", 4, &["VIVO"]).await;
    for process in &processes {
        script(&test, process, json!({ "start_http": [401] })).await;
    }
    let mut runs = Vec::new();
    for process in &processes {
        runs.push(start(&fixture, process).await);
    }
    for run in &runs {
        let seen = until_over(&test, &fixture, run).await;
        assert_eq!(seen["execution"]["error"]["cause"], "A API de robôs recusou o token.");
        assert_eq!(seen["execution"]["outcome_unknown"], false);
    }
    let settings = fixture.admin.get("/api/v1/robots/settings").await.expect(200);
    assert!(settings["token_refused_at"].is_string());
    let mails = fixture.count_jobs("task=send_email").await;
    assert_eq!(mails, 1, "once, not for each robot");
    // Accepted again: the warning goes.
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{}/rerun", runs[0]), json!({}))
        .await
        .expect(201);
    test.run_jobs().await;
    let settings = fixture.admin.get("/api/v1/robots/settings").await.expect(200);
    assert!(settings["token_refused_at"].is_null(), "{settings}");
});

on_both!(
    a_robot_that_vanishes_ends_as_unknown_and_may_be_asked_about_again,
    |test| {
        let (fixture, processes) = robots(&test, "sumiu", 1, &["VIVO"]).await;
        script(&test, &processes[0], json!({ "http": vec![404; 500] })).await;
        let run = start(&fixture, &processes[0]).await;
        let seen = until_over(&test, &fixture, &run).await;
        assert_eq!(
            (&seen["execution"]["status"], &seen["execution"]["outcome_unknown"]),
            (&json!("FALHOU"), &json!(true))
        );
        assert!(
            text(&seen["execution"]["error"], "cause").contains("não conhece mais o trabalho"),
            "{seen}"
        );
        let list = fixture.viewer.get("/api/v1/executions?unknown=true").await.expect(200);
        assert_eq!(list["items"][0]["id"], json!(run));
        // It was only a hiccup: the robot was there all the time.
        script(&test, &processes[0], json!({})).await;
        fixture
            .analyst
            .post(&format!("/api/v1/executions/{run}/resume"), json!({}))
            .await
            .expect(200);
        let seen = until_over(&test, &fixture, &run).await;
        assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
        assert_eq!(
            process(&fixture, &processes[0]).await["process"]["status"],
            "AGUARDANDO_APROVACAO"
        );
        assert_eq!(test.rpa_counts().await["robos"], 1);
        fixture
            .analyst
            .post(&format!("/api/v1/executions/{run}/resume"), json!({}))
            .await
            .refused(409, "job_status");
    }
);

on_both!(answers_that_are_none_are_asked_for_again, |test| {
    let (fixture, processes) = robots(&test, "estranhas", 1, &["VIVO"]).await;
    let strange = json!([500, "html", "not_json", "cut", 401, 503]);
    script(
        &test,
        &processes[0],
        json!({ "http": strange, "progress": [40, 20, 60, 55], "duration_ms": 1_500 }),
    )
    .await;
    let run = start(&fixture, &processes[0]).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
    let log = lines(&fixture, &run).await;
    assert!(
        log.iter().any(|line| line.contains("não responde como devia")),
        "{log:?}"
    );
    assert!(log.iter().any(|line| line.contains("voltou a responder")), "{log:?}");
});

on_both!(an_api_that_stays_silent_is_given_up_after_the_patience, |test| {
    let (fixture, processes) = robots(&test, "silencio", 1, &["VIVO"]).await;
    script(
        &test,
        &processes[0],
        json!({ "http": vec![503; 500], "duration_ms": 600_000 }),
    )
    .await;
    let run = start(&fixture, &processes[0]).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(
        (&seen["execution"]["status"], &seen["execution"]["outcome_unknown"]),
        (&json!("FALHOU"), &json!(true))
    );
    assert!(
        text(&seen["execution"]["error"], "cause").contains("não responde há 8 s"),
        "{seen}"
    );
});

on_both!(an_api_that_is_down_is_tried_again_and_then_given_up, |test| {
    let (fixture, processes) = robots(&test, "fora", 1, &["VIVO"]).await;
    connect(&fixture, json!({ "url": "http://127.0.0.1:9" })).await;
    let run = start(&fixture, &processes[0]).await;
    // Certain that nothing began: it waits for its next attempt, with nothing unknown about it.
    test.run_jobs().await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "PENDENTE");
    assert_eq!(seen["waiting"]["checks"][0]["check"], "due");
    // The address is corrected meanwhile: the next attempt goes there.
    connect(&fixture, json!({ "url": test.rpa_url })).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
});

on_both!(
    a_technical_failure_of_the_robot_is_repeated_without_anybody_asking,
    |test| {
        let (fixture, processes) = robots(&test, "tecnica", 1, &["VIVO"]).await;
        test.rpa("opcoes", json!({ "technical_rate": 1.0 })).await;
        let run = start(&fixture, &processes[0]).await;
        test.run_jobs().await;
        let seen = detail(&fixture, &run).await;
        assert_eq!(seen["execution"]["status"], "FALHOU");
        let chain = seen["chain"].as_array().unwrap().clone();
        assert_eq!(chain.len(), 2, "another run waits: {seen}");
        assert_eq!(
            (&chain[0]["status"], &chain[0]["attempt"]),
            (&json!("PENDENTE"), &json!(2))
        );
        assert_eq!(
            process(&fixture, &processes[0]).await["process"]["status"],
            "AGUARDANDO_DOWNLOAD"
        );
        let waiting = detail(&fixture, &text(&chain[0], "id")).await;
        assert_eq!(
            (
                &waiting["waiting"]["checks"][0]["check"],
                &waiting["waiting"]["checks"][0]["passed"]
            ),
            (&json!("due"), &json!(false))
        );
    }
);

on_both!(a_result_without_processes_is_a_failure_with_its_cause, |test| {
    let (fixture, processes) = robots(&test, "vazio", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "http": ["no_processes"] })).await;
    let run = start(&fixture, &processes[0]).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "FALHOU");
    assert!(
        text(&seen["execution"]["error"], "cause").contains("sem o resultado deste processo"),
        "{seen}"
    );
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_robot_never_reads_what_is_kept_here() {
    let (folder, mut vars) = s3().await;
    // Robots leave their files in the same store, and in the same bucket.
    vars.insert("ESTEIRA_ROBOT_S3_FOLDER".to_owned(), "robos".to_owned());
    let endpoint = vars["ESTEIRA_STORAGE_URL"]
        .split("endpoint=")
        .nth(1)
        .unwrap()
        .to_owned();
    vars.insert("ESTEIRA_ROBOT_S3_ENDPOINT".to_owned(), endpoint);
    vars.insert(
        "ESTEIRA_ROBOT_S3_ACCESS_KEY".to_owned(),
        vars["MINIO_ACCESS_KEY"].clone(),
    );
    vars.insert(
        "ESTEIRA_ROBOT_S3_SECRET_KEY".to_owned(),
        vars["MINIO_SECRET_KEY"].clone(),
    );
    let test = TestApp::start(vars).await;
    let theirs = Fixture::new(&test, "alheia").await;
    let their = theirs.opened(&test, 1, &["VIVO"], "2026-10").await;
    let uploaded = theirs
        .analyst
        .upload(&text(&their[0], "id"), "a.pdf", pdf(1))
        .await
        .expect(201);
    let key = text(&uploaded["process"], "fatura_s3_key");
    let (fixture, processes) = robots(&test, "curiosa", 1, &["OI"]).await;
    let rest = key.strip_prefix("pdfs/").unwrap();
    let unclear = "sem partes vazias";
    let ours = "documentos da própria Esteira";
    let named = [
        (format!("s3://beg/{key}"), ours),
        (format!("s3://BEG/{key}"), ours),
        ("s3://beg/outra/coisa.pdf".to_owned(), ours),
        // The same document, for a store that keeps it in a folder.
        (format!("s3://beg//{key}"), unclear),
        (format!("s3://beg/./{key}"), unclear),
        (format!("s3://beg/robos/../{key}"), unclear),
        (format!("s3://beg/pdfs//{rest}"), unclear),
        (format!("s3://beg/robos/%2e%2e/{key}"), unclear),
        (format!("s3://robos/../beg/{key}"), unclear),
        (format!("s3://./beg/{key}"), unclear),
    ];
    for (location, said) in named {
        let seen = brought(&test, &fixture, &processes[0], &location).await;
        assert_eq!(seen["execution"]["status"], "FALHOU", "{location}: {seen}");
        let cause = text(&seen["execution"]["error"], "cause");
        assert!(cause.contains(said) && cause.contains(&location), "{location}: {cause}");
    }
    let detail = process(&fixture, &processes[0]).await;
    assert!(detail["documents"].as_array().unwrap().is_empty());
    // The folder that the settings give to robots.
    let written = folder.path().join("beg/robos/a.pdf");
    std::fs::create_dir_all(written.parent().unwrap()).unwrap();
    std::fs::write(&written, pdf(2)).unwrap();
    let seen = brought(&test, &fixture, &processes[0], "s3://beg/robos/a.pdf").await;
    assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
    let detail = process(&fixture, &processes[0]).await;
    assert_eq!(detail["documents"].as_array().unwrap().len(), 1);
}

/// A run whose robot says that it left the invoice there.
async fn brought(test: &TestApp, fixture: &Fixture, process: &Value, location: &str) -> Value {
    let payload = json!({
        "success": true,
        "processes": [{
            "hash_execucao": super::hash(process), "status_final": "UPLOADED_SAT",
            "faturas": [{ "caminho": location }],
        }],
    });
    script(test, process, json!({ "payload": payload.to_string() })).await;
    let run = start(fixture, process).await;
    until_over(test, fixture, &run).await
}

on_both!(a_cancelled_run_whose_robot_fails_starts_no_other, |test| {
    let (fixture, processes) = robots(&test, "desiste", 1, &["VIVO"]).await;
    let fails = json!({ "duration_ms": 2_500, "final_status": "FAILED", "cancel": "refuse" });
    script(&test, &processes[0], fails).await;
    let run = start(&fixture, &processes[0]).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    let status = async || text(&detail(&fixture, &run).await["execution"], "status");
    eventually("it runs", || async { status().await == "EXECUTANDO" }).await;
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/cancel"), json!({}))
        .await
        .expect(200);
    eventually("it is cancelled", || async { status().await == "CANCELADO" }).await;
    assert_eq!(
        detail(&fixture, &run).await["chain"].as_array().unwrap().len(),
        1,
        "no other run waits"
    );
    stop.cancel();
    working.await.unwrap();
});
