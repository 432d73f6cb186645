//! What is told on the live stream: every topic × every role and each right alone, and another organisation.

use std::time::Duration;

use esteira_shared::event::Topic;
use reqwest::{Method, Response};
use uuid::Uuid;

use super::{
    readers::{Reader, readers},
    tried::Tried,
};
use crate::{
    on_both,
    support::{Client, Fixture},
};

/// Far more than any of it takes.
const SOON: Duration = Duration::from_secs(10);
/// What everybody hears of, told last.
const LAST: Topic = Topic::Organization;

async fn open(client: &Client) -> Response {
    let mut stream = client.request(Method::GET, "/api/v1/events").send().await.unwrap();
    assert_eq!(stream.status(), 200);
    stream.chunk().await.unwrap().expect("it greets");
    stream
}

/// All that is told until the last one.
async fn told(mut stream: Response, last: Uuid) -> String {
    let mut told = String::new();
    while !told.contains(&last.to_string()) {
        let chunk = tokio::time::timeout(SOON, stream.chunk())
            .await
            .unwrap_or_else(|_| panic!("{LAST} is not told: {told}"));
        told.push_str(std::str::from_utf8(&chunk.unwrap().expect("the stream goes on")).unwrap());
    }
    told
}

on_both!(a_stream_tells_of_each_topic_to_whom_it_may, |test| {
    let fixture = Fixture::new(&test, "ouvintes").await;
    let outsider = Fixture::new(&test, "surda").await;
    let mut open_streams = Vec::new();
    for Reader { name, may, client } in readers(&test, &fixture).await {
        open_streams.push((name, may, open(&client).await));
    }
    let elsewhere = open(&outsider.admin).await;

    let mut topics: Vec<Topic> = Topic::ALL.iter().copied().filter(|topic| *topic != LAST).collect();
    topics.push(LAST);
    let ids: Vec<(Topic, Uuid)> = topics.into_iter().map(|topic| (topic, Uuid::now_v7())).collect();
    let (_, last) = *ids.last().unwrap();
    let foreign = Uuid::now_v7();
    let mut tx = test.app.db.begin().await.unwrap();
    for (topic, id) in &ids {
        tx.changed(fixture.organization, *topic, *id);
    }
    tx.changed(outsider.organization, LAST, foreign);
    tx.commit().await.unwrap();

    let mut tried = Tried::default();
    for (name, may, stream) in open_streams {
        let told = told(stream, last).await;
        for (topic, id) in &ids {
            tried.count("heard");
            let allowed = topic.permission().is_none_or(|right| may.contains(&right));
            assert_eq!(told.contains(&id.to_string()), allowed, "{name} of {topic}: {told}");
        }
        assert!(!told.contains(&foreign.to_string()), "{name}: {told}");
    }
    let told = told(elsewhere, foreign).await;
    for (topic, id) in &ids {
        tried.count("other organisation");
        assert!(!told.contains(&id.to_string()), "{topic}: {told}");
    }
    tried.at_least(&[("heard", 200), ("other organisation", 10)]);
});
