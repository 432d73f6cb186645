//! The page, headers, the API document, health and measurements.

use serde_json::Value;

use crate::{
    on_both,
    support::{Fixture, TestApp},
};

on_both!(health_has_the_documented_shape, |test| {
    let body = test.stranger().get("/api/health").await.expect(200);
    assert_eq!(body["status"], "healthy");
    let services = &body["services"];
    assert_eq!(
        (&services["database"], &services["storage"], &services["queue"]),
        (&"connected".into(), &"connected".into(), &"available".into())
    );
    assert!(body["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')));
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_asset_is_404_and_never_the_page() {
    let test = TestApp::sqlite().await;
    for path in ["/esteira-0123456789abcdef_bg.wasm", "/x.js", "/fonts/none.woff2"] {
        let answer = test.stranger().get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("<html"), "{path}");
    }
    test.stranger().get("/api/v1/nothing").await.refused(404, "not_found");
    test.stranger()
        .delete("/api/health")
        .await
        .refused(405, "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browsers_are_told_to_be_strict() {
    let test = TestApp::sqlite().await;
    let answer = test.stranger().get("/").await;
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self' 'wasm-unsafe-eval'"),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.headers[name], value);
    }
    let api = test.stranger().get("/api/v1/setup").await;
    assert_eq!(api.headers["cache-control"], "no-store");
    assert!(api.headers.contains_key("x-request-id"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_id_is_taken_over_when_it_is_a_plain_word() {
    let test = TestApp::sqlite().await;
    let with = async |id: &str| {
        let client = test.stranger();
        let request = client
            .request(reqwest::Method::GET, "/api/v1/none")
            .header("x-request-id", id);
        client.send(request).await.expect(404)["request_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(with("trace-12345").await, "trace-12345");
    assert_ne!(with("a b").await, "a b");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_kept_api_document_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let generated = esteira::applications::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("ESTEIRA_TEST_UPDATE").is_some() {
        std::fs::write(path, &generated).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == generated,
        "docs/openapi.json is not what the code says; write it with: esteira openapi > docs/openapi.json"
    );
    let test = TestApp::sqlite().await;
    let served: Value = test.stranger().get("/api/openapi.json").await.expect(200);
    assert_eq!(served, serde_json::from_str::<Value>(&generated).unwrap());
    for file in ["/api/docs", "/api/docs/docs.js", "/api/docs/docs.css"] {
        assert_eq!(test.stranger().get(file).await.status, 200);
    }
    let mut dangling = Vec::new();
    collect_dangling(&served, &served, &mut dangling);
    assert!(dangling.is_empty(), "{dangling:?}");
    let every = served["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    for operation in every {
        assert!(
            operation["summary"].as_str().is_some_and(|text| text.len() > 5),
            "{operation}"
        );
    }
}

/// References that lead nowhere.
fn collect_dangling(document: &Value, part: &Value, dangling: &mut Vec<String>) {
    match part {
        Value::Object(fields) => {
            if let Some(target) = fields.get("$ref").and_then(Value::as_str)
                && document.pointer(target.trim_start_matches('#')).is_none()
            {
                dangling.push(target.to_owned());
            }
            fields
                .values()
                .for_each(|value| collect_dangling(document, value, dangling));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|value| collect_dangling(document, value, dangling)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measurements_are_for_the_machine_itself_or_the_token() {
    esteira::telemetry::recorder::install();
    let test = TestApp::sqlite().await;
    test.stranger().get("/api/health").await.expect(200);
    let fixture = crate::support::Fixture::new(&test, "medida").await;
    let key = uuid::Uuid::now_v7().to_string();
    crate::queue::put(&test, vec![crate::queue::probe(fixture.organization, &key, &["ok"])]).await;
    let text = test.stranger().get("/metrics").await.text();
    for line in [
        "esteira_http_request_seconds",
        "esteira_queue_waiting{queue=\"default\"} 1",
        "esteira_workers{state=\"alive\"} 0",
    ] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    let guarded = TestApp::start([("ESTEIRA_METRICS_TOKEN".to_owned(), "scrape".to_owned())].into()).await;
    guarded.stranger().get("/metrics").await.refused(404, "not_found");
    assert_eq!(
        guarded.stranger().with_bearer("scrape").get("/metrics").await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_json_names_the_place() {
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "json").await;
    let send = async |mime: &str, body: &str| {
        let request = fixture
            .manager
            .request(reqwest::Method::POST, "/api/v1/operators")
            .header("content-type", mime);
        fixture.manager.send(request.body(body.to_owned())).await
    };
    send("text/plain", "{}").await.refused(415, "unsupported_media_type");
    send("application/json", "{\"name\":")
        .await
        .refused(400, "malformed_request");
    assert_eq!(
        send("application/json", "{}").await.refused_field(),
        ("name".to_owned(), "required".to_owned())
    );
    assert_eq!(
        send("application/json", "{\"name\":7}").await.refused_field(),
        ("name".to_owned(), "invalid".to_owned())
    );
    let big = format!("{{\"name\":\"{}\"}}", "x".repeat(2_000_000));
    send("application/json", &big).await.refused(413, "too_large");
}
