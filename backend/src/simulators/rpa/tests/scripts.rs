//! Scripts.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::*;

async fn scripted(script: Value) -> Running {
    let simulator = Running::start(RpaOptions::default()).await;
    assert_eq!(simulator.put(&format!("/roteiros/{HASH}"), script).await, 200);
    simulator
}

#[tokio::test]
async fn a_payload_is_told_byte_for_byte() {
    let payload = "\n{ \"success\" : true,\t\"valor\": 1.10,  \"novo\": {\"a\\u00e9\": null},\n \"processes\":[], \"processes\":[ 1e2 ] }\n";
    let simulator = scripted(json!({ "payload": payload })).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until_over(&id).await;
    let told = simulator.send(Method::GET, &format!("/jobs/{id}"), None).await;
    assert_eq!(told.headers()["content-type"], "application/json");
    let head = format!("\n{{\"job_id\":\"{id}\",\"status\":\"COMPLETED\",\"progress\":100,");
    assert_eq!(told.text().await.unwrap(), payload.replacen("\n{", &head, 1));
}

#[tokio::test]
async fn the_status_follows_the_payload_unless_it_is_told() {
    let cases = [
        (json!({ "payload": "{\"success\":false}" }), "FAILED"),
        (json!({ "payload": "{}" }), "COMPLETED"),
        (
            json!({ "payload": "{\"success\":true}", "final_status": "FAILED" }),
            "FAILED",
        ),
        (json!({ "final_status": "CANCELLED" }), "CANCELLED"),
        (json!({ "final_status": "FAILED" }), "FAILED"),
    ];
    for (script, expected) in cases {
        let simulator = scripted(script.clone()).await;
        let id = simulator.robot(&order(HASH, "segredo")).await;
        assert_eq!(simulator.until_over(&id).await["status"], expected, "{script}");
    }
}

#[tokio::test]
async fn the_status_is_answered_as_scripted_and_then_truly() {
    let simulator = scripted(json!({ "http": [500, 401, "html", "not_json", "cut", "no_processes"] })).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let path = format!("/jobs/{id}");
    assert_eq!(simulator.get(&path).await.0, 500);
    assert_eq!(simulator.get(&path).await.0, 401);
    let page = simulator.send(Method::GET, &path, None).await;
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    let broken = simulator.send(Method::GET, &path, None).await;
    assert_eq!(broken.status(), 200);
    assert!(serde_json::from_str::<Value>(&broken.text().await.unwrap()).is_err());
    let cut = match simulator.client.get(format!("{}{path}", simulator.base)).send().await {
        Ok(response) => response.text().await.is_err(),
        Err(_) => true,
    };
    assert!(cut);
    let bare = simulator.get(&path).await.1;
    assert_eq!((&bare["status"], &bare["success"]), (&json!("COMPLETED"), &json!(true)));
    assert!(bare.get("processes").is_none());
    assert!(simulator.until_over(&id).await["processes"].is_array());
}

#[tokio::test]
async fn the_log_is_answered_as_scripted_and_then_truly() {
    let simulator = scripted(json!({ "logs": ["um", "dois"], "logs_http": [404, "not_json", "cut"] })).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until_over(&id).await;
    assert_eq!(simulator.stream(&id, None).await.status(), 404);
    let broken = simulator.stream(&id, None).await.text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&broken).is_err(), "{broken}");
    let path = format!("/jobs/{id}/logs");
    let cut = match simulator.client.get(format!("{}{path}", simulator.base)).send().await {
        Ok(response) => response.text().await.is_err(),
        Err(_) => true,
    };
    assert!(cut);
    assert_eq!(simulator.get(&path).await.1["logs"][1]["message"], "dois");
}

async fn robots(simulator: &Running) -> Value {
    simulator.get("/contagem").await.1["robos"].clone()
}

#[tokio::test]
async fn a_scripted_status_starts_nothing_and_a_spoiled_answer_does() {
    let simulator = scripted(json!({ "start_http": [503, "not_json", "no_processes"] })).await;
    assert_eq!(simulator.execute("k1", &order(HASH, "segredo")).await.0, 503);
    assert_eq!(robots(&simulator).await, 0);
    assert_eq!(
        simulator.execute("k1", &order(HASH, "segredo")).await,
        (202, Value::Null)
    );
    assert_eq!(robots(&simulator).await, 1);
    assert_eq!(simulator.execute("k1", &order(HASH, "segredo")).await, (200, json!({})));
    let (status, answer) = simulator.execute("k1", &order(HASH, "segredo")).await;
    assert_eq!(status, 200);
    simulator.until_over(&id_in(&answer)).await;
    assert_eq!(robots(&simulator).await, 1);
}

#[tokio::test]
async fn a_hanging_answer_ends_with_the_simulator() {
    let simulator = scripted(json!({ "start_http": ["hang"], "duration_ms": LONG_MS.0 })).await;
    let request = simulator.client.post(format!("{}/executar/VIVO", simulator.base));
    let asking = tokio::spawn(request.json(&order(HASH, "segredo")).send());
    simulator.until_counted("robos", 1).await;
    assert!(!asking.is_finished());
    simulator.stop().await;
    assert_eq!(asking.await.unwrap().unwrap().status(), 503);
}

#[tokio::test]
async fn progress_and_cancellation_follow_the_script() {
    let script = json!({ "progress": [40, 10.5, -3, 250], "cancel": "refuse", "duration_ms": LONG_MS.0 });
    let simulator = scripted(script).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let path = format!("/jobs/{id}");
    for told in [json!(40), json!(10.5), json!(-3), json!(250), json!(0)] {
        assert_eq!(simulator.get(&path).await.1["progress"], told);
    }
    assert_eq!(simulator.delete(&path).await.0, 409);
    assert_eq!(simulator.delete("/roteiros").await.1, json!({ "removidos": 1 }));
    assert_eq!(simulator.delete(&path).await.0, 202);
}

#[tokio::test]
async fn log_lines_may_be_anything() {
    let bytes = b"{\"n\":3,\"message\":\"\xff\xfe\0 nada\"";
    let script = json!({ "logs": ["<script>", "\u{1b}[31m linha"], "log_bytes_base64": BASE64_STANDARD.encode(bytes) });
    let simulator = scripted(script).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until_over(&id).await;
    let (_, whole) = simulator.get(&format!("/jobs/{id}/logs")).await;
    let lines = whole["logs"].as_array().unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        (&lines[0]["message"], &lines[1]["message"]),
        (&json!("<script>"), &json!("\u{1b}[31m linha"))
    );
    let stream = simulator.stream(&id, Some("2")).await.bytes().await.unwrap();
    let expected = [b"id: 3\ndata: ".as_slice(), bytes, b"\n\nevent: end\n"].concat();
    assert!(stream.starts_with(&expected), "{stream:?}");
}

#[tokio::test]
async fn a_script_that_says_nonsense_is_refused() {
    let simulator = Running::start(RpaOptions::default()).await;
    let path = format!("/roteiros/{HASH}");
    assert_eq!(simulator.put(&path, json!({ "http": [42] })).await, 400);
    assert_eq!(simulator.put(&path, json!({ "logs_http": [42] })).await, 400);
    assert_eq!(simulator.put(&path, json!({ "http": ["explode"] })).await, 422);
    assert_eq!(simulator.put(&path, json!({ "duration_ms": u64::MAX })).await, 400);
    assert_eq!(simulator.put(&path, json!({ "log_bytes_base64": "?" })).await, 422);
    assert_eq!(simulator.put(&path, json!({ "payloads": "{}" })).await, 422);
    assert_eq!(simulator.delete("/roteiros").await.1, json!({ "removidos": 0 }));
}
