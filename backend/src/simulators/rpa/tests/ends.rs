//! How robots end other than well.

use super::*;

fn failing(change: fn(&mut RpaOptions)) -> RpaOptions {
    let mut options = RpaOptions::default();
    change(&mut options);
    options
}

#[tokio::test]
async fn a_running_robot_is_cancelled_and_a_finished_one_is_not() {
    let simulator = Running::start(failing(|options| options.duration_ms = LONG_MS)).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until(&id, &["RUNNING"]).await;
    let path = format!("/jobs/{id}");
    assert_eq!(simulator.delete(&path).await, (202, json!({ "success": true })));
    let over = simulator.until_over(&id).await;
    assert_eq!(
        (&over["status"], &over["success"]),
        (&json!("CANCELLED"), &json!(false))
    );
    assert_eq!(over["processes"], json!([]));
    let (status, answer) = simulator.delete(&path).await;
    assert_eq!(status, 409);
    assert!(answer["erro"].is_string());
    assert_eq!(simulator.delete("/jobs/unknown").await.0, 404);
}

#[tokio::test]
async fn a_robot_that_takes_its_time_to_stop_goes_on_until_then() {
    let options = failing(|options| {
        options.duration_ms = LONG_MS;
        options.cancel_ms = LONG_MS;
    });
    let simulator = Running::start(options).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let path = format!("/jobs/{id}");
    assert_eq!(simulator.delete(&path).await.0, 202);
    assert_eq!(simulator.delete(&path).await.0, 202, "asking again changes nothing");
    assert_ne!(simulator.get(&path).await.1["status"], "CANCELLED");
    assert_eq!(simulator.get("/contagem").await.1["ativos"], 1);
}

#[tokio::test]
async fn a_robot_may_refuse_to_be_cancelled() {
    let options = failing(|options| {
        options.duration_ms = LONG_MS;
        options.cancel_refused_rate = 1.0;
    });
    let simulator = Running::start(options).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until(&id, &["RUNNING"]).await;
    assert_eq!(simulator.delete(&format!("/jobs/{id}")).await.0, 409);
    assert_eq!(simulator.delete(&format!("/jobs/{id}")).await.0, 409);
    assert_eq!(simulator.get(&format!("/jobs/{id}")).await.1["status"], "RUNNING");
}

#[tokio::test]
async fn a_robot_that_vanishes_is_unknown() {
    let simulator = Running::start(failing(|options| options.vanish_rate = 1.0)).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until_counted("ativos", 0).await;
    let (status, answer) = simulator.get(&format!("/jobs/{id}")).await;
    assert_eq!(status, 404);
    assert!(answer["erro"].is_string());
    assert_eq!(simulator.get(&format!("/jobs/{id}/logs")).await.0, 404);
    assert_eq!(simulator.delete(&format!("/jobs/{id}")).await.0, 404);
    let (_, jobs) = simulator.get("/jobs").await;
    assert_eq!(
        (&jobs[0]["sumiu"], &jobs[0]["status"]),
        (&json!(true), &json!("RUNNING"))
    );
}

#[tokio::test]
async fn a_technical_failure_names_the_step_and_no_action() {
    let simulator = Running::start(failing(|options| options.technical_rate = 1.0)).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let over = simulator.until_over(&id).await;
    assert_eq!((&over["status"], &over["success"]), (&json!("FAILED"), &json!(false)));
    assert_eq!(over["progress"], 28);
    let process = &over["processes"][0];
    assert_eq!(process["status_final"], "FAILED");
    assert!(process.get("faturas").is_none());
    let details = &process["detalhes"];
    assert_eq!(
        (&details["codigo_erro"], &details["etapa_falha"]),
        (&json!("TIMEOUT"), &json!("NAVEGACAO"))
    );
    assert_eq!(details["tentativas"], 3);
    assert!(details["mensagem_erro"].is_string() && details.get("acao_recomendada").is_none());
    let (_, logs) = simulator.get(&format!("/jobs/{id}/logs")).await;
    let last = logs["logs"].as_array().unwrap().last().unwrap();
    assert_eq!(last["level"], "ERROR");
    assert!(last["message"].as_str().unwrap().contains("NAVEGACAO"), "{last}");
    assert_eq!(simulator.get("/s3/robos/VIVO/2025-10/44556677000188.pdf").await.0, 404);
}

/// Whether a robot succeeded, and the details of its failure.
async fn end(simulator: &Running, hash: &str, password: &str) -> (bool, Value) {
    let id = simulator.robot(&order(hash, password)).await;
    let over = simulator.until_over(&id).await;
    let details = over["processes"][0]["detalhes"].clone();
    (over["status"] == "COMPLETED", details)
}

#[tokio::test]
async fn a_business_failure_is_cured_as_its_action_says() {
    let simulator = Running::start(failing(|options| options.business_rate = 1.0)).await;
    let (mut passwords, mut unpublished) = (0, 0);
    for n in 0..24 {
        let hash = format!("VIVO-{n}-DOWNLOAD-2025-10");
        let (succeeded, details) = end(&simulator, &hash, "velha").await;
        assert!(!succeeded);
        let action = details["acao_recomendada"].as_str().unwrap();
        if details["codigo_erro"] == "AUTH-401" {
            passwords += 1;
            assert_eq!(details["etapa_falha"], "LOGIN_PORTAL");
            assert_eq!(action, "Atualizar senha no portal VIVO e reenfileirar.");
            assert!(!end(&simulator, &hash, "velha").await.0, "the password is still wrong");
            assert!(end(&simulator, &hash, "nova").await.0);
        } else {
            unpublished += 1;
            assert_eq!(
                (&details["codigo_erro"], &details["etapa_falha"]),
                (&json!("FAT-404"), &json!("BUSCA_FATURA"))
            );
            assert_eq!(action, "Aguardar a publicação da fatura e reenfileirar.");
            assert!(end(&simulator, &hash, "velha").await.0);
        }
    }
    assert!(passwords > 0 && unpublished > 0, "{passwords} {unpublished}");
    let id = simulator
        .robot(&upload_order("VIVO-44556677000188-UPLOAD-2025-10"))
        .await;
    let over = simulator.until_over(&id).await;
    assert_eq!(over["processes"][0]["detalhes"]["codigo_erro"], "AUTH-401");
}

#[tokio::test]
async fn stopping_ends_streams_and_robots() {
    let simulator = Running::start(failing(|options| options.duration_ms = LONG_MS)).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until(&id, &["RUNNING"]).await;
    let stream = simulator.stream(&id, None).await;
    let reading = tokio::spawn(stream.text());
    simulator.stop().await;
    assert!(!reading.await.unwrap().unwrap().contains("event: end"));
}

#[tokio::test]
async fn forgotten_jobs_end_their_streams_too() {
    let simulator = Running::start(failing(|options| options.duration_ms = LONG_MS)).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let stream = simulator.stream(&id, None).await;
    assert_eq!(simulator.delete("/jobs").await.1, json!({ "removidos": 1 }));
    assert!(!stream.text().await.unwrap().contains("event: end"));
}
