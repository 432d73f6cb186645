//! Secrets are changed without a message that its receiver cannot verify.

use axum::http::HeaderMap;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::webhook_endpoints},
    with_conn,
};
use serde_json::{Value, json};

use super::{add, deliver, receiver};
use crate::{
    on_both,
    support::{Fixture, TestApp},
};

/// As receivers verify: one of the signatures must hold.
fn holds((headers, body): &(HeaderMap, String), secret: &str) -> bool {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &key);
    let header = |name: &str| headers[name].to_str().unwrap();
    let signed = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
    header("webhook-signature").split(' ').any(|signature| {
        let signature = BASE64_STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        aws_lc_rs::hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
    })
}

async fn change(fixture: &Fixture, id: &str) -> String {
    let path = format!("/api/v1/webhooks/{id}/secret");
    let changed = fixture.admin.post(&path, json!({})).await.expect(200);
    changed["secret"].as_str().unwrap().to_owned()
}

async fn old_secrets(test: &TestApp) -> i64 {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| webhook_endpoints::table
        .filter(webhook_endpoints::old_secret_sealed.is_not_null())
        .count()
        .get_result(c)
        .await)
    .unwrap()
}

on_both!(an_old_secret_signs_for_another_day, |test| {
    let fixture = Fixture::new(&test, "segredo").await;
    let (url, inbox) = receiver(200).await;
    let (id, first) = add(&fixture, "ERP", &url, &["job.failed"]).await;
    let got = || inbox.lock().unwrap().got.pop().unwrap();
    let second = change(&fixture, &id).await;
    assert_ne!(second, first);
    deliver(&test, &fixture, &id).await;
    let message = got();
    assert!(holds(&message, &first) && holds(&message, &second), "{message:?}");
    let all = fixture.admin.get("/api/v1/webhooks").await;
    assert!(!all.text().contains("whsec_"), "never sent again: {}", all.text());
    let trail = fixture.admin.get("/api/v1/audit").await.text();
    assert!(
        !trail.contains("whsec_") && trail.contains("webhook.change_secret"),
        "{trail}"
    );

    // Changed once more, the last but one ends at once.
    let third = change(&fixture, &id).await;
    deliver(&test, &fixture, &id).await;
    let message = got();
    let verified = [&first, &second, &third].map(|secret| holds(&message, secret));
    assert_eq!(verified, [false, true, true]);

    // Sessions that are used live on meanwhile.
    for hours in [11, 11] {
        test.clock.advance(TimeDelta::hours(hours));
        fixture.admin.get("/api/v1/webhooks").await.expect(200);
    }
    deliver(&test, &fixture, &id).await;
    assert!(holds(&got(), &second), "22 hours later");
    esteira::webhooks::sweep(&test.app, Vec::new()).await.unwrap();
    assert_eq!(old_secrets(&test).await, 1);
    test.clock.advance(TimeDelta::hours(3));
    deliver(&test, &fixture, &id).await;
    let message = got();
    assert!(!holds(&message, &second) && holds(&message, &third), "a day later");
    let signatures: Vec<&str> = message.0["webhook-signature"].to_str().unwrap().split(' ').collect();
    assert_eq!(signatures.len(), 1);
    esteira::webhooks::sweep(&test.app, Vec::new()).await.unwrap();
    assert_eq!(old_secrets(&test).await, 0);
    let shown: Value = fixture.admin.get(&format!("/api/v1/webhooks/{id}")).await.expect(200);
    assert_eq!(shown["active"], true);
});
