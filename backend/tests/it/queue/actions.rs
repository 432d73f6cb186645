//! What people do to jobs: run them again, cancel them, many at once.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    db::RunQueryDsl,
    db::schema::{audit_events, jobs},
    with_conn,
};
use esteira_shared::{ids::UserId, status::JobStatus};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{key, probe, put, words};
use crate::{
    on_both,
    support::{Fixture, eventually},
};

on_both!(a_failed_job_is_found_by_its_error_and_runs_once_more, |test| {
    let fixture = Fixture::new(&test, "repete").await;
    let key = key();
    let id = put(&test, vec![probe(fixture.organization, &key, &["business", "ok"])]).await[0];
    let fine = put(&test, vec![probe(fixture.organization, "fine", &["ok"])]).await[0];
    test.run_jobs().await;
    let found = fixture.viewer.get("/api/v1/jobs?q=wrong%20passw").await.expect(200);
    assert_eq!(words(&found, "id"), [id.to_string()]);
    let nothing = fixture.viewer.get("/api/v1/jobs?q=!!!").await.expect(200);
    assert!(words(&nothing, "id").is_empty(), "punctuation finds nothing");
    let path = format!("/api/v1/jobs/{id}/retry");
    fixture.analyst.post(&path, json!({})).await.refused(403, "forbidden");
    fixture.manager.post(&path, json!({})).await.expect(200);
    test.run_jobs().await;
    let detail = fixture.viewer.get(&format!("/api/v1/jobs/{id}")).await.expect(200);
    assert_eq!(detail["job"]["status"], "succeeded");
    let outcomes: Vec<&str> = detail["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["failed", "succeeded"]);
    assert_eq!(detail["log"].as_array().unwrap().last().unwrap()["seq"], 3);
    let again = fixture
        .manager
        .post(&format!("/api/v1/jobs/{fine}/retry"), json!({}))
        .await;
    again.refused(409, "job_status");
    let old = fixture.viewer.get(&format!("/api/task-status/{id}")).await.expect(200);
    assert_eq!(
        (&old["state"], &old["current"], &old["total"]),
        (&json!("SUCCESS"), &json!(1), &json!(1))
    );
});

on_both!(a_job_that_ignores_its_end_is_over_by_the_deadline, |test| {
    let fixture = Fixture::new(&test, "prazo").await;
    let id = put(&test, vec![probe(fixture.organization, &key(), &["sleep"])]).await[0];
    let stop = CancellationToken::new();
    let worker = tokio::spawn(test.worker().run(stop.clone()));
    eventually("it runs", || async {
        fixture.job(id).await.status == JobStatus::Running
    })
    .await;
    // As a worker that hears nothing: the request is old already.
    let mut tx = test.app.db.begin().await.unwrap();
    let long_ago = tx.database_now().await.unwrap() - TimeDelta::seconds(11);
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(id))
        .set(jobs::cancel_requested_at.eq(Some(long_ago)))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    eventually("it is cancelled", || async {
        fixture.job(id).await.status == JobStatus::Cancelled
    })
    .await;
    stop.cancel();
    worker.await.unwrap();
    let after = fixture.job(id).await;
    assert_eq!((after.status, after.worker_id), (JobStatus::Cancelled, None));
});

on_both!(many_jobs_are_changed_by_one_that_tells_how_it_went, |test| {
    let fixture = Fixture::new(&test, "lote").await;
    let later: esteira_shared::instant::Instant = (chrono::Utc::now() + TimeDelta::hours(1)).into();
    let ids = put(
        &test,
        (0..250)
            .map(|_| probe(fixture.organization, "lote", &["ok"]).run_at(later))
            .collect(),
    )
    .await;
    let create = |action: &str, dry: bool| json!({ "action": action, "target": { "filter": { "task": "probe" } }, "dry_run": dry });
    let counted = fixture
        .manager
        .post("/api/v1/jobs/bulk", create("cancel", true))
        .await
        .expect(200);
    assert_eq!((&counted["matching"], &counted["eligible"]), (&json!(250), &json!(250)));
    let started = fixture
        .manager
        .post("/api/v1/jobs/bulk", create("cancel", false))
        .await
        .expect(202);
    test.run_jobs().await;
    let bulk = started["job_id"].as_str().unwrap();
    let detail = fixture.viewer.get(&format!("/api/v1/jobs/{bulk}")).await.expect(200);
    assert_eq!(detail["job"]["result"]["done"], 250);
    assert_eq!(fixture.job(ids[7]).await.status, JobStatus::Cancelled);
    let session = fixture.manager.get("/api/v1/session").await.expect(200);
    let who: UserId = session["user"]["id"].as_str().unwrap().parse().unwrap();
    let mut conn = test.app.db.read().await.unwrap();
    let told: i64 = with_conn!(&mut conn, |c| audit_events::table
        .filter(audit_events::organization_id.eq(fixture.organization))
        .filter(audit_events::action.eq("job.cancel"))
        .filter(audit_events::actor_user_id.eq(Some(who)))
        .count()
        .get_result(c)
        .await)
    .unwrap();
    assert_eq!(told, 250, "each line of the trail says whose it is");
    drop(conn);
    let nothing = fixture
        .manager
        .post("/api/v1/jobs/bulk", create("cancel", false))
        .await
        .expect(200);
    assert_eq!(nothing["eligible"], 0);
    let outsider = Fixture::new(&test, "fora").await;
    let create = json!({ "action": "retry", "target": { "ids": ids }, "dry_run": true });
    let seen = outsider.manager.post("/api/v1/jobs/bulk", create).await.expect(200);
    assert_eq!(seen["matching"], 0, "jobs of others are not there");
});
