//! What the queue adds to running a job: limits, pauses, groups, order, and what people do to jobs.

mod actions;
mod enqueue;
mod limits;
mod list;
mod workers;

use esteira::engine::{NewJob, enqueue_all};
use esteira_shared::ids::{JobId, OrganizationId};
use serde_json::Value;

use crate::support::{Probe, ProbePayload, TestApp};

pub fn probe(organization: OrganizationId, key: &str, script: &[&str]) -> NewJob<Probe> {
    let payload = ProbePayload {
        key: key.to_owned(),
        script: script.iter().map(|step| (*step).to_owned()).collect(),
    };
    NewJob::new(organization, "test", payload)
}

fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

pub async fn put(test: &TestApp, new: Vec<NewJob<Probe>>) -> Vec<JobId> {
    let mut tx = test.app.db.begin().await.unwrap();
    let ids = enqueue_all(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

fn words(list: &Value, key: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item[key].as_str().unwrap().to_owned())
        .collect()
}
