//! What a job may ask for when it is queued: a group to wait for, a place in the order, a key of its own.

use std::time::Duration;

use chrono::TimeDelta;
use esteira::engine::{MAX_PAYLOAD, NewJob, enqueue, enqueue_group};
use esteira_shared::{error::ErrorCode, status::JobStatus};

use super::{key, probe, put};
use crate::{
    on_both,
    support::{Fixture, Probe, probes, worker_with_slots},
};

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
