//! What is done to many runs at once.

use serde_json::{Value, json};

use super::{robots, script, start, text};
use crate::{
    on_both,
    support::{Fixture, pdf},
};

/// How many match, and how many of them the action is for.
async fn counted(fixture: &Fixture, action: &str, filter: &Value) -> (i64, i64) {
    let dry = json!({ "action": action, "target": { "filter": filter }, "dry_run": true });
    let counted = fixture.analyst.post("/api/v1/executions/bulk", dry).await.expect(200);
    let count = |name: &str| counted[name].as_i64().unwrap();
    (count("matching"), count("eligible"))
}

on_both!(only_what_would_be_run_again_is_counted_and_run_again, |test| {
    let (fixture, processes) = robots(&test, "repetir", 4, &["VIVO"]).await;
    let mut runs = Vec::new();
    for (process, refusals) in processes.iter().zip([2, 1, 1, 1]) {
        script(&test, process, json!({ "start_http": vec![400; refusals] })).await;
        runs.push(start(&fixture, process).await);
    }
    test.run_jobs().await;
    let failed = json!({ "status": "FALHOU,CANCELADO" });
    assert_eq!(counted(&fixture, "rerun", &failed).await, (4, 4));
    let again = async |run: &str| {
        let path = format!("/api/v1/executions/{run}/rerun");
        fixture.analyst.post(&path, json!({})).await.expect(201);
    };
    // Two failed runs of the first; the second has another one waiting; the invoice of the third came by hand.
    again(&runs[0]).await;
    test.run_jobs().await;
    again(&runs[1]).await;
    fixture
        .analyst
        .upload(&text(&processes[2], "id"), "fatura.pdf", pdf(1))
        .await
        .expect(201);
    assert_eq!(counted(&fixture, "rerun", &failed).await, (5, 2));
    let run = json!({ "action": "rerun", "target": { "filter": failed } });
    let started = fixture.analyst.post("/api/v1/executions/bulk", run).await.expect(202);
    assert_eq!(started["eligible"], 2);
    test.run_jobs().await;
    let path = format!("/api/v1/jobs/{}", text(&started, "job_id"));
    let job = fixture.analyst.get(&path).await.expect(200);
    assert_eq!(
        job["job"]["result"],
        json!({ "done": 2, "skipped": 0, "failures": 0, "failed": [] })
    );
    let page = fixture.viewer.get("/api/v1/executions").await.expect(200);
    assert_eq!(page["total"]["count"], 8);
    assert_eq!(counted(&fixture, "rerun", &failed).await, (5, 0), "all were taken up");
});
