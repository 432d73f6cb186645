//! What the queue adds to running a job: limits, pauses, groups, order, and what people do to jobs.

use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    db::RunQueryDsl,
    db::schema::{audit_events, jobs},
    engine::{MAX_PAYLOAD, NewJob, enqueue, enqueue_all, enqueue_group},
    with_conn,
};
use esteira_shared::{
    error::ErrorCode,
    ids::{JobId, OrganizationId, UserId},
    status::JobStatus,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    on_both,
    support::{Fixture, Probe, ProbePayload, TestApp, eventually, probes, worker_with_slots},
};

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

on_both!(what_waits_for_a_group_runs_when_all_of_it_is_over, |test| {
    let fixture = Fixture::new(&test, "grupo").await;
    let org = fixture.organization;
    let last = key();
    let mut tx = test.app.db.begin().await.unwrap();
    let members = vec![
        probe(org, &key(), &["ok"]),
        probe(org, &key(), &["business"]),
        probe(org, &key(), &["ok"]),
    ];
    let group = enqueue_group(&mut tx, org, members).await.unwrap();
    let after = enqueue(&mut tx, probe(org, &last, &["ok"]).after(group)).await.unwrap();
    tx.commit().await.unwrap();
    let detail = fixture.viewer.get(&format!("/api/v1/jobs/{after}")).await.expect(200);
    assert_eq!(detail["waiting"]["checks"][1]["check"], "group");
    assert_eq!(detail["waiting"]["checks"][1]["count"], 3);
    test.run_jobs().await;
    assert_eq!(probes(&last), ["start"]);
    assert_eq!(fixture.job(after).await.status, JobStatus::Succeeded);
    let mut tx = test.app.db.begin().await.unwrap();
    let none: Vec<NewJob<Probe>> = Vec::new();
    assert_eq!(
        enqueue_group(&mut tx, org, none).await.unwrap_err().code(),
        ErrorCode::Validation
    );
});

on_both!(priority_decides_and_waiting_outweighs_it, |test| {
    let fixture = Fixture::new(&test, "ordem").await;
    let now = chrono::Utc::now();
    let made = |priority: i32, waited: TimeDelta| {
        probe(fixture.organization, &key(), &["ok"])
            .priority(priority)
            .run_at((now - waited).into())
    };
    let new = vec![
        made(5, TimeDelta::zero()),
        made(0, TimeDelta::zero()),
        made(9, TimeDelta::minutes(20)),
    ];
    let ids = put(&test, new).await;
    // One after the other.
    let worker = worker_with_slots(&test.app, 1);
    assert_eq!(worker.run_until_idle().await.unwrap(), 3);
    let mut order = Vec::new();
    for id in &ids {
        order.push(fixture.job(*id).await);
    }
    order.sort_by_key(|job| job.started_at);
    assert_eq!(
        order.iter().map(|job| job.id).collect::<Vec<_>>(),
        [ids[2], ids[1], ids[0]]
    );
    let mut tx = test.app.db.begin().await.unwrap();
    for refused in [
        made(10, TimeDelta::zero()),
        made(-1, TimeDelta::zero()),
        made(1, TimeDelta::days(-9_000)),
    ] {
        assert_eq!(
            enqueue(&mut tx, refused).await.unwrap_err().code(),
            ErrorCode::Validation
        );
    }
});

on_both!(a_payload_that_is_too_large_is_refused, |test| {
    let fixture = Fixture::new(&test, "grande").await;
    let large = "x".repeat(MAX_PAYLOAD);
    let mut tx = test.app.db.begin().await.unwrap();
    let refused = enqueue(&mut tx, probe(fixture.organization, &large, &["ok"]))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), ErrorCode::TooLarge);
});

on_both!(a_key_keeps_others_out_for_its_period, |test| {
    let fixture = Fixture::new(&test, "periodo").await;
    let hour = Duration::from_secs(3_600);
    let at: esteira_shared::instant::Instant = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap().into();
    let keyed = |at| probe(fixture.organization, &key(), &["ok"]).unique_per("fechamento", hour, at);
    put(&test, vec![keyed(at)]).await;
    test.run_jobs().await;
    let mut tx = test.app.db.begin().await.unwrap();
    assert_eq!(
        enqueue(&mut tx, keyed(at)).await.unwrap_err().code(),
        ErrorCode::AlreadyExists
    );
    drop(tx);
    put(&test, vec![keyed(at + hour)]).await;
});

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

/// Waits until the only worker has begun a heartbeat and ended it: they come one after the other.
async fn two_heartbeats(fixture: &Fixture) {
    let last = async || {
        let workers = fixture.viewer.get("/api/v1/workers").await.expect(200);
        workers[0]["heartbeat_at"].clone()
    };
    for _ in 0..2 {
        let before = last().await;
        eventually("a heartbeat", || async { last().await != before }).await;
    }
}

on_both!(a_worker_is_seen_and_drained, |test| {
    let fixture = Fixture::new(&test, "obreiro").await;
    let id = put(&test, vec![probe(fixture.organization, &key(), &["wait"])]).await[0];
    let stop = CancellationToken::new();
    let running = tokio::spawn(test.worker().run(stop.clone()));
    eventually("it runs", || async {
        fixture.job(id).await.status == JobStatus::Running
    })
    .await;
    let workers = fixture.viewer.get("/api/v1/workers").await.expect(200);
    assert_eq!(
        (&workers[0]["alive"], &workers[0]["jobs"][0]["id"]),
        (&json!(true), &json!(id))
    );
    let path = format!("/api/v1/workers/{}/drain", workers[0]["id"].as_str().unwrap());
    let drained = fixture.admin.post(&path, json!({})).await.expect(200);
    let by = fixture.admin.get("/api/v1/session").await.expect(200)["user"]["name"].clone();
    assert_eq!(
        (&drained[0]["drained_by"], &drained[0]["pid"]),
        (&by, &json!(std::process::id()))
    );
    assert!(drained[0]["host"].is_string(), "{drained}");
    for other in [&fixture.viewer, &fixture.manager] {
        let seen = other.get("/api/v1/workers").await.expect(200);
        assert!(seen[0]["draining_at"].is_string() && seen[0]["running"] == 1, "{seen}");
        for hidden in ["host", "pid", "drained_by"] {
            assert_eq!(seen[0][hidden], Value::Null, "{hidden}");
        }
    }
    let cancel = format!("/api/v1/jobs/{id}/cancel");
    fixture.manager.post(&cancel, json!({})).await.expect(200);
    // It learns with its next heartbeat, and with the one after that it has.
    two_heartbeats(&fixture).await;
    let left = put(&test, vec![probe(fixture.organization, &key(), &["ok"])]).await[0];
    // It was told of the job, and lives on.
    two_heartbeats(&fixture).await;
    assert_eq!(fixture.job(left).await.status, JobStatus::Queued);
    assert_eq!(test.run_jobs().await, 1, "any other worker may have it");
    let held = put(&test, vec![probe(fixture.organization, &key(), &["ok"])]).await[0];
    fixture
        .admin
        .post(&path.replace("drain", "resume"), json!({}))
        .await
        .expect(200);
    eventually("it takes jobs again", || async {
        fixture.job(held).await.status == JobStatus::Succeeded
    })
    .await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(fixture.viewer.get("/api/v1/workers").await.expect(200), json!([]));
});

on_both!(
    workers_of_several_organisations_are_drained_in_the_shell_alone,
    |test| {
        let fixture = Fixture::new(&test, "nossa").await;
        let other = Fixture::new(&test, "vizinha").await;
        let stop = CancellationToken::new();
        let running = tokio::spawn(test.worker().run(stop.clone()));
        let workers = async |of: &Fixture| of.admin.get("/api/v1/workers").await.expect(200);
        eventually("a worker is there", || async { workers(&fixture).await != json!([]) }).await;
        let id = workers(&fixture).await[0]["id"].as_str().unwrap().to_owned();
        for admin in [&fixture.admin, &other.admin] {
            for verb in ["drain", "resume"] {
                admin
                    .post(&format!("/api/v1/workers/{id}/{verb}"), json!({}))
                    .await
                    .expect(404);
            }
        }
        let vars: Vec<(&str, &str)> = test
            .vars()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let shell = |arguments: &[&str]| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_esteira"));
            let output = command
                .arg("worker")
                .args(arguments)
                .envs(vars.iter().copied())
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let seen = async |of: &Fixture| {
            let all = workers(of).await;
            for hidden in ["host", "pid", "drained_by"] {
                assert_eq!(all[0][hidden], Value::Null, "{hidden}");
            }
            all[0]["draining_at"].is_string()
        };
        assert!(!seen(&fixture).await);
        assert!(shell(&["drain", &id]).contains("takes no more jobs"));
        assert!(seen(&fixture).await && seen(&other).await);
        let listed = shell(&["list"]);
        assert!(
            listed.contains(&id) && listed.contains(&format!("pid {}", std::process::id())),
            "{listed}"
        );
        assert!(shell(&["resume", &id]).contains("takes jobs again"));
        assert!(!seen(&other).await);
        stop.cancel();
        running.await.unwrap();
    }
);
