//! Limits, rates and pauses.

use chrono::TimeDelta;
use esteira_shared::status::JobStatus;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{key, probe, put};
use crate::{
    on_both,
    support::{Fixture, eventually},
};

on_both!(a_limit_holds_for_its_path_and_below_on_every_worker, |test| {
    let fixture = Fixture::new(&test, "limites").await;
    let org = fixture.organization;
    let limit = |lane: &str, most: i32| json!({ "lane": lane, "max_running": most });
    fixture
        .admin
        .put("/api/v1/job-limits", limit("robots", 3))
        .await
        .expect(200);
    fixture
        .admin
        .put("/api/v1/job-limits", limit("robots/VIVO", 1))
        .await
        .expect(200);
    let in_lane = |lane: &'static str| (0..4).map(move |_| probe(org, &key(), &["wait"]).lane(lane));
    put(&test, in_lane("robots/VIVO").chain(in_lane("robots/CLARO")).collect()).await;
    let free = put(&test, vec![probe(org, &key(), &["wait"])]).await[0];
    let stop = CancellationToken::new();
    let workers: Vec<_> = (0..3).map(|_| tokio::spawn(test.worker().run(stop.clone()))).collect();
    eventually("three robots and the free one run", || async {
        fixture.count_jobs("status=running").await == 4
    })
    .await;
    assert_eq!(test.run_jobs().await, 0, "nothing more may start");
    assert_eq!(fixture.count_jobs("status=running").await, 4, "the limit holds");
    let limits = fixture.viewer.get("/api/v1/job-limits").await.expect(200);
    let figures: Vec<(&str, i64, i64)> = limits
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["lane"].as_str().unwrap(),
                one["running"].as_i64().unwrap(),
                one["waiting"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(figures, [("robots", 3, 5), ("robots/VIVO", 1, 3)]);
    // Edited while jobs run: the next claim goes by it.
    fixture
        .admin
        .put("/api/v1/job-limits", limit("robots", 6))
        .await
        .expect(200);
    eventually("the raised limit lets more start", || async {
        fixture.count_jobs("status=running").await == 6
    })
    .await;
    assert_eq!(fixture.job(free).await.status, JobStatus::Running);
    stop.cancel();
    for worker in workers {
        worker.await.unwrap();
    }
});

on_both!(a_limit_across_counts_the_same_name_below_every_path, |test| {
    let fixture = Fixture::new(&test, "atravessa").await;
    let org = fixture.organization;
    let limit = json!({ "lane": "robots/*/sat", "max_running": 2 });
    fixture.admin.put("/api/v1/job-limits", limit).await.expect(200);
    let lanes = ["robots/VIVO/sat", "robots/OI/sat", "robots/VIVO", "robots/OI/sat/one"];
    let jobs = lanes.iter().flat_map(|lane| {
        let job = move || probe(org, &key(), &["wait"]).lane(*lane);
        [job(), job()]
    });
    put(&test, jobs.collect()).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    eventually("two of those below and both beside run", || async {
        fixture.count_jobs("status=running").await == 4
    })
    .await;
    assert_eq!(test.run_jobs().await, 0, "nothing more may start");
    let limits = fixture.viewer.get("/api/v1/job-limits").await.expect(200);
    assert_eq!(
        (&limits[0]["lane"], &limits[0]["running"], &limits[0]["waiting"]),
        (&json!("robots/*/sat"), &json!(2), &json!(4)),
        "{limits}"
    );
    let waiting = fixture.viewer.get("/api/v1/jobs?status=queued").await.expect(200);
    let id = waiting["items"][0]["id"].as_str().unwrap();
    let detail = fixture.viewer.get(&format!("/api/v1/jobs/{id}")).await.expect(200);
    let checks = detail["waiting"]["checks"].as_array().unwrap();
    let held = checks.iter().find(|check| check["passed"] == false).unwrap();
    assert_eq!(
        (&held["check"], &held["subject"], &held["count"]),
        (&json!("running"), &json!("robots/*/sat"), &json!(2))
    );
    stop.cancel();
    working.await.unwrap();
});

on_both!(a_rate_spaces_starts_evenly, |test| {
    let fixture = Fixture::new(&test, "ritmo").await;
    let rate = json!({ "lane": "sat", "rate_count": 5, "rate_seconds": 1 });
    fixture.admin.put("/api/v1/job-limits", rate).await.expect(200);
    let ids = put(
        &test,
        (0..6)
            .map(|_| probe(fixture.organization, &key(), &["ok"]).lane("sat"))
            .collect(),
    )
    .await;
    let stop = CancellationToken::new();
    let workers: Vec<_> = (0..2).map(|_| tokio::spawn(test.worker().run(stop.clone()))).collect();
    eventually("all end", || async {
        fixture.count_jobs("status=succeeded").await == 6
    })
    .await;
    stop.cancel();
    for worker in workers {
        worker.await.unwrap();
    }
    let mut starts = Vec::new();
    for id in ids {
        starts.push(fixture.job(id).await.started_at.unwrap());
    }
    starts.sort();
    // Claims are spaced by 200 ms; how soon a claimed job begins differs with the machine's load.
    let all = *starts.last().unwrap() - starts[0];
    assert!(all >= TimeDelta::milliseconds(700), "six starts within {all}");
});

on_both!(a_limit_that_makes_no_sense_is_refused, |test| {
    let fixture = Fixture::new(&test, "semlimite").await;
    for (body, field) in [
        (json!({ "lane": "a", "max_running": 0 }), "max_running"),
        (json!({ "lane": "a", "rate_count": 0, "rate_seconds": 1 }), "rate_count"),
        (
            json!({ "lane": "a", "rate_count": 1_000, "rate_seconds": 1 }),
            "rate_count",
        ),
        (json!({ "lane": "a", "rate_count": 1 }), "rate_seconds"),
        (json!({ "lane": "a//b", "max_running": 1 }), "lane"),
    ] {
        let refused = fixture.admin.put("/api/v1/job-limits", body).await.refused_field();
        assert_eq!(refused.0, field);
    }
    fixture
        .admin
        .put("/api/v1/job-limits", json!({ "lane": "a", "max_running": 2 }))
        .await
        .expect(200);
    let none = fixture
        .admin
        .put("/api/v1/job-limits", json!({ "lane": "a" }))
        .await
        .expect(200);
    assert_eq!(none, json!([]));
});

on_both!(a_paused_queue_starts_nothing_of_the_organisation, |test| {
    let fixture = Fixture::new(&test, "pausa").await;
    let other = Fixture::new(&test, "segue").await;
    fixture
        .admin
        .post("/api/v1/queues/default/pause", json!({}))
        .await
        .expect(200);
    let held = put(&test, vec![probe(fixture.organization, &key(), &["ok"])]).await[0];
    let free = put(&test, vec![probe(other.organization, &key(), &["ok"])]).await[0];
    assert_eq!(test.run_jobs().await, 1);
    assert_eq!(other.job(free).await.status, JobStatus::Succeeded);
    let detail = fixture.viewer.get(&format!("/api/v1/jobs/{held}")).await.expect(200);
    let blocked: Vec<&str> = detail["waiting"]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["passed"] == false)
        .map(|check| check["check"].as_str().unwrap())
        .collect();
    assert_eq!(blocked, ["queue", "workers"]);
    fixture
        .manager
        .post("/api/v1/queues/default/resume", json!({}))
        .await
        .refused(403, "forbidden");
    fixture
        .admin
        .post("/api/v1/queues/default/resume", json!({}))
        .await
        .expect(200);
    assert_eq!(test.run_jobs().await, 1);
    fixture
        .admin
        .post("/api/v1/queues/none/pause", json!({}))
        .await
        .refused(404, "not_found");
});
