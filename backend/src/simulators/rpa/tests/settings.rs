//! Options and the token.

use super::*;

#[tokio::test]
async fn options_change_while_it_runs() {
    let simulator = Running::start(RpaOptions {
        seed: 3,
        token: Some("fake-token".to_owned()),
        ..RpaOptions::default()
    })
    .await;
    assert_eq!(simulator.put("/opcoes", json!({ "failure_rate": 2.0 })).await, 400);
    assert_eq!(simulator.put("/opcoes", json!({ "log_lines": [2, 1] })).await, 400);
    assert_eq!(simulator.put("/opcoes", json!({ "falure_rate": 1.0 })).await, 422);
    let change = json!({ "duration_ms": [1, 3], "log_lines": [0, 5], "sse": false, "bucket": "faturas" });
    assert_eq!(simulator.put("/opcoes", change).await, 200);
    let expected = json!({
        "latency_ms": [0, 0], "pending_ms": [0, 0], "duration_ms": [1, 3], "failure_rate": 0.0, "business_rate": 0.0,
        "technical_rate": 0.0, "lost_answer_rate": 0.0, "vanish_rate": 0.0, "log_lines": [0, 5], "cancel_ms": [0, 0],
        "cancel_refused_rate": 0.0, "numeric_ids": false, "honours_keys": true, "sse": false, "seed": 3,
        "bucket": "faturas",
    });
    assert_eq!(simulator.get("/opcoes").await.1, expected);
    assert_eq!(simulator.get("/saude").await.0, 401, "the token stays, and is not told");
}

#[tokio::test]
async fn options_that_contradict_themselves_start_nothing() {
    let options = RpaOptions {
        pending_ms: (2, 1),
        ..RpaOptions::default()
    };
    assert!(RpaSimulator::new(options).is_err());
}

#[tokio::test]
async fn every_call_may_fail() {
    let simulator = Running::start(RpaOptions::default()).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until_over(&id).await;
    assert_eq!(simulator.put("/opcoes", json!({ "failure_rate": 1.0 })).await, 200);
    assert_eq!(simulator.execute("", &order(HASH, "segredo")).await.0, 500);
    let (status, logs) = (format!("/jobs/{id}"), format!("/jobs/{id}/logs"));
    for path in ["/saude", "/jobs/unknown", status.as_str(), logs.as_str()] {
        assert_eq!(simulator.get(path).await.0, 500, "{path}");
    }
    assert_eq!(simulator.delete(&format!("/jobs/{id}")).await.0, 500);
    assert_eq!(
        simulator.get("/contagem").await.1["robos"],
        1,
        "a start that failed started nothing"
    );
}

#[tokio::test]
async fn without_the_token_nothing_is_told_or_started() {
    let simulator = Running::start(RpaOptions {
        token: Some("fake-token".to_owned()),
        ..RpaOptions::default()
    })
    .await;
    let url = |path: &str| format!("{}{path}", simulator.base);
    let start = async |token: &str| {
        let request = simulator.client.post(url("/executar/VIVO")).bearer_auth(token);
        request.json(&order(HASH, "segredo")).send().await.unwrap()
    };
    assert_eq!(start("other").await.status(), 401);
    assert_eq!(simulator.execute("", &order(HASH, "segredo")).await.0, 401);
    let id = id_in(&start("fake-token").await.json().await.unwrap());
    for path in [format!("/jobs/{id}"), format!("/jobs/{id}/logs"), "/saude".to_owned()] {
        let (status, answer) = simulator.get(&path).await;
        assert_eq!(status, 401, "{path}");
        assert!(answer["erro"].is_string());
        let with_token = simulator
            .client
            .get(url(&path))
            .bearer_auth("fake-token")
            .send()
            .await
            .unwrap();
        assert_eq!(with_token.status(), 200, "{path}");
    }
    assert_eq!(simulator.delete(&format!("/jobs/{id}")).await.0, 401);
    for path in ["/opcoes", "/contagem", "/jobs"] {
        assert_eq!(simulator.get(path).await.0, 200, "{path}");
    }
    assert_eq!(simulator.get("/contagem").await.1["robos"], 1);
    let health = simulator
        .client
        .get(url("/saude"))
        .bearer_auth("fake-token")
        .send()
        .await
        .unwrap();
    let expected = json!({ "sistema": "Simulador de robôs", "situacao": "ok" });
    assert_eq!(health.json::<Value>().await.unwrap(), expected);
}
