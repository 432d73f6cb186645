//! Many processes at once.

use serde_json::json;

use super::uploaded;
use crate::{on_both, support::Fixture};

on_both!(a_bulk_action_counts_first_and_tells_what_it_did, |test| {
    let fixture = Fixture::new(&test, "lote").await;
    let processes = fixture.opened(&test, 6, &["VIVO"], "2026-10").await;
    for (index, process) in processes.iter().take(4).enumerate() {
        uploaded(&fixture, process["id"].as_str().unwrap(), i64::try_from(index).unwrap()).await;
    }
    let all = json!({ "filter": { "month": "2026-10" } });
    let dry = json!({ "target": all, "dry_run": true });
    let counted = fixture
        .analyst
        .post("/api/v1/processes/bulk/approve", dry)
        .await
        .expect(200);
    assert_eq!(counted, json!({ "matching": 6, "eligible": 4, "job_id": null }));
    let run = json!({ "target": all });
    let started = fixture
        .analyst
        .post("/api/v1/processes/bulk/approve", run.clone())
        .await
        .expect(202);
    // What arrives after the request was not seen by who asked.
    uploaded(&fixture, processes[4]["id"].as_str().unwrap(), 99).await;
    test.run_jobs().await;
    let job = fixture
        .analyst
        .get(&format!("/api/v1/jobs/{}", started["job_id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (&job["job"]["status"], &job["job"]["result"]["done"]),
        (&json!("succeeded"), &json!(4)),
        "{job}"
    );
    let waiting = fixture
        .analyst
        .get("/api/v1/processes?status=AGUARDANDO_APROVACAO")
        .await
        .expect(200);
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    let sent = fixture
        .analyst
        .post("/api/v1/processes/bulk/send", run)
        .await
        .expect(202);
    assert_eq!(sent["eligible"], 4);
    while test.run_jobs().await > 0 {}
    let done = fixture
        .analyst
        .get("/api/v1/processes?status=UPLOAD_REALIZADO")
        .await
        .expect(200);
    assert_eq!(done["items"].as_array().unwrap().len(), 4);
    assert_eq!(test.sat_documents().await.len(), 4);
    let some = json!({ "target": { "ids": [processes[4]["id"], processes[5]["id"]] }, "reason": "conta errada" });
    let rejected = fixture
        .analyst
        .post("/api/v1/processes/bulk/reject", some.clone())
        .await
        .expect(202);
    assert_eq!((&rejected["matching"], &rejected["eligible"]), (&json!(2), &json!(1)));
    let mut silent = some;
    silent["reason"] = json!(" ");
    fixture
        .analyst
        .post("/api/v1/processes/bulk/reject", silent)
        .await
        .refused(422, "validation");
});
