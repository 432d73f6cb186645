//! The main road, and SAT by a robot.

use serde_json::json;

use super::{detail, lines, process, robots, start, text};
use crate::{
    on_both,
    support::{TestApp, pdf, s3},
};

on_both!(a_robot_brings_the_invoice, |test| {
    let (fixture, processes) = robots(&test, "robos", 2, &["VIVO"]).await;
    let run = start(&fixture, &processes[0]).await;
    let waiting = detail(&fixture, &run).await;
    assert_eq!(waiting["execution"]["status"], "PENDENTE");
    assert_eq!(waiting["can_cancel"], true);
    assert_eq!(
        process(&fixture, &processes[0]).await["process"]["status"],
        "AGUARDANDO_DOWNLOAD"
    );

    test.run_jobs().await;
    let done = detail(&fixture, &run).await;
    assert_eq!(done["execution"]["status"], "CONCLUIDO", "{done}");
    assert_eq!(
        (&done["execution"]["progress"], &done["execution"]["attempt"]),
        (&json!(100), &json!(1))
    );
    assert!(done["execution"]["data_inicio"].is_string() && done["execution"]["data_finalizacao"].is_string());
    assert_eq!(done["resultado"]["processes"][0]["status_final"], "UPLOADED_SAT");
    assert_eq!(done["results"][0]["effect"], "applied");
    assert!(text(&done["execution"], "external_job_id").len() > 3);
    let seen = process(&fixture, &processes[0]).await;
    let now = &seen["process"];
    assert_eq!(now["status"], "AGUARDANDO_APROVACAO");
    assert!(text(now, "url_fatura").starts_with("s3://robos/VIVO/2026-10/"), "{now}");
    assert!(
        now["data_download"].is_string() && now["data_upload_manual"].is_null(),
        "{now}"
    );
    assert!(
        now["valor_fatura"].is_string() && now["data_vencimento"].is_string(),
        "{now}"
    );
    assert_eq!(seen["documents"][0]["uploaded_by"], "robô VIVO");
    assert_eq!(seen["executions"][0]["id"], json!(run));
    let moves: Vec<&str> = seen["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["move"].as_str().unwrap())
        .collect();
    assert_eq!(moves, ["receive", "finish_download", "start_download", "open"]);
    // The robot's log is ours, numbered without gaps.
    let log = lines(&fixture, &run).await;
    assert!(log.iter().any(|line| line.contains("VIVO")), "{log:?}");
    assert_eq!(done["execution"]["log_lines"], json!(log.len()));
    assert_eq!(test.rpa_counts().await["robos"], 1);
    // The other process was left alone, and the road goes on as with an uploaded invoice.
    assert_eq!(
        process(&fixture, &processes[1]).await["process"]["status"],
        "AGUARDANDO_DOWNLOAD"
    );
    let seen = json!({ "version": now["version"], "sha256": now["fatura_sha256"] });
    let approve = format!("/api/v1/processes/{}/approve", text(now, "id"));
    fixture.analyst.post(&approve, seen).await.expect(200);
});

on_both!(the_password_goes_to_the_robot_and_nowhere_else, |test| {
    let (fixture, processes) = robots(&test, "senha", 1, &["CLARO"]).await;
    let client = text(&processes[0], "client_id");
    let accounts = fixture
        .manager
        .get(&format!("/api/v1/clients/{client}/accounts"))
        .await
        .expect(200);
    let account = &accounts[0];
    let update = json!({
        "account_number": account["account_number"], "portal_login": "cliente@example.com",
        "portal_password": "hunter2-secret", "active": true, "version": account["version"],
    });
    fixture
        .manager
        .put(&format!("/api/v1/accounts/{}", text(account, "id")), update)
        .await
        .expect(200);
    // The simulator fails for this password and no other: it was told.
    test.rpa("opcoes", json!({ "business_rate": 1.0 })).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let failed = detail(&fixture, &run).await;
    assert_eq!(failed["execution"]["status"], "FALHOU");
    assert_eq!(failed["parametros_entrada"]["login"], "cliente@example.com");
    let whole = format!(
        "{failed} {:?} {}",
        lines(&fixture, &run).await,
        process(&fixture, &processes[0]).await
    );
    assert!(!whole.contains("hunter2-secret"), "{whole}");
});

on_both!(
    a_business_failure_names_the_remedy_and_is_retried_with_one_request,
    |test| {
        let (fixture, processes) = robots(&test, "negocios", 1, &["CLARO"]).await;
        test.rpa("opcoes", json!({ "business_rate": 1.0 })).await;
        let run = start(&fixture, &processes[0]).await;
        test.run_jobs().await;
        let failed = process(&fixture, &processes[0]).await["process"].clone();
        assert_eq!(failed["status"], "ERRO_DOWNLOAD");
        assert!(failed["error"]["recommended_action"].is_string(), "{failed}");
        assert!(failed["url_fatura"].is_null() && failed["valor_fatura"].is_null());
        let seen = detail(&fixture, &run).await;
        assert_eq!(seen["execution"]["error"], failed["error"]);
        assert_eq!((&seen["can_rerun"], &seen["can_resume"]), (&json!(true), &json!(false)));
        test.rpa("opcoes", json!({ "business_rate": 0.0 })).await;
        let again = fixture
            .analyst
            .post(&format!("/api/v1/executions/{run}/rerun"), json!({}))
            .await
            .expect(201);
        assert_eq!(again["attempt"], 2);
        test.run_jobs().await;
        assert_eq!(
            process(&fixture, &processes[0]).await["process"]["status"],
            "AGUARDANDO_APROVACAO"
        );
        let chain = detail(&fixture, &text(&again, "id")).await["chain"].clone();
        let attempts: Vec<i64> = chain
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["attempt"].as_i64().unwrap())
            .collect();
        assert_eq!(attempts, [2, 1]);
        // Only the newest of a chain may be run again.
        assert_eq!(detail(&fixture, &run).await["can_rerun"], false);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sat_by_robot() {
    let (_folder, vars) = s3().await;
    let test = TestApp::start(vars).await;
    let (fixture, processes) = robots(&test, "satrobo", 1, &["OI"]).await;
    super::connect(&fixture, json!({ "sat_transport": "robot" })).await;
    let id = text(&processes[0], "id");
    let uploaded = fixture.analyst.upload(&id, "a.pdf", pdf(3)).await.expect(201)["process"].clone();
    let seen = json!({ "version": uploaded["version"], "sha256": uploaded["fatura_sha256"] });
    let approved = fixture
        .analyst
        .post(&format!("/api/v1/processes/{id}/approve"), seen)
        .await
        .expect(200);
    let version = json!({ "version": approved["process"]["version"] });
    let sending = fixture
        .analyst
        .post(&format!("/api/v1/processes/{id}/send"), version)
        .await
        .expect(200);
    assert_eq!(sending["process"]["status"], "ENVIANDO_SAT");
    let run = text(&sending["executions"][0], "id");
    assert_eq!(sending["executions"][0]["tipo"], "UPLOAD_SAT");
    test.run_jobs().await;
    let done = process(&fixture, &processes[0]).await;
    assert_eq!(
        done["process"]["status"],
        "UPLOAD_REALIZADO",
        "{}",
        detail(&fixture, &run).await
    );
    assert!(done["process"]["sat_protocol"].is_string());
    let told = detail(&fixture, &run).await["parametros_entrada"].clone();
    assert_eq!(told["servico"], "UPLOAD_SAT");
    let key = text(&done["process"], "fatura_s3_key");
    assert_eq!(told["fatura"], json!(format!("s3://beg/{key}")));
    // Nothing went over HTTPS.
    assert!(test.sat_documents().await.is_empty());
}
