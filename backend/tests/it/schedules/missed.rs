//! Slots that did not run: listed, run, dismissed.

use esteira::{
    db::{schema::schedule_runs, sql_types::Json},
    scheduler::RunRow,
};
use esteira_shared::{
    ids::ScheduleRunId,
    status::{MissedCause, RunOrigin, ScheduleRunStatus},
};

use super::*;

/// Notes that slots did not run, each an hour before the one after it, and gives their ids, newest first.
async fn miss(test: &TestApp, fixture: &Fixture, schedule: &str, cause: MissedCause, count: i32) -> Vec<String> {
    let schedule: ScheduleId = schedule.parse().unwrap();
    let mut tx = test.app.db.begin().await.unwrap();
    let now = tx.now();
    let mut ids = Vec::new();
    for hours in 1..=count {
        let (id, at) = (
            ScheduleRunId(uuid::Uuid::now_v7()),
            now - TimeDelta::hours(hours.into()),
        );
        with_conn!(tx.conn(), |c| diesel::insert_into(schedule_runs::table)
            .values((
                schedule_runs::id.eq(id),
                schedule_runs::organization_id.eq(fixture.organization),
                schedule_runs::schedule_id.eq(schedule),
                schedule_runs::nominal_at.eq(at),
                schedule_runs::due_at.eq(at),
                schedule_runs::origin.eq(RunOrigin::Schedule),
                schedule_runs::status.eq(ScheduleRunStatus::Missed),
                schedule_runs::cause.eq(Some(cause)),
                schedule_runs::moved.eq(Json(json!([]))),
                schedule_runs::changes.eq(Json(json!({}))),
                schedule_runs::created_at.eq(now),
            ))
            .execute(c)
            .await)
        .unwrap();
        ids.push(id.to_string());
    }
    tx.commit().await.unwrap();
    ids
}

async fn listed(fixture: &Fixture, filter: &str) -> Vec<String> {
    let page = fixture
        .viewer
        .get(&format!("/api/v1/schedules/missed?{filter}"))
        .await
        .expect(200);
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| word(run, "id"))
        .collect()
}

async fn status_of(test: &TestApp, fixture: &Fixture, run: &str) -> ScheduleRunStatus {
    let mut conn = test.app.db.read().await.unwrap();
    let found = RunRow::find(&mut conn, fixture.organization, run.parse().unwrap())
        .await
        .unwrap();
    found.unwrap().status
}

on_both!(what_was_missed_is_listed_run_and_dismissed, |test| {
    let fixture = Fixture::new(&test, "perdidos").await;
    let first = word(&add(&fixture, monthly("Primeiro")).await, "id");
    let second = word(&add(&fixture, monthly("Segundo")).await, "id");
    let down = miss(&test, &fixture, &first, MissedCause::Down, 3).await;
    let overlap = miss(&test, &fixture, &second, MissedCause::Overlap, 1).await;
    assert_eq!(
        listed(&fixture, &format!("schedule_id={first}")).await,
        down,
        "newest first"
    );
    assert_eq!(listed(&fixture, "cause=overlap").await, overlap);
    let page = fixture.viewer.get("/api/v1/schedules/missed?limit=2").await.expect(200);
    assert_eq!(page["total"]["count"], 4);
    let rest = format!("limit=3&cursor={}", word(&page, "next_cursor"));
    assert_eq!(listed(&fixture, &rest).await.len(), 2);
    assert_eq!(fixture.viewer.get("/api/v1/home").await.expect(200)["missed"], 4);
    let path = format!("/api/v1/schedules/{first}");
    assert_eq!(fixture.viewer.get(&path).await.expect(200)["missed"], 3);

    // The three of one schedule go one after the other, the oldest first.
    let all = json!({ "target": { "all": { "schedule_id": first } } });
    let run = "/api/v1/schedules/missed/run";
    let started = fixture.manager.post(run, all.clone()).await.expect(200);
    assert_eq!(started, json!({ "changed": 3, "unchanged": 0 }));
    assert_eq!(status_of(&test, &fixture, &down[2]).await, ScheduleRunStatus::Running);
    assert_eq!(status_of(&test, &fixture, &down[0]).await, ScheduleRunStatus::Waiting);
    assert_eq!(
        fixture.manager.post(run, all).await.expect(200),
        json!({ "changed": 0, "unchanged": 0 })
    );
    test.run_jobs().await;
    for id in &down {
        assert_eq!(status_of(&test, &fixture, id).await, ScheduleRunStatus::Succeeded);
    }

    let some = json!({ "target": { "ids": [overlap[0], down[0]] } });
    let dismissed = fixture
        .manager
        .post("/api/v1/schedules/missed/dismiss", some)
        .await
        .expect(200);
    assert_eq!(dismissed, json!({ "changed": 1, "unchanged": 1 }));
    assert!(listed(&fixture, "").await.is_empty());
    assert_eq!(
        status_of(&test, &fixture, &overlap[0]).await,
        ScheduleRunStatus::Dismissed
    );
    // Nobody has to stand by it.
    let again = format!("/api/v1/schedules/runs/{}/run", overlap[0]);
    let run = fixture.manager.post(&again, json!({})).await.expect(200);
    assert_eq!(
        (&run["status"], &run["origin"], &run["cause"]),
        (&json!("running"), &json!("manual"), &Value::Null)
    );

    for (action, count) in [
        ("schedule.missed_run", 1),
        ("schedule.missed_dismiss", 1),
        ("schedule.run", 1),
    ] {
        let trail = fixture
            .admin
            .get(&format!("/api/v1/audit?action={action}"))
            .await
            .expect(200);
        assert_eq!(trail["items"].as_array().unwrap().len(), count, "{action}");
    }
});

on_both!(missed_messages_to_people_need_a_second_word, |test| {
    let fixture = Fixture::new(&test, "avisos").await;
    let schedule = word(&add(&fixture, report("Relatório")).await, "id");
    let missed = miss(&test, &fixture, &schedule, MissedCause::Down, 2).await;
    let needed = ("confirm_messages".to_owned(), "required".to_owned());
    let run = "/api/v1/schedules/missed/run";
    let all = json!({ "target": { "all": {} } });
    assert_eq!(fixture.manager.post(run, all).await.refused_field(), needed);
    let again = format!("/api/v1/schedules/runs/{}/run", missed[0]);
    assert_eq!(fixture.manager.post(&again, json!({})).await.refused_field(), needed);
    assert_eq!(listed(&fixture, "").await, missed, "nothing began");
    let confirmed = format!("{again}?confirm_messages=true");
    fixture.manager.post(&confirmed, json!({})).await.expect(200);
    let all = json!({ "target": { "all": {} }, "confirm_messages": true });
    let started = fixture.manager.post(run, all).await.expect(200);
    assert_eq!(started, json!({ "changed": 1, "unchanged": 0 }));
    // To say that it need not be written needs no second word.
    let more = miss_later(&test, &fixture, &schedule).await;
    let some = json!({ "target": { "ids": [more] } });
    let path = "/api/v1/schedules/missed/dismiss";
    assert_eq!(fixture.manager.post(path, some).await.expect(200)["changed"], 1);
});

/// One more, at an instant of its own.
async fn miss_later(test: &TestApp, fixture: &Fixture, schedule: &str) -> String {
    test.clock.advance(TimeDelta::minutes(7));
    miss(test, fixture, schedule, MissedCause::Paused, 1).await.remove(0)
}
