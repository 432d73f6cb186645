//! The list of jobs, and its figures.

use serde_json::json;

use super::{key, probe, put, words};
use crate::{on_both, support::Fixture};

on_both!(the_list_goes_on_in_every_order, |test| {
    let fixture = Fixture::new(&test, "listas").await;
    put(
        &test,
        (0..7).map(|_| probe(fixture.organization, &key(), &["ok"])).collect(),
    )
    .await;
    put(
        &test,
        (0..6)
            .map(|_| probe(fixture.organization, &key(), &["business"]))
            .collect(),
    )
    .await;
    test.run_jobs().await;
    for sort in [
        "created",
        "-created",
        "finished",
        "-finished",
        "duration",
        "-duration",
        "task",
        "-task",
        "status",
        "-status",
    ] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = fixture
                .viewer
                .get(&format!("/api/v1/jobs?sort={sort}&limit=5{cursor}"))
                .await
                .expect(200);
            seen.extend(words(&page, "id"));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (13, 13), "{sort}");
    }
    let dead = fixture
        .viewer
        .get("/api/v1/jobs?status=dead&sort=finished")
        .await
        .expect(200);
    assert_eq!(dead["total"]["count"], 6);
    let stats = fixture.viewer.get("/api/v1/jobs/stats?range=hour").await.expect(200);
    let row = &stats["tasks"][0];
    assert_eq!(
        (&row["task"], &row["succeeded"], &row["failed"]),
        (&json!("probe"), &json!(7), &json!(6))
    );
    assert!(row["p95_ms"].is_i64());
    let points = stats["points"].as_array().unwrap();
    assert_eq!(points.len(), 60);
    let sum: i64 = points.iter().map(|point| point["succeeded"].as_i64().unwrap()).sum();
    assert_eq!(sum, 7);
});
