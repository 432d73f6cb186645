//! Everything below a path of a host, behind a proxy that passes the path on and behind one that takes it away.

use std::path::Path;

use esteira_shared::permission::Role;
use reqwest::{Method, header};
use serde_json::json;

use crate::support::{Answer, Client, Fixture, TestApp};

/// As [`Fixture`] has it.
const PASSWORD: &str = "correct horse battery";

async fn below(public: &str) -> TestApp {
    TestApp::start([("ESTEIRA_PUBLIC_URL".to_owned(), public.to_owned())].into()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_answers_with_the_path_and_without() {
    let test = below("https://tools.example.com/esteira/").await;
    let fixture = Fixture::new(&test, "abaixo").await;
    fixture
        .manager
        .post("/esteira/api/v1/operators", json!({ "name": "VIVO" }))
        .await
        .expect(201);
    for before in ["", "/esteira"] {
        for (query, found) in [("?q=vivo", 1), ("?q=nada", 0)] {
            let path = format!("{before}/api/v1/operators{query}");
            let page = fixture.viewer.get(&path).await.expect(200);
            assert_eq!(page["items"].as_array().unwrap().len(), found, "{path}");
        }
        let health = test.stranger().get(&format!("{before}/api/health")).await;
        assert_eq!(health.headers["cache-control"], "no-store");
        assert_eq!(health.expect(200)["status"], "healthy");
        let nothing = test.stranger().get(&format!("{before}/api/v1/nothing")).await;
        nothing.refused(404, "not_found");
        let document = test.stranger().get(&format!("{before}/api/openapi.json")).await;
        assert_eq!(document.expect(200)["servers"], json!([{ "url": "/esteira" }]));
        let docs = test.stranger().get(&format!("{before}/api/docs")).await;
        assert_eq!(docs.status, 200);
        assert!(!docs.text().contains("=\"/"), "an address of the root: {}", docs.text());
    }
    let other = test.stranger().get("/esteiras/api/health").await;
    assert!(!other.text().contains("services"), "{}", other.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_names_all_its_files_below_the_path() {
    let test = below("https://tools.example.com/esteira").await;
    let stranger = test.stranger();
    let is_built = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/index.html")).exists();
    for path in ["/esteira", "/esteira/", "/esteira/mes/2026-10", "/", "/mes/2026-10"] {
        let page = stranger.get(path).await;
        if !is_built {
            assert_eq!(page.status, 503, "{path}");
            continue;
        }
        let html = page.text();
        assert!(page.headers.contains_key("content-security-policy"));
        assert!(html.contains("src=\"/esteira/boot-"), "{path}: {html}");
        assert_eq!(
            html.matches("=\"/").count(),
            html.matches("=\"/esteira/").count(),
            "{path}: {html}"
        );
        let request = stranger
            .request(Method::GET, path)
            .header(header::IF_NONE_MATCH, page.headers["etag"].clone());
        assert_eq!(stranger.send(request).await.status, 304, "{path}");
        let files = html.split("=\"/esteira/").skip(1);
        for file in files.filter_map(|rest| rest.split('"').next()) {
            for before in ["", "/esteira"] {
                let found = stranger.get(&format!("{before}/{file}")).await;
                assert_eq!(found.status, 200, "{before}/{file}");
            }
        }
    }
    for missing in ["/esteira/x.js", "/esteira/fonts/none.woff2"] {
        assert_eq!(stranger.get(missing).await.status, 404, "{missing}");
    }
}

/// What the browser is told to keep, each line in its parts: the pair first.
fn told(answer: &Answer) -> Vec<Vec<String>> {
    let lines = answer.headers.get_all(header::SET_COOKIE).iter();
    lines
        .map(|line| line.to_str().unwrap().split("; ").map(str::to_owned).collect())
        .collect()
}

async fn ask(client: &Client, method: Method, cookie: &str) -> Answer {
    let request = client.request(method, "/esteira/api/v1/session");
    client.send(request.header(header::COOKIE, cookie)).await
}

async fn sees_only_its_own_cookie(scheme: &str, name: &str) {
    let test = below(&format!("{scheme}://tools.example.com/esteira")).await;
    let fixture = Fixture::new(&test, "biscoito").await;
    let browser = test
        .stranger()
        .with_host("tools.example.com")
        .with_origin(&format!("{scheme}://tools.example.com"));
    let credentials = json!({ "email": fixture.email(Role::Analyst), "password": PASSWORD });
    // Of an installation at the root of the same host.
    let neighbours = "esteira_session=of-a-neighbour; __Host-esteira_session=of-a-neighbour";
    let request = browser
        .request(Method::POST, "/esteira/api/v1/session")
        .json(&credentials);
    let answer = browser.send(request.header(header::COOKIE, neighbours)).await;
    let lines = told(&answer);
    answer.expect(200);
    assert_eq!(lines.len(), 1, "the neighbour's stay: {lines:?}");
    let (pair, rest) = lines[0].split_first().unwrap();
    let token = pair.strip_prefix(&format!("{name}=")).unwrap();
    let has = |part: &str| rest.iter().any(|one| one == part);
    assert!(
        has("Path=/esteira") && has("HttpOnly") && has("SameSite=Lax"),
        "{lines:?}"
    );
    assert_eq!(has("Secure"), scheme == "https", "{lines:?}");
    assert!(!rest.iter().any(|one| one.starts_with("Domain")), "{lines:?}");

    for cookies in [format!("{neighbours}; {pair}"), format!("{pair}; {neighbours}")] {
        let asked = ask(&browser, Method::GET, &cookies).await;
        assert_eq!(told(&asked), Vec::<Vec<String>>::new());
        asked.expect(200);
    }
    // As a browser that signed in before there was a path.
    let asked = ask(&browser, Method::GET, &format!("esteira_session={token}")).await;
    let lines = told(&asked);
    asked.expect(200);
    assert_eq!(lines.iter().map(|line| &line[0]).collect::<Vec<_>>(), [pair]);

    let out = ask(&browser, Method::DELETE, &format!("{neighbours}; {pair}")).await;
    assert_eq!(out.status, 204);
    let lines = told(&out);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0][0], format!("{name}="));
    assert!(lines[0].iter().any(|part| part == "Path=/esteira"), "{lines:?}");
    ask(&browser, Method::GET, pair).await.refused(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cookie_is_for_the_path_and_leaves_neighbours_alone() {
    sees_only_its_own_cookie("http", "esteira_path_session").await;
    sees_only_its_own_cookie("https", "__Secure-esteira_path_session").await;
}
