//! Workers, and who may drain them.

use esteira_shared::status::JobStatus;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{key, probe, put};
use crate::{
    on_both,
    support::{Fixture, eventually},
};

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
