//! What those who may read are shown: every reading operation × every role and each right alone × what others keep to
//! themselves.

use std::collections::BTreeSet;

use esteira_shared::permission::{Permission, Role};
use reqwest::Method;
use serde_json::json;

use super::{
    Ids, call,
    ids::worker,
    operations,
    readers::{Reader, fresh, readers},
    tried::Tried,
};
use crate::{
    on_both,
    support::{Fixture, TestApp},
};

/// What stands somewhere in an organisation, and the rights of which one is enough to read it. The audit trail has what
/// was changed as it was.
const SECRETS: [(&str, &[Permission]); 7] = [
    ("segredo-gancho", &[Permission::ManageWebhooks, Permission::ReadAudit]),
    ("segredo-sat", &[Permission::ManageOrganization, Permission::ReadAudit]),
    (
        "segredo-robos",
        &[Permission::ManageOrganization, Permission::ReadAudit],
    ),
    ("segredo-operadora", &[Permission::WriteRegistry, Permission::ReadAudit]),
    ("segredo-pessoa", &[Permission::ManageUsers, Permission::ReadAudit]),
    ("segredo-maquina", &[Permission::ManageEngine]),
    (
        "segredo-correio",
        &[Permission::ManageOrganization, Permission::ReadAudit],
    ),
];

/// Leaves each secret where people leave it, and gives the things to ask for.
async fn kept(test: &TestApp, fixture: &Fixture) -> Ids {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let url = format!("{silent}/segredo-gancho?chave=segredo-gancho");
    let create = json!({ "name": "ERP", "url": url, "events": ["job.failed"] });
    let made = fixture.admin.post("/api/v1/webhooks", create).await.expect(201);
    let webhook = made["endpoint"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/webhooks/{webhook}/test");
    fixture.admin.post(&path, json!({})).await.expect(201);
    // It fails, and its job says so.
    test.run_jobs().await;
    let jobs = fixture.admin.get("/api/v1/jobs?task=deliver_webhook").await.expect(200);
    let job = jobs["items"][0]["id"].as_str().unwrap().to_owned();

    let mut ids = Ids::of(test, fixture).await;
    let operator = json!({ "name": "TIM", "url_endpoint_rpa": "https://robos.example.com/segredo-operadora" });
    let operator = fixture.admin.post("/api/v1/operators", operator).await.expect(201);
    ids.operator = operator["id"].as_str().unwrap().to_owned();
    (ids.webhook, ids.job) = (webhook, job);

    fixture.point_at_sat(&format!("{}/segredo-sat", test.sat_url)).await;
    let robots = json!({
        "url": format!("{}/segredo-robos", test.rpa_url), "honours_keys": true, "max_minutes": 60, "max_running": 5,
        "max_per_operator": 5, "sat_transport": "https", "version": 1,
    });
    fixture.admin.put("/api/v1/robots/settings", robots).await.expect(200);
    let person =
        json!({ "name": "N", "email": "segredo-pessoa@x.example", "role": "viewer", "password": "longa-o-bastante" });
    fixture.admin.post("/api/v1/users", person).await.expect(201);
    worker(test, "segredo-maquina").await;
    ids
}

on_both!(nobody_is_shown_what_others_keep_to_themselves, |test| {
    let fixture = Fixture::new(&test, "guarda").await;
    let ids = kept(&test, &fixture).await;
    let mut tried = Tried::default();
    let mut found = BTreeSet::new();
    let readers = readers(&test, &fixture).await;
    for operation in operations()
        .iter()
        .filter(|one| one.method == Method::GET && one.id != "stream_events")
    {
        for Reader { name, may, client } in &readers {
            let (status, text) = call(client, operation, &ids.path(&operation.path), &ids).await;
            tried.count("shown");
            assert!(status < 500, "{name} at {}: {status} {text}", operation.id);
            for (secret, any_of) in SECRETS {
                if !text.contains(secret) {
                    continue;
                }
                assert!(
                    any_of.iter().any(|right| may.contains(right)),
                    "{name} reads {secret} at {}: {text}",
                    operation.id
                );
                found.insert(secret);
            }
        }
    }
    assert_eq!(found.len(), SECRETS.len(), "each is there to be read: {found:?}");

    // From now on the workers are not this organisation's alone.
    let other = Fixture::new(&test, "vizinha").await;
    for of in [&fixture, &other] {
        for role in Role::ALL {
            let client = fresh(&test, of, *role).await;
            let seen = client.get("/api/v1/workers").await;
            tried.count("workers of several");
            assert_eq!(seen.status, 200);
            assert!(!seen.text().contains("segredo-maquina"), "{role}: {}", seen.text());
        }
    }
    tried.at_least(&[("shown", 800), ("workers of several", 8)]);
});
