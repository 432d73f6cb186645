//! The status flow, its guards, lists and bulk actions.

mod bulk;
mod flow;
mod list;

use serde_json::Value;

use crate::support::{Fixture, TestApp, pdf};

/// Uploads a document and returns the process as it then is.
async fn uploaded(fixture: &Fixture, id: &str, number: i64) -> Value {
    fixture.analyst.upload(id, "fatura.pdf", pdf(number)).await.expect(201)["process"].clone()
}

async fn one(test: &TestApp, name: &str) -> (Fixture, String) {
    let fixture = Fixture::new(test, name).await;
    let processes = fixture.opened(test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap().to_owned();
    (fixture, id)
}
