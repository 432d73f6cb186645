//! What a query may hold is the same on both databases: PostgreSQL holds no NUL in a text and no day before 4713 BC.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{on_both, support::Fixture};

/// The cursor of a list with a part of it changed.
async fn changed(fixture: &Fixture, path: &str, change: impl FnOnce(&mut Value)) -> String {
    let page = fixture.admin.get(path).await.expect(200);
    let cursor = page["next_cursor"].as_str().expect("a second page");
    let mut key: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    change(&mut key);
    format!("{path}&cursor={}", BASE64_URL_SAFE_NO_PAD.encode(key.to_string()))
}

on_both!(
    texts_and_days_that_a_database_does_not_hold_are_refused_by_name,
    |test| {
        let fixture = Fixture::new(&test, "antigos").await;
        let processes = fixture.opened(&test, 2, &["VIVO"], "2026-10").await;
        let operator = json!({ "name": "ZETA" });
        fixture.manager.post("/api/v1/operators", operator).await.expect(201);
        let nul = |key: &mut Value| key[0] = json!("a\u{0}b");
        let early = |key: &mut Value| key["since"] = json!("-5000-01-01T00:00:00Z");
        let late = |key: &mut Value| key["since"] = json!("+290000-01-01T00:00:00Z");
        let refused = [
            ("/api/v1/clients?q=a%00b".to_owned(), "q"),
            ("/api/v1/search?q=%00%00".to_owned(), "q"),
            ("/api/v1/audit?actor=a%00".to_owned(), "actor"),
            ("/api/v1/audit?from=-4800-01-01".to_owned(), "from"),
            ("/api/v1/audit?to=-4800-01-01".to_owned(), "to"),
            ("/api/v1/audit?from=2026-01-01%00".to_owned(), "from"),
            ("/api/v1/jobs?since=-4800-01-01T00:00:00Z".to_owned(), "since"),
            ("/api/v1/jobs?cursor=%00".to_owned(), "cursor"),
            (changed(&fixture, "/api/v1/clients?limit=1", nul).await, "cursor"),
            (changed(&fixture, "/api/v1/operators?limit=1", nul).await, "cursor"),
            (changed(&fixture, "/api/v1/processes?limit=1", early).await, "cursor"),
            (changed(&fixture, "/api/v1/processes?limit=1", late).await, "cursor"),
        ];
        for (path, field) in refused {
            let answer = fixture.admin.get(&path).await;
            assert_eq!(answer.status, 422, "{path}: {}", answer.text());
            assert_eq!(answer.refused_field().0, field, "{path}");
        }
        let path = format!("/api/v1/processes/{}", processes[0]["id"].as_str().unwrap());
        for day in ["-4800-01-01", "+290000-01-01"] {
            let update = json!({ "valor_fatura": null, "data_vencimento": day, "version": processes[0]["version"] });
            let answer = fixture.analyst.put(&path, update).await;
            assert_eq!(answer.refused_field().0, "data_vencimento", "{day}");
        }
        fixture
            .admin
            .post("/api/v1/queues/a%00b/pause", json!({}))
            .await
            .refused(404, "not_found");
    }
);
