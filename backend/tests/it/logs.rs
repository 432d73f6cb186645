//! Logs, whatever writes them.

use esteira::logs;
use esteira_shared::{ids::LogId, permission::Permission};
use reqwest::{Method, Response};
use serde_json::json;

use crate::{
    on_both,
    support::{Client, Fixture, TestApp},
};

const PASSWORD: &str = "correct horse battery";

async fn opened(test: &TestApp, fixture: &Fixture, permission: Permission) -> LogId {
    let log = LogId(uuid::Uuid::now_v7());
    let mut tx = test.app.db.begin().await.unwrap();
    logs::open(&mut tx, fixture.organization, log, permission)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    log
}

async fn event(stream: &mut Response) -> String {
    String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap()
}

on_both!(a_log_is_told_to_those_for_whom_it_was_opened, |test| {
    let fixture = Fixture::new(&test, "leitores").await;
    let log = opened(&test, &fixture, Permission::ReadAudit).await;
    let path = format!("/api/v1/events?log={log}&after=0");
    fixture.manager.get(&path).await.refused(403, "forbidden");
    let stranger = Fixture::new(&test, "alheia").await;
    stranger.admin.get(&path).await.refused(404, "not_found");
    let mut stream = fixture.admin.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert!(event(&mut stream).await.starts_with("event: hello"));
    let log = opened(&test, &fixture, Permission::ReadProcesses).await;
    let path = format!("/api/v1/events?log={log}&after=0");
    let stream = fixture.viewer.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(stream.status(), 200);
});

on_both!(a_log_is_told_no_longer_than_its_reader_may, |test| {
    let fixture = Fixture::new(&test, "rebaixado").await;
    let second = json!({ "name": "B", "email": "b@rebaixado.example", "role": "admin", "password": PASSWORD });
    fixture.admin.post("/api/v1/users", second).await.expect(201);
    let mut other_admin = test.stranger();
    other_admin.sign_in("b@rebaixado.example", PASSWORD).await.expect(200);
    // A token outlives what its maker may do; afterwards it may do what is left of both.
    let create = json!({ "name": "T", "scopes": ["processes:read", "audit:read"], "expires_in_days": 2 });
    let made = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    let machine = Client::new(&test.url).with_bearer(made["token"].as_str().unwrap());
    let log = opened(&test, &fixture, Permission::ReadAudit).await;
    let path = format!("/api/v1/events?log={log}&after=0");
    let mut stream = machine.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert!(event(&mut stream).await.starts_with("event: hello"));
    let maker = format!("/api/v1/users/{}", fixture.users["admin"]);
    let down = json!({ "name": "A", "role": "viewer", "active": true, "version": 1 });
    other_admin.put(&maker, down).await.expect(200);
    let rest = async { while stream.chunk().await.unwrap().is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(5), rest)
        .await
        .expect("the stream ends within five seconds");
    machine.get("/api/v1/processes").await.expect(200);
});
