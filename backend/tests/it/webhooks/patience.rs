//! A receiver that says when to come back is left alone until then.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    response::Response,
};
use chrono::TimeDelta;
use serde_json::json;

use super::add;
use crate::{
    on_both,
    support::{Fixture, serve},
};

type Headers = &'static [(&'static str, &'static str)];

/// Answers like this, and counts what it gets.
async fn receiver(status: u16, headers: Headers) -> (String, Arc<Mutex<usize>>) {
    let got = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&got);
    let router = Router::new().fallback(async move |_: Bytes| {
        *counted.lock().unwrap() += 1;
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(Body::empty()).unwrap()
    });
    (serve(router).await, got)
}

on_both!(a_receiver_is_left_alone_as_long_as_it_asks_for, |test| {
    let fixture = Fixture::new(&test, "calma").await;
    let dated: Headers = &[
        ("date", "Mon, 30 Nov 2026 12:00:00 GMT"),
        ("retry-after", "Mon, 30 Nov 2026 12:20:00 GMT"),
    ];
    let seconds: Headers = &[("retry-after", "1200")];
    let days: Headers = &[("retry-after", "864000")];
    let cases = [
        (429, seconds, 1_200),
        (503, seconds, 1_200),
        (429, dated, 1_200),
        (503, dated, 1_200),
        (429, days, 3_600),
        (500, seconds, 0),
    ];
    for (index, (status, headers, wait)) in cases.into_iter().enumerate() {
        let (url, got) = receiver(status, headers).await;
        let (id, _) = add(&fixture, &format!("ERP {index}"), &url, &["job.failed"]).await;
        let path = format!("/api/v1/webhooks/{id}/test");
        let sent = fixture.admin.post(&path, json!({})).await.expect(201);
        let job = sent["delivery"]["job_id"].as_str().unwrap().parse().unwrap();
        let before = fixture.job(job).await.run_at;
        test.run_jobs().await;
        let waits_for = fixture.job(job).await.run_at - before;
        let least = TimeDelta::seconds(wait);
        assert!(
            waits_for >= least && waits_for < least + TimeDelta::minutes(5),
            "{status}: {waits_for:?}"
        );
        assert_eq!(*got.lock().unwrap(), 1, "{status}");
        fixture
            .admin
            .delete(&format!("/api/v1/webhooks/{id}"))
            .await
            .expect(204);
    }
});
