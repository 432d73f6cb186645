//! Every operation, asked from another organisation.

use esteira_shared::permission::{Permission, Role};
use reqwest::Method;
use serde_json::json;

use super::{
    Ids, call,
    ids::worker,
    operations,
    readers::{fresh, token_with},
    tried::Tried,
};
use crate::{
    on_both,
    support::{Client, Fixture, TestApp},
};

/// Those who may do everything there.
async fn masters(test: &TestApp, fixture: &Fixture) -> [(&'static str, Client); 2] {
    [
        ("session", fresh(test, fixture, Role::Admin).await),
        ("token", token_with(fixture, test, Permission::ALL).await),
    ]
}

on_both!(nothing_crosses_between_organisations, |test| {
    let fixture = Fixture::new(&test, "uma").await;
    let outsider = Fixture::new(&test, "outra").await;
    let ids = Ids::of(&test, &fixture).await;
    worker(&test, "maquina").await;
    let operations = operations();
    let mut tried = Tried::default();
    for operation in operations.iter().filter(|operation| operation.path.contains("id}")) {
        for (name, client) in masters(&test, &outsider).await {
            let (status, text) = call(&client, operation, &ids.path(&operation.path), &ids).await;
            tried.count("by id");
            assert_eq!(status, 404, "another organisation at {}, {name}: {text}", operation.id);
        }
    }
    for operation in operations
        .iter()
        .filter(|operation| !operation.path.contains("id}") && operation.id != "stream_events")
    {
        for (name, client) in masters(&test, &outsider).await {
            let (_, text) = call(&client, operation, &ids.path(&operation.path), &ids).await;
            tried.count("lists");
            for id in ids.all() {
                // What the request itself named may be echoed.
                let echoed = operation.id.starts_with("bulk_");
                assert!(
                    echoed || !text.contains(id),
                    "{} shows {id} to another organisation, {name}",
                    operation.id
                );
            }
        }
    }
    // The stream carries the log of any run of one's own, and of no other.
    let log = format!("/api/v1/events?log={}&after=0", ids.execution);
    let own = fixture.viewer.request(Method::GET, &log).send().await.unwrap();
    assert_eq!(own.status(), 200);
    for (name, client) in masters(&test, &outsider).await {
        // Its body is not waited for: a stream has no end.
        let answer = client.request(Method::GET, &log).send().await.unwrap();
        tried.count("stream of a log");
        assert_eq!(answer.status(), 404, "another organisation's log, {name}");
    }
    // Workers run the jobs of both: neither stops them for the other.
    for operation in operations
        .iter()
        .filter(|operation| operation.path.contains("/workers/"))
    {
        for of in [&fixture, &outsider] {
            for (name, client) in masters(&test, of).await {
                let answer = client.post(&ids.path(&operation.path), json!({})).await;
                tried.count("workers of several");
                assert_eq!(answer.status, 404, "{name} at {}: {}", operation.id, answer.text());
            }
        }
    }
    tried.at_least(&[
        ("by id", 90),
        ("lists", 100),
        ("stream of a log", 2),
        ("workers of several", 8),
    ]);
});
