//! What strangers, busy users and slow lines may take of the server.

use std::time::Duration;

use axum::http::HeaderMap;
use esteira::auth::authenticate;
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    on_both,
    support::{Client, Fixture, TestApp, eventually},
};

/// Far more than any of these takes, and less than a request may.
const SOON: Duration = Duration::from_secs(10);

/// Sends only the beginning of a request, and says what comes back.
async fn answer_to(url: &str, head: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{head}host: {address}\r\nx-esteira-csrf: 1\r\ncontent-type: application/json\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut line = [0; 12];
    tokio::time::timeout(SOON, stream.read_exact(&mut line))
        .await
        .expect("an answer that does not wait for the body")
        .unwrap();
    String::from_utf8(line.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_made_up_method_is_no_label() {
    esteira::telemetry::recorder::install();
    let test = TestApp::sqlite().await;
    for word in ["INVENTED", "X-Y", "get"] {
        let method = Method::from_bytes(word.as_bytes()).unwrap();
        let stranger = test.stranger();
        stranger.send(stranger.request(method, "/api/v1/operators")).await;
    }
    let text = test.stranger().get("/metrics").await.text();
    let of = |method: &str| {
        let label = format!("esteira_http_request_seconds_count{{method=\"{method}\",");
        text.lines().filter(|line| line.starts_with(&label)).count()
    };
    assert_eq!(["INVENTED", "X-Y", "get"].map(of), [0, 0, 0], "{text}");
    assert_eq!(of("other"), 1, "{text}");
}

on_both!(strangers_send_little, |test| {
    let fixture = Fixture::new(&test, "miudo").await;
    let long = "x".repeat(9_000);
    let body = json!({ "email": "ana@miudo.example", "password": long });
    let refused = test.stranger().post("/api/v1/session", body.clone()).await;
    assert_eq!(refused.refused(413, "too_large")["details"]["limit_bytes"], 8_192);
    // Who has signed in may send more; here the name alone is too long.
    let operator = fixture.manager.post("/api/v1/operators", json!({ "name": long })).await;
    assert_eq!(operator.refused_field().0, "name");

    let announced = "content-length: 1000000\r\n";
    for path in ["session", "setup"] {
        let head = format!("POST /api/v1/{path} HTTP/1.1\r\n{announced}");
        assert_eq!(answer_to(&test.url, &head).await, "HTTP/1.1 413", "{path}");
    }
});

on_both!(a_key_for_repeating_does_not_make_a_stranger_known, |test| {
    let with = |more: &str| {
        format!("POST /api/v1/operators HTTP/1.1\r\ncontent-length: 1000\r\nidempotency-key: k-1\r\n{more}")
    };
    for head in [with(""), with("authorization: Bearer made-up\r\n")] {
        assert_eq!(answer_to(&test.url, &head).await, "HTTP/1.1 401");
    }
});

on_both!(health_answers_when_every_connection_is_taken, |test| {
    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.push(test.app.db.read().await.unwrap());
    }
    let health = tokio::time::timeout(SOON, test.stranger().get("/api/health"))
        .await
        .unwrap();
    let health = health.expect(200);
    assert_eq!(
        (&health["services"]["disk"], health.get("reason")),
        (&json!("available"), None)
    );
    drop(taken);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_says_that_the_disk_has_little_room() {
    let more_than_any = [("ESTEIRA_MIN_FREE_MIB".to_owned(), "1000000000".to_owned())];
    let test = TestApp::start(more_than_any.into()).await;
    let health = test.stranger().get("/api/health").await.expect(503);
    assert_eq!(
        (&health["status"], &health["reason"], &health["services"]["disk"]),
        (&json!("unhealthy"), &json!("disk_low"), &json!("unavailable"))
    );
    assert_eq!(health["services"]["database"], "connected");
}

/// The headers that a client sends, which say who it is.
fn credentials(client: &Client) -> HeaderMap {
    let request = client.request(Method::GET, "/").build().unwrap();
    request.headers().clone()
}

on_both!(one_user_does_not_take_every_heavy_read, |test| {
    let fixture = Fixture::new(&test, "pesado").await;
    let viewer = authenticate(&test.app.auth, &Method::GET, &credentials(&fixture.viewer))
        .await
        .unwrap();
    let mut under_way = Vec::new();
    for _ in 0..4 {
        under_way.push(test.app.shares.heavy_read(&viewer).await.unwrap());
    }
    let paths = [
        "months/2026-10",
        "jobs/stats",
        "queues",
        "search?q=vivo",
        "processes/export",
    ];
    let asked = paths.map(|path| {
        let fixture = &fixture;
        async move {
            let path = format!("/api/v1/{path}");
            let (refused, other) = tokio::join!(fixture.viewer.get(&path), fixture.analyst.get(&path));
            assert_eq!(other.status, 200, "{path}: {}", other.text());
            assert_eq!(refused.headers["retry-after"], "5", "{path}");
            assert_eq!(refused.refused(429, "too_many_at_once")["details"]["most"], 4);
        }
    });
    // They wait at the same time.
    futures_util::future::join_all(asked).await;
    under_way.pop();
    let (one, other) = tokio::join!(
        fixture.viewer.get("/api/v1/queues"),
        fixture.viewer.get("/api/v1/queues")
    );
    assert_eq!((one.status, other.status), (200, 200), "one waits for the other");
});

/// Statements that all requests for Início made so far.
async fn home_statements(test: &TestApp) -> f64 {
    let text = test.stranger().get("/metrics").await.text();
    let start = "esteira_http_statements_total{method=\"GET\",route=\"/api/v1/home\"} ";
    let value = text.lines().find_map(|line| line.strip_prefix(start));
    value.unwrap().parse().unwrap()
}

async fn home(client: Client) -> crate::support::Answer {
    client.get("/api/v1/home").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inicio_is_computed_once_for_all_who_ask_together() {
    esteira::telemetry::recorder::install();
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "inicio").await;
    // Who asks is known from now on.
    home(fixture.viewer.clone()).await.expect(200);
    let before = home_statements(&test).await;
    let alone = home(fixture.viewer.clone()).await.expect(200);
    let one = home_statements(&test).await - before;
    assert!(one > 1.0, "{one}");

    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.push(test.app.db.read().await.unwrap());
    }
    let asked: Vec<_> = (0..20).map(|_| tokio::spawn(home(fixture.viewer.clone()))).collect();
    // Health comes after them, and needs none of these connections.
    for _ in 0..3 {
        test.stranger().get("/api/health").await.expect(200);
    }
    drop(taken);
    for answer in asked {
        assert_eq!(answer.await.unwrap().expect(200), alone);
    }
    let all = home_statements(&test).await - before - one;
    assert!(all <= one * 5.0, "{all} statements, where one takes {one}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_are_counted_for_each_user_and_organisation() {
    let vars = [
        ("ESTEIRA_STREAMS_PER_USER", "2"),
        ("ESTEIRA_STREAMS_PER_ORGANIZATION", "3"),
    ];
    let test = TestApp::start(vars.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).await;
    let (fixture, outsider) = (Fixture::new(&test, "fluxos").await, Fixture::new(&test, "fora").await);
    let open = async |client: &Client| {
        let mut stream = client.request(Method::GET, "/api/v1/events").send().await.unwrap();
        stream.chunk().await.unwrap();
        stream
    };
    let first = open(&fixture.viewer).await;
    let second = open(&fixture.viewer).await;
    assert_eq!(first.status(), 200);
    assert_eq!(second.status(), 200);
    let third = fixture.viewer.get("/api/v1/events").await;
    assert!(third.headers.contains_key("retry-after"));
    assert_eq!(third.refused(429, "too_many_at_once")["details"]["most"], 2);
    let of_another = open(&fixture.analyst).await;
    assert_eq!(of_another.status(), 200);
    let fourth = fixture.manager.get("/api/v1/events").await;
    assert_eq!(fourth.refused(429, "too_many_at_once")["details"]["most"], 3);
    assert_eq!(open(&outsider.viewer).await.status(), 200);
    drop(first);
    eventually("a closed stream is no longer counted", || async {
        open(&fixture.viewer).await.status() == 200
    })
    .await;
}

on_both!(a_proxys_own_credential_does_not_hide_the_session, |test| {
    let fixture = Fixture::new(&test, "proxy").await;
    let behind = |method, path: &str| {
        let request = fixture.manager.request(method, path);
        request.header("authorization", "Basic cHJveHk6c2VjcmV0")
    };
    let session = fixture.manager.send(behind(Method::GET, "/api/v1/session")).await;
    assert_eq!(session.status, 200, "{}", session.text());
    let create = behind(Method::POST, "/api/v1/operators").json(&json!({ "name": "VIVO" }));
    fixture.manager.send(create).await.expect(201);
    let forged = fixture.manager.clone().without_csrf();
    let forged = forged
        .request(Method::POST, "/api/v1/operators")
        .header("authorization", "Basic cHJveHk6c2VjcmV0")
        .json(&json!({ "name": "OI" }));
    fixture.manager.send(forged).await.refused(403, "cross_site_request");

    let token = json!({ "name": "T", "scopes": ["registry:read"], "expires_in_days": 1 });
    let token = fixture.admin.post("/api/v1/tokens", token).await.expect(201);
    let token = token["token"].as_str().unwrap();
    let stranger = test.stranger();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = stranger.request(Method::GET, "/api/v1/operators");
        let answer = stranger
            .send(request.header("authorization", format!("{scheme} {token}")))
            .await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
});

on_both!(a_trickling_upload_is_given_up, |test| {
    let vars = [("ESTEIRA_UPLOAD_PATIENCE_S".to_owned(), "1".to_owned())];
    let mut slow = test.vars().clone();
    slow.extend(vars);
    // The same database, with less patience.
    let config = esteira::config::Config::load(slow)
        .map_err(|problems| format!("{problems:?}"))
        .unwrap();
    let app = esteira::applications::start(config).await.unwrap();
    let url = crate::support::serve(esteira::applications::service(app)).await;
    let fixture = Fixture::new(&test, "gotas").await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let upload = format!(
        "/api/v1/processes/{}/documents?filename=a.pdf",
        processes[0]["id"].as_str().unwrap()
    );
    for path in [upload.as_str(), "/api/v1/clients/import?dry_run=true"] {
        // A byte every twentieth of a second, for half a minute.
        let drops = futures_util::stream::unfold(600, |left: u32| async move {
            let left = left.checked_sub(1)?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, std::io::Error>("%"), left))
        });
        let request = reqwest::Client::new()
            .post(format!("{url}{path}"))
            .headers(credentials(&fixture.manager))
            .body(reqwest::Body::wrap_stream(drops));
        let answer = tokio::time::timeout(SOON, request.send())
            .await
            .expect("it is given up")
            .unwrap();
        assert_eq!(answer.status(), 503, "{path}");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "timeout", "{body}");
    }
});
