#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{Router, response::Redirect, routing::get};
use tokio::net::TcpListener;

use super::*;

async fn serve() -> (u16, Arc<AtomicUsize>) {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = hits.clone();
    let app = Router::new()
        .route("/moved", get(|| async { Redirect::temporary("/inside") }))
        .route(
            "/inside",
            get(async move || {
                counted.fetch_add(1, Ordering::SeqCst);
                "inside"
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (port, hits)
}

#[tokio::test]
async fn every_spelling_of_a_private_address_is_refused() {
    let (port, hits) = serve().await;
    let outbound = Outbound::new(false).unwrap();
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "１２７.0.0.1",
    ] {
        let built = outbound.get(&format!("http://{host}:{port}/inside"));
        assert!(matches!(built, Err(OutboundError::PrivateAddress(_))), "{host}");
    }
    // With credentials in front, the host is still the host.
    assert!(
        outbound
            .get(&format!("http://example.com@127.0.0.1:{port}/inside"))
            .is_err()
    );
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_refused_when_connecting() {
    let (port, hits) = serve().await;
    let outbound = Outbound::new(false).unwrap();
    let error = outbound
        .get(&format!("http://localhost:{port}/inside"))
        .unwrap()
        .send()
        .await
        .unwrap_err();
    assert!(
        matches!(refused_address(&error), Some(OutboundError::PrivateAddress(name)) if name == "localhost"),
        "{error:?}"
    );
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn private_addresses_can_be_allowed() {
    let (port, hits) = serve().await;
    let outbound = Outbound::new(true).unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let answer = outbound
            .get(&format!("http://{host}:{port}/inside"))
            .unwrap()
            .send()
            .await
            .unwrap();
        assert_eq!(answer.text().await.unwrap(), "inside");
    }
    assert_eq!(hits.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (port, hits) = serve().await;
    let outbound = Outbound::new(true).unwrap();
    let answer = outbound
        .get(&format!("http://127.0.0.1:{port}/moved"))
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[test]
fn only_web_addresses_are_called() {
    let outbound = Outbound::new(true).unwrap();
    for url in [
        "",
        "example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "http://",
        "data:text/plain,x",
    ] {
        assert!(matches!(outbound.post(url), Err(OutboundError::BadUrl)), "{url}");
    }
    assert!(outbound.post("https://sat.example.com/api/").is_ok());
}

#[test]
fn an_address_is_shown_without_what_may_be_secret() {
    for (url, shown) in [
        (
            "https://hooks.example.com/T0/B0/secret?token=x#y",
            "https://hooks.example.com",
        ),
        ("http://ana:senha@10.0.0.1:8080/", "http://10.0.0.1:8080"),
        ("https://[::1]:8443/x", "https://[::1]:8443"),
        ("data:text/plain,secret", "…"),
        ("secret", "…"),
        ("", "…"),
    ] {
        assert_eq!(shown_address(url), shown);
    }
}
