//! Under which names one comes in, the code of the first visit, and the cookie.

use esteira_shared::permission::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::PASSWORD;
use crate::{
    on_both,
    support::{Answer, Client, Fixture, SETUP_CODE, TestApp},
};

fn first(code: &str, password: &str) -> Value {
    json!({
        "code": code, "organization_name": "Primeira", "name": "Ana Souza", "email": "ana.souza@example.com",
        "password": password,
    })
}

async fn with_setting(name: &str, value: &str) -> TestApp {
    TestApp::start([(name.to_owned(), value.to_owned())].into()).await
}

on_both!(the_first_visit_needs_the_code, |test| {
    let stranger = test.stranger();
    for code in ["code-of-the-test", "another-long-code"] {
        let refused = stranger
            .post("/api/v1/setup", first(code, PASSWORD))
            .await
            .refused_field();
        assert_eq!(refused, ("code".to_owned(), "wrong_code".to_owned()));
    }
    let none = json!({
        "organization_name": "Primeira", "name": "Ana", "email": "ana@example.com", "password": PASSWORD,
    });
    let refused = stranger.post("/api/v1/setup", none).await.refused_field();
    assert_eq!(refused, ("code".to_owned(), "required".to_owned()));
    assert_eq!(stranger.get("/api/v1/setup").await.expect(200)["needed"], true);
    for weak in [
        "ana.souza@example.com",
        "Souza12345",
        "Flamengo2024",
        "1234567890",
        "           ",
    ] {
        let refused = stranger
            .post("/api/v1/setup", first(SETUP_CODE, weak))
            .await
            .refused_field();
        assert_eq!(
            refused,
            ("password".to_owned(), "easily_guessed".to_owned()),
            "{weak:?}"
        );
    }
    // As people type it.
    let typed = format!(" {} ", SETUP_CODE.to_uppercase().replace('-', " "));
    stranger
        .post("/api/v1/setup", first(&typed, PASSWORD))
        .await
        .expect(201);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebound_name_neither_sets_up_nor_signs_in() {
    esteira::telemetry::recorder::install();
    let test = with_setting("ESTEIRA_ALLOWED_HOSTS", "esteira.internal").await;
    let rebound = test.stranger().with_host("rebound.example");
    rebound.get("/api/v1/setup").await.refused(403, "host_not_allowed");
    let setup = rebound.post("/api/v1/setup", first(SETUP_CODE, PASSWORD)).await;
    let told = setup.refused(403, "host_not_allowed");
    let remedy = told["message"].as_str().unwrap();
    assert!(
        remedy.contains("rebound.example") && remedy.contains("ESTEIRA_ALLOWED_HOSTS"),
        "{remedy}"
    );
    let fixture = Fixture::new(&test, "nomes").await;
    let email = fixture.email(Role::Admin);
    rebound
        .clone()
        .sign_in(&email, PASSWORD)
        .await
        .refused(403, "host_not_allowed");
    rebound.get("/metrics").await.refused(403, "host_not_allowed");
    for known in ["localhost:8080", "esteira.internal", "[::1]:9999"] {
        let mut client = test.stranger().with_host(known);
        client.sign_in(&email, PASSWORD).await.expect(200);
        assert_eq!(client.get("/metrics").await.status, 200, "{known}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_token_the_name_of_the_measurements_does_not_matter() {
    esteira::telemetry::recorder::install();
    let test = with_setting("ESTEIRA_METRICS_TOKEN", "scrape").await;
    let prometheus = test.stranger().with_host("10.0.0.7:8080").with_bearer("scrape");
    assert_eq!(prometheus.get("/metrics").await.status, 200);
}

/// What the browser is told to keep: name and value of each; without a value, to remove it.
fn cookies(answer: &Answer) -> Vec<(String, String)> {
    let lines = answer.headers.get_all("set-cookie").iter();
    lines
        .map(|line| {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

async fn ask(client: &Client, method: Method, path: &str, cookie: &str) -> Answer {
    let request = client.request(method, path).header("cookie", cookie);
    client.send(request).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_https_the_cookie_is_bound_to_the_name_and_nobody_is_signed_out() {
    let test = with_setting("ESTEIRA_PUBLIC_URL", "https://esteira.example.com").await;
    let fixture = Fixture::new(&test, "biscoito").await;
    let browser = test
        .stranger()
        .with_host("esteira.example.com")
        .with_origin("https://esteira.example.com");
    let credentials = json!({ "email": fixture.email(Role::Analyst), "password": PASSWORD });
    let answer = browser.post("/api/v1/session", credentials).await;
    let line = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(line.starts_with("__Host-esteira_session="), "{line}");
    assert!(
        line.contains("Secure") && line.contains("HttpOnly") && line.contains("Path=/") && !line.contains("Domain"),
        "{line}"
    );
    let (_, token) = cookies(&answer).pop().unwrap();
    // As a browser that signed in before the name changed.
    let old = format!("esteira_session={token}");
    ask(&browser, Method::GET, "/api/v1/operators", &old).await.expect(200);
    let asked = ask(&browser, Method::GET, "/api/v1/session", &old).await;
    let mut told = cookies(&asked);
    told.sort();
    let expected = [("__Host-esteira_session", token.as_str()), ("esteira_session", "")];
    assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let new = format!("__Host-esteira_session={token}");
    let asked = ask(&browser, Method::GET, "/api/v1/session", &new).await;
    assert!(cookies(&asked).is_empty());
    // The new name wins over what a neighbouring name may have set.
    let both = format!("esteira_session=of-somebody-else; {new}");
    ask(&browser, Method::GET, "/api/v1/session", &both).await.expect(200);
    let out = ask(&browser, Method::DELETE, "/api/v1/session", &new).await;
    assert_eq!(cookies(&out), [("__Host-esteira_session".to_owned(), String::new())]);
    ask(&browser, Method::GET, "/api/v1/session", &new)
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_https_pages_over_http_and_extensions_are_foreign() {
    let test = with_setting("ESTEIRA_PUBLIC_URL", "https://esteira.example.com").await;
    let fixture = Fixture::new(&test, "origem").await;
    let body = json!({ "email": fixture.email(Role::Analyst), "password": PASSWORD });
    let from = |origin: &str| test.stranger().with_host("esteira.example.com").with_origin(origin);
    for foreign in [
        "http://esteira.example.com",
        "chrome-extension://esteira.example.com",
        "moz-extension://0196b7f0",
        "null",
        "https://evil.example",
    ] {
        let answer = from(foreign).post("/api/v1/session", body.clone()).await;
        answer.refused(403, "cross_site_request");
    }
    let answer = from("https://esteira.example.com").post("/api/v1/session", body).await;
    answer.expect(200);
}
