//! A disk that is full, and then is not.

use std::process::Stdio;

use esteira::config::Vars;
use serde_json::json;

use super::{free_port, small_disk::SmallDisk};
use crate::support::{Client, SETUP_CODE, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_forgotten_when_there_is_room() {
    if !SmallDisk::is_allowed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let vars = [
        ("ESTEIRA_LISTEN", format!("127.0.0.1:{port}")),
        ("ESTEIRA_OUTBOUND_ALLOW_PRIVATE", "true".to_owned()),
        ("ESTEIRA_SETUP_CODE", SETUP_CODE.to_owned()),
    ];
    let vars: Vars = vars.map(|(name, value)| (name.to_owned(), value)).into();
    let mut disk = SmallDisk::start(folder.path(), 12, "true", &vars, Stdio::null());
    let base = format!("http://127.0.0.1:{port}");
    let up = || async {
        reqwest::get(format!("{base}/api/health"))
            .await
            .is_ok_and(|answer| answer.status().is_success())
    };
    eventually("the server is up", up).await;
    let mut admin = Client::new(&base);
    let password = "correct horse battery";
    let create = json!({
        "code": SETUP_CODE, "organization_name": "Disco", "name": "Ana", "email": "ana@disco.example",
        "password": password,
    });
    admin.post("/api/v1/setup", create).await.expect(201);
    admin.sign_in("ana@disco.example", password).await.expect(200);
    // Nobody works on them, so that what was accepted can be counted.
    admin.post("/api/v1/queues/default/pause", json!({})).await.expect(200);
    let create = json!({ "name": "N".repeat(80), "url": "http://127.0.0.1:9/", "events": ["job.failed"] });
    let made = admin.post("/api/v1/webhooks", create).await.expect(201);
    let id = made["endpoint"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/webhooks/{id}/test");

    let mut accepted = 0;
    let refused = loop {
        let answer = admin.post(&path, json!({})).await;
        if answer.status != 201 {
            break answer;
        }
        accepted += 1;
        assert!(accepted < 20_000, "twelve megabytes are never full");
    };
    refused.refused(503, "database_unavailable");
    // Reading goes on, and refusing does not end the program.
    let webhook = admin.get(&format!("/api/v1/webhooks/{id}")).await.expect(200);
    assert_eq!(webhook["pending"], accepted);
    admin.post(&path, json!({})).await.refused(503, "database_unavailable");

    let health = Client::new(&base).get("/api/health").await.expect(503);
    assert_eq!(
        (&health["reason"], &health["services"]["disk"]),
        (&json!("disk_full"), &json!("unavailable"))
    );

    disk.enlarge(64);
    eventually("it takes work again, without a restart", || async {
        admin.post(&path, json!({})).await.status == 201
    })
    .await;
    eventually("it is well again", up).await;
    let webhook = admin.get(&format!("/api/v1/webhooks/{id}")).await.expect(200);
    assert_eq!(
        webhook["pending"],
        accepted + 1,
        "what was accepted is there, what was refused is not"
    );
    println!("full after {accepted} messages");
}
