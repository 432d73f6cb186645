//! Addresses may hold secrets: whoever may not set one sees its scheme and host alone, and hears of no change to what they
//! may not read.

use axum::{Router, http::StatusCode};
use esteira_shared::permission::{Permission, Role};
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Client, Fixture, serve},
};

/// Everything of the jobs of a task that whoever reads jobs reads.
async fn told_of(reader: &Client, task: &str) -> String {
    let page = reader.get(&format!("/api/v1/jobs?task={task}")).await.expect(200);
    let mut all = page.to_string();
    for job in page["items"].as_array().unwrap() {
        let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
        all.push_str(&reader.get(&path).await.expect(200).to_string());
    }
    all
}

on_both!(jobs_tell_nothing_of_the_secrets_in_a_webhook, |test| {
    let fixture = Fixture::new(&test, "gancho").await;
    let gone = serve(Router::new().fallback(|_: String| async { StatusCode::GONE })).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let create = json!({ "name": "Máquina", "scopes": [Permission::ReadJobs], "expires_in_days": 1 });
    let token = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    let machine = Client::new(&test.url)
        .with_bearer(token["token"].as_str().unwrap())
        .without_csrf();
    for (name, base) in [("gone", &gone), ("silent", &silent)] {
        let url = format!("{base}/segredo-no-caminho?chave=segredo-na-busca");
        let create = json!({ "name": name, "url": url, "events": ["job.failed"] });
        let made = fixture.admin.post("/api/v1/webhooks", create).await.expect(201);
        let path = format!("/api/v1/webhooks/{}/test", made["endpoint"]["id"].as_str().unwrap());
        fixture.admin.post(&path, json!({})).await.expect(201);
        test.run_jobs().await;
    }
    for reader in [&fixture.viewer, &machine] {
        let told = told_of(reader, "deliver_webhook").await;
        assert!(told.contains(&gone) && told.contains(&silent), "{told}");
        assert!(!told.contains("segredo"), "{told}");
        let told = told_of(reader, "send_email").await;
        assert!(!told.contains("segredo"), "{told}");
    }
    // The receiver that is gone is told to administrators by e-mail, without what may be secret in its address.
    let letters = fixture.admin.get("/api/v1/emails").await.expect(200);
    let path = format!("/api/v1/emails/{}", letters["items"][0]["id"].as_str().unwrap());
    let letter = fixture.admin.get(&path).await.expect(200).to_string();
    assert!(letter.contains(&gone) && !letter.contains("segredo"), "{letter}");
});

on_both!(an_address_is_whole_only_for_whoever_may_set_it, |test| {
    let fixture = Fixture::new(&test, "enderecos").await;
    let sat = format!("{}/segredo", test.sat_url);
    fixture.point_at_sat(&sat).await;
    let create = json!({ "name": "TIM", "url_endpoint_rpa": "https://robos.example.com:8443/segredo?x=1" });
    let operator = fixture.admin.post("/api/v1/operators", create).await.expect(201);
    let one = format!("/api/v1/operators/{}", operator["id"].as_str().unwrap());
    let readers = [&fixture.viewer, &fixture.analyst, &fixture.manager, &fixture.admin];
    for (reader, role) in readers.into_iter().zip(Role::ALL) {
        let session = reader.get("/api/v1/session").await.expect(200);
        let expected = match role.allows(Permission::ManageOrganization) {
            true => json!(sat),
            false => Value::Null,
        };
        assert_eq!(session["organization"]["sat_url"], expected, "{role}");
        let expected = match role.allows(Permission::WriteRegistry) {
            true => "https://robos.example.com:8443/segredo?x=1",
            false => "https://robos.example.com:8443",
        };
        let listed = reader.get("/api/v1/operators").await.expect(200);
        for operator in [&listed["items"][0], &reader.get(&one).await.expect(200)] {
            assert_eq!(operator["url_endpoint_rpa"], expected, "{role}");
        }
    }
});

on_both!(a_stream_tells_only_of_what_its_reader_may_read, |test| {
    let fixture = Fixture::new(&test, "ouvinte").await;
    let open = async |reader: &Client| {
        let request = reader.request(reqwest::Method::GET, "/api/v1/events");
        let mut stream = request.send().await.unwrap();
        assert!(stream.chunk().await.unwrap().unwrap().starts_with(b"event: hello"));
        stream
    };
    let create =
        json!({ "name": "ERP", "scopes": [Permission::ManageTokens, Permission::ReadRegistry], "expires_in_days": 1 });
    let made = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    let machine = Client::new(&test.url)
        .with_bearer(made["token"].as_str().unwrap())
        .without_csrf();
    let streams = [
        open(&fixture.viewer).await,
        open(&machine).await,
        open(&fixture.admin).await,
    ];
    let user = json!({ "name": "N", "email": "n@ouvinte.example", "role": "viewer", "password": "longa-o-bastante" });
    fixture.admin.post("/api/v1/users", user).await.expect(201);
    let token = json!({ "name": "T", "scopes": ["jobs:read"], "expires_in_days": 1 });
    fixture.admin.post("/api/v1/tokens", token).await.expect(201);
    let webhook = json!({ "name": "W", "url": "https://hooks.example.com", "events": ["job.failed"] });
    fixture.admin.post("/api/v1/webhooks", webhook).await.expect(201);
    // The last one, which everybody here may read.
    fixture
        .manager
        .post("/api/v1/operators", json!({ "name": "TIM" }))
        .await
        .expect(201);
    let private = ["users", "tokens", "webhooks"];
    let heard_by: [&[&str]; 3] = [&[], &["tokens"], &private];
    for (mut stream, expected) in streams.into_iter().zip(heard_by) {
        let mut told = String::new();
        while !told.contains("\"operators\"") {
            told.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
        }
        let heard: Vec<&str> = private
            .into_iter()
            .filter(|topic| told.contains(&format!("\"{topic}\"")))
            .collect();
        assert_eq!(heard, expected, "{told}");
    }
});
