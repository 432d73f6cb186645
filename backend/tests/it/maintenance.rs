//! Maintenance: what rests, that it says so, and that it ends by itself.

use chrono::{TimeDelta, Utc};
use esteira_shared::{ids::JobId, status::JobStatus};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    on_both,
    queue::{probe, put},
    support::{Client, Fixture, TestApp, eventually, pdf},
};

const PATH: &str = "/api/v1/maintenance";

fn from_now(by: TimeDelta) -> String {
    (Utc::now() + by).to_rfc3339()
}

/// One that began just now and lasts an hour.
async fn begin(admin: &Client, area: &str) -> String {
    let create = json!({ "area": area, "reason": "troca de servidor", "ends_at": from_now(TimeDelta::hours(1)) });
    let made = admin.post(PATH, create).await.expect(201);
    assert_eq!(made["active"], true, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn end(admin: &Client, id: &str) -> Value {
    admin.post(&format!("{PATH}/{id}/end"), json!({})).await.expect(200)
}

/// Lanes as the applications use them, one job in each.
const LANES: [&str; 7] = [
    "",
    "sat",
    "robots/VIVO",
    "robots/VIVO/sat",
    "robots/VIVO/schedules/sat",
    "email",
    "webhooks/um",
];

async fn one_in_each(test: &TestApp, fixture: &Fixture) -> Vec<JobId> {
    let job = |lane: &&str| probe(fixture.organization, &Uuid::now_v7().to_string(), &["ok"]).lane(*lane);
    put(test, LANES.iter().map(job).collect()).await
}

async fn waiting(fixture: &Fixture, ids: &[JobId]) -> Vec<&'static str> {
    let mut waiting = Vec::new();
    for (id, lane) in ids.iter().zip(LANES) {
        if fixture.job(*id).await.status == JobStatus::Queued {
            waiting.push(lane);
        }
    }
    waiting
}

on_both!(each_area_holds_its_own_and_nothing_else, |test| {
    let fixture = Fixture::new(&test, "areas").await;
    let other = Fixture::new(&test, "vizinha").await;
    let robots = ["robots/VIVO", "robots/VIVO/sat", "robots/VIVO/schedules/sat"];
    let everything = [["sat"].as_slice(), &robots, &["email", "webhooks/um"]].concat();
    let areas: [(&str, &[&str]); 5] = [
        ("robots", &robots),
        ("sat", &["sat", "robots/VIVO/sat"]),
        ("messages", &["email", "webhooks/um"]),
        ("schedules", &[]),
        ("everything", everything.as_slice()),
    ];
    for (area, held) in areas {
        let id = begin(&fixture.admin, area).await;
        let own = one_in_each(&test, &fixture).await;
        let free = one_in_each(&test, &other).await;
        let expected = LANES.len() * 2 - held.len();
        assert_eq!(test.run_jobs().await, expected, "{area}");
        assert_eq!(waiting(&fixture, &own).await, held, "{area}");
        assert!(
            waiting(&other, &free).await.is_empty(),
            "another organisation rests too"
        );
        assert_eq!(end(&fixture.admin, &id).await["active"], false);
        assert_eq!(test.run_jobs().await, held.len(), "{area} goes on");
    }
});

on_both!(two_at_once_hold_together_and_the_last_one_to_end_counts, |test| {
    let fixture = Fixture::new(&test, "juntas").await;
    let long = from_now(TimeDelta::hours(4));
    let first = begin(&fixture.admin, "robots").await;
    let create = json!({ "area": "everything", "reason": "mudança de data center", "ends_at": long });
    let second = fixture.admin.post(PATH, create).await.expect(201);
    let job = put(
        &test,
        vec![probe(fixture.organization, "juntas", &["ok"]).lane("robots/OI")],
    )
    .await[0];
    let detail = fixture.viewer.get(&format!("/api/v1/jobs/{job}")).await.expect(200);
    let checks = detail["waiting"]["checks"].as_array().unwrap();
    let held = checks.iter().find(|check| check["passed"] == false).unwrap();
    assert_eq!(
        (&held["check"], &held["subject"], &held["at"]),
        (
            &json!("maintenance"),
            &json!("mudança de data center"),
            &second["ends_at"]
        )
    );
    end(&fixture.admin, second["id"].as_str().unwrap()).await;
    assert_eq!(test.run_jobs().await, 0, "the other one holds it still");
    end(&fixture.admin, &first).await;
    assert_eq!(test.run_jobs().await, 1);
});

on_both!(one_ends_by_itself_and_a_planned_one_holds_nothing_yet, |test| {
    let fixture = Fixture::new(&test, "sozinha").await;
    let planned = json!({
        "area": "everything", "reason": "fim de semana", "starts_at": from_now(TimeDelta::days(2)),
        "ends_at": from_now(TimeDelta::days(3)),
    });
    fixture.admin.post(PATH, planned).await.expect(201);
    let create = json!({ "area": "messages", "reason": "um instante", "ends_at": from_now(TimeDelta::seconds(3)) });
    let made = fixture.admin.post(PATH, create).await.expect(201);
    let held = put(
        &test,
        vec![probe(fixture.organization, "sozinha", &["ok"]).lane("email")],
    )
    .await[0];
    let free = put(
        &test,
        vec![probe(fixture.organization, "livre", &["ok"]).lane("robots/VIVO")],
    )
    .await[0];
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    eventually("what is only to rest in two days runs", || async {
        fixture.job(free).await.status == JobStatus::Succeeded
    })
    .await;
    eventually("nobody has to end it", || async {
        fixture.job(held).await.status == JobStatus::Succeeded
    })
    .await;
    stop.cancel();
    working.await.unwrap();
    let ends_at: chrono::DateTime<Utc> = made["ends_at"].as_str().unwrap().parse().unwrap();
    let began = fixture.job(held).await.started_at.unwrap();
    assert!(*began >= ends_at, "{began:?} is before {ends_at}");
    let page = fixture.viewer.get(PATH).await.expect(200);
    assert_eq!(page["items"][1]["ended_at"], json!(null), "{page}");
    assert_eq!(page["items"][1]["active"], false);
});

on_both!(nothing_reaches_sat_meanwhile, |test| {
    let fixture = Fixture::new(&test, "sat").await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();
    let process = fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201)["process"].clone();
    let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
    let path = |verb: &str| format!("/api/v1/processes/{id}/{verb}");
    let approved = fixture.analyst.post(&path("approve"), seen).await.expect(200);
    let rest = begin(&fixture.admin, "sat").await;
    let version = approved["process"]["version"].clone();
    fixture
        .analyst
        .post(&path("send"), json!({ "version": version }))
        .await
        .expect(200);
    test.run_jobs().await;
    assert!(test.sat_documents().await.is_empty());
    end(&fixture.admin, &rest).await;
    test.run_jobs().await;
    assert_eq!(test.sat_documents().await.len(), 1);
});

on_both!(the_list_is_for_everybody_and_changes_are_for_administrators, |test| {
    let fixture = Fixture::new(&test, "lista").await;
    let plan = |day: i64| {
        json!({
            "area": "sat", "reason": format!("dia {day}"), "starts_at": from_now(TimeDelta::days(day)),
            "ends_at": from_now(TimeDelta::days(day + 1)),
        })
    };
    fixture.manager.post(PATH, plan(1)).await.refused(403, "forbidden");
    let over = begin(&fixture.admin, "robots").await;
    end(&fixture.admin, &over).await;
    let active = begin(&fixture.admin, "messages").await;
    for day in [5, 1, 3] {
        fixture.admin.post(PATH, plan(day)).await.expect(201);
    }
    let reasons = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|one| one["reason"].as_str().unwrap().to_owned())
            .collect()
    };
    let open = fixture.viewer.get(&format!("{PATH}?over=false")).await.expect(200);
    assert_eq!(reasons(&open), ["troca de servidor", "dia 1", "dia 3", "dia 5"]);
    assert_eq!(
        (&open["items"][0]["id"], &open["items"][0]["active"]),
        (&json!(active), &json!(true))
    );
    assert_eq!(open["items"][0]["created_by"], "lista admin");
    let history = fixture.viewer.get(&format!("{PATH}?over=true")).await.expect(200);
    assert_eq!(history["items"].as_array().unwrap().len(), 1);
    assert_eq!(history["items"][0]["id"], json!(over));
    // Page by page, in both orders.
    for (filter, expected) in [
        ("over=false", vec!["troca de servidor", "dia 1", "dia 3", "dia 5"]),
        (
            "",
            vec!["dia 5", "dia 3", "dia 1", "troca de servidor", "troca de servidor"],
        ),
    ] {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = fixture
                .viewer
                .get(&format!("{PATH}?limit=2&{filter}{cursor}"))
                .await
                .expect(200);
            all.extend(reasons(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(all, expected, "{filter}");
    }
    let first = fixture
        .viewer
        .get(&format!("{PATH}?limit=1&over=false"))
        .await
        .expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let refused = fixture.viewer.get(&format!("{PATH}?over=true&cursor={cursor}")).await;
    assert_eq!(refused.refused_field().0, "cursor");
});

on_both!(what_makes_no_sense_is_refused, |test| {
    let fixture = Fixture::new(&test, "recusas").await;
    let create = |starts: Option<TimeDelta>, ends: TimeDelta| json!({ "area": "sat", "reason": "r", "starts_at": starts.map(from_now), "ends_at": from_now(ends) });
    let (hour, day) = (TimeDelta::hours(1), TimeDelta::days(1));
    for (body, field) in [
        (create(None, -hour), "ends_at"),
        (create(Some(day), hour), "ends_at"),
        (create(Some(-day), -hour), "ends_at"),
        (create(None, day * 32), "ends_at"),
        (create(Some(day * 400), day * 401), "starts_at"),
        (
            json!({ "area": "sat", "reason": " ", "ends_at": from_now(hour) }),
            "reason",
        ),
    ] {
        let refused = fixture.admin.post(PATH, body.clone()).await.refused_field();
        assert_eq!(refused.0, field, "{body}");
    }
    // A beginning that has passed is now.
    let made = fixture.admin.post(PATH, create(Some(-day), hour)).await.expect(201);
    assert_eq!(made["active"], true, "{made}");
    let starts: chrono::DateTime<Utc> = made["starts_at"].as_str().unwrap().parse().unwrap();
    assert!(Utc::now() - starts < hour, "{made}");
});

on_both!(one_is_ended_or_called_off_and_the_trail_tells, |test| {
    let fixture = Fixture::new(&test, "trilha").await;
    let active = begin(&fixture.admin, "everything").await;
    let plan = json!({
        "area": "robots", "reason": "dia seguinte", "starts_at": from_now(TimeDelta::days(1)),
        "ends_at": from_now(TimeDelta::days(2)),
    });
    let planned = fixture.admin.post(PATH, plan).await.expect(201);
    let planned = planned["id"].as_str().unwrap();
    let refused = fixture.admin.post(&format!("{PATH}/{planned}/end"), json!({})).await;
    assert_eq!(
        refused.refused(409, "illegal_transition")["details"]["allowed"],
        json!(["delete"])
    );
    let refused = fixture.admin.delete(&format!("{PATH}/{active}")).await;
    assert_eq!(
        refused.refused(409, "illegal_transition")["details"]["allowed"],
        json!(["end"])
    );
    fixture.admin.delete(&format!("{PATH}/{planned}")).await.expect(204);
    let ended = end(&fixture.admin, &active).await;
    assert!(ended["ended_at"].is_string(), "{ended}");
    assert_eq!(end(&fixture.admin, &active).await, ended, "twice changes nothing");
    fixture
        .admin
        .delete(&format!("{PATH}/{active}"))
        .await
        .refused(409, "illegal_transition");
    for (action, count) in [("start", 2), ("end", 1), ("delete", 1)] {
        let path = format!("/api/v1/audit?action=maintenance.{action}");
        let trail = fixture.admin.get(&path).await.expect(200);
        assert_eq!(trail["items"].as_array().unwrap().len(), count, "{action}: {trail}");
    }
});
