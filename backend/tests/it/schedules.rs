//! Schedules over the API: what may be saved, what they say that they will do, and what people do with them.

mod backfill;
mod bad_input;
mod files;
mod missed;
mod preview;

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::schedules},
    with_conn,
};
use esteira_shared::{ids::ScheduleId, instant::Instant};
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Fixture, TestApp},
};

/// Opens the month on its first day. It does not come due while a test runs, but for a minute a month.
pub fn monthly(name: &str) -> Value {
    json!({
        "name": name, "kind": "CRIAR_PROCESSOS_MENSAIS",
        "schedule": {
            "timezone": "America/Sao_Paulo", "rule": { "type": "monthly", "day": 1, "times": ["03:07"] },
        },
    })
}

/// Writes to people.
fn report(name: &str) -> Value {
    let mut report = monthly(name);
    report["kind"] = json!("ENVIAR_RELATORIOS");
    report["parameters"] = json!({ "to": ["ana@example.com"] });
    report
}

async fn add(fixture: &Fixture, create: Value) -> Value {
    fixture.manager.post("/api/v1/schedules", create).await.expect(201)
}

fn word(value: &Value, key: &str) -> String {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {value}"))
        .to_owned()
}

/// What `PUT` takes of what `GET` answered.
fn update_of(schedule: &Value) -> Value {
    let mut update = json!({ "active": schedule["state"] != "disabled" });
    for name in [
        "name",
        "parameters",
        "schedule",
        "catch_up",
        "catch_up_hours",
        "overlap",
        "pause_after_failures",
        "version",
    ] {
        update[name] = schedule[name].clone();
    }
    update
}

async fn names(fixture: &Fixture, filter: &str) -> Vec<String> {
    let page = fixture
        .viewer
        .get(&format!("/api/v1/schedules?{filter}"))
        .await
        .expect(200);
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| word(item, "name")).collect()
}

/// As if a schedule had been paused for an hour, and nobody had looked at it.
async fn paused_for_an_hour(test: &TestApp, id: &str) {
    let id: ScheduleId = id.parse().unwrap();
    let ago: Instant = (Utc::now() - TimeDelta::hours(1)).into();
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(schedules::table.find(id))
        .set((
            schedules::paused_at.eq(Some(ago)),
            schedules::settled_at.eq(ago),
            schedules::next_at.eq(Some(ago)),
            schedules::next_nominal_at.eq(Some(ago)),
        ))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
}

on_both!(a_schedule_is_made_changed_and_removed, |test| {
    let fixture = Fixture::new(&test, "vida").await;
    let kinds = fixture.viewer.get("/api/v1/schedules/kinds").await.expect(200);
    let kind = kinds
        .as_array()
        .unwrap()
        .iter()
        .find(|kind| kind["kind"] == "CRIAR_PROCESSOS_MENSAIS");
    let kind = kind.unwrap().clone();
    let made = add(&fixture, monthly("  Abertura  do mês ")).await;
    assert_eq!(made["name"], "Abertura do mês");
    assert_eq!(
        (&made["parameters"], &made["catch_up"]),
        (&kind["parameters"], &kind["catch_up"]),
        "what the kind has by itself"
    );
    assert_eq!(
        (&made["state"], &made["last"], &made["missed"]),
        (&json!("active"), &Value::Null, &json!(0))
    );
    assert!(word(&made["next"], "local").ends_with("-01T03:07"), "{made}");
    assert!(word(&made, "description").contains("03:07"), "{made}");

    let path = format!("/api/v1/schedules/{}", word(&made, "id"));
    let mut update = update_of(&made);
    update["name"] = json!("Abertura");
    update["schedule"]["rule"] = json!({ "type": "monthly", "business_day": 1, "times": ["04:00"] });
    update["active"] = json!(false);
    let changed = fixture.manager.put(&path, update.clone()).await.expect(200);
    assert_eq!(
        (
            &changed["name"],
            &changed["state"],
            &changed["next"],
            &changed["version"]
        ),
        (&json!("Abertura"), &json!("disabled"), &Value::Null, &json!(2))
    );
    fixture
        .manager
        .put(&path, update)
        .await
        .refused(409, "version_conflict");
    assert_eq!(fixture.viewer.get(&path).await.expect(200), changed);

    let trail = fixture
        .admin
        .get("/api/v1/audit?action=schedule.update")
        .await
        .expect(200);
    let line = &trail["items"][0];
    assert_eq!(
        (&line["before"]["name"], &line["after"]["name"]),
        (&json!("Abertura do mês"), &json!("Abertura"))
    );

    assert_eq!(fixture.manager.delete(&path).await.status, 204);
    fixture.viewer.get(&path).await.refused(404, "not_found");
    assert!(names(&fixture, "").await.is_empty());
});

on_both!(the_list_is_by_name_in_pages_and_narrowed, |test| {
    let fixture = Fixture::new(&test, "lista").await;
    for name in ["Éter", "abacaxi", "Zebra"] {
        add(&fixture, monthly(name)).await;
    }
    let mut off = monthly("Desligado");
    off["active"] = json!(false);
    add(&fixture, off).await;
    add(&fixture, report("Relatório")).await;
    assert_eq!(
        names(&fixture, "").await,
        ["abacaxi", "Desligado", "Éter", "Relatório", "Zebra"]
    );
    assert_eq!(names(&fixture, "q=ETE").await, ["Éter"]);
    assert_eq!(names(&fixture, "state=disabled").await, ["Desligado"]);
    assert_eq!(
        names(&fixture, "state=active&kind=ENVIAR_RELATORIOS").await,
        ["Relatório"]
    );
    assert!(names(&fixture, "failing=true").await.is_empty());

    let first = fixture.viewer.get("/api/v1/schedules?limit=3").await.expect(200);
    assert_eq!(first["total"]["count"], 5);
    let rest = format!("limit=3&cursor={}", word(&first, "next_cursor"));
    assert_eq!(names(&fixture, &rest).await, ["Relatório", "Zebra"]);

    let found = fixture.viewer.get("/api/v1/search?q=zebr").await.expect(200);
    let hit = &found.as_array().unwrap()[0];
    assert_eq!(
        (&hit["kind"], &hit["title"], &hit["subtitle"]),
        (&json!("schedule"), &json!("Zebra"), &json!("CRIAR_PROCESSOS_MENSAIS"))
    );
});

on_both!(a_name_is_taken_once_however_it_is_written, |test| {
    let fixture = Fixture::new(&test, "nomes").await;
    add(&fixture, monthly("Fechamento")).await;
    let taken = ("name".to_owned(), "taken".to_owned());
    let again = fixture.manager.post("/api/v1/schedules", monthly(" FECHAMENTO")).await;
    assert_eq!(again.refused_field(), taken);
    let other = add(&fixture, monthly("Outro")).await;
    let mut update = update_of(&other);
    update["name"] = json!("fechamento");
    let path = format!("/api/v1/schedules/{}", word(&other, "id"));
    assert_eq!(fixture.manager.put(&path, update).await.refused_field(), taken);
});

on_both!(a_paused_one_says_why_and_what_passed_stays_missed, |test| {
    let fixture = Fixture::new(&test, "pausa").await;
    let mut create = monthly("De dez em dez");
    create["schedule"]["rule"] = json!({ "type": "interval", "minutes": 10 });
    create["catch_up"] = json!("all");
    let made = add(&fixture, create).await;
    let id = word(&made, "id");
    let path = format!("/api/v1/schedules/{id}");
    let note = json!({ "note": "  até o SAT voltar " });
    let paused = fixture.manager.post(&format!("{path}/pause"), note).await.expect(200);
    assert_eq!((&paused["state"], &paused["next"]), (&json!("paused"), &Value::Null));
    let pause = &paused["pause"];
    assert_eq!(
        (&pause["note"], &pause["cause"]),
        (&json!("até o SAT voltar"), &json!("person"))
    );
    assert_eq!(pause["by"], "pausa manager");
    assert_eq!(names(&fixture, "state=paused").await, ["De dez em dez"]);

    paused_for_an_hour(&test, &id).await;
    let resumed = fixture
        .manager
        .post(&format!("{path}/resume"), json!({}))
        .await
        .expect(200);
    assert_eq!((&resumed["state"], &resumed["pause"]), (&json!("active"), &Value::Null));
    // Half a minute may pass between two looks at the clock.
    let missed = resumed["missed"].as_i64().unwrap();
    assert!((5..=6).contains(&missed), "{resumed}");
    let page = fixture.viewer.get("/api/v1/schedules/missed").await.expect(200);
    for run in page["items"].as_array().unwrap() {
        assert_eq!(
            (&run["cause"], &run["status"]),
            (&json!("paused"), &json!("missed")),
            "{run}"
        );
    }
    // Nothing is made up for by itself.
    assert_eq!(fixture.count_jobs("task=run_schedule").await, 0);
});

on_both!(many_are_paused_and_resumed_at_once, |test| {
    let fixture = Fixture::new(&test, "muitos").await;
    let mut ids = Vec::new();
    for number in 1..=3 {
        ids.push(word(&add(&fixture, monthly(&format!("Noturno {number}"))).await, "id"));
    }
    add(&fixture, monthly("Diurno")).await;
    let one = json!({ "target": { "ids": [ids[0]] }, "note": "obra" });
    let pause = "/api/v1/schedules/bulk/pause";
    assert_eq!(
        fixture.manager.post(pause, one).await.expect(200),
        json!({ "changed": 1, "unchanged": 0 })
    );
    let night = json!({ "filter": { "q": "noturno" } });
    let all = json!({ "target": night, "note": "obra" });
    assert_eq!(
        fixture.manager.post(pause, all).await.expect(200),
        json!({ "changed": 2, "unchanged": 1 })
    );
    assert_eq!(names(&fixture, "state=active").await, ["Diurno"]);
    let resumed = fixture
        .manager
        .post(
            "/api/v1/schedules/bulk/resume",
            json!({ "target": { "filter": { "state": "paused" } } }),
        )
        .await
        .expect(200);
    assert_eq!(resumed, json!({ "changed": 3, "unchanged": 0 }));
    assert_eq!(names(&fixture, "state=active").await.len(), 4);
    let none = json!({ "target": { "ids": [] } });
    let refused = fixture.manager.post("/api/v1/schedules/bulk/resume", none).await;
    assert_eq!(refused.refused_field().0, "target.ids");
});

on_both!(it_runs_when_a_person_says_so_and_its_history_tells, |test| {
    let fixture = Fixture::new(&test, "agora").await;
    fixture.registry(&test, 1, &["VIVO"]).await;
    let made = add(&fixture, monthly("Abertura")).await;
    let path = format!("/api/v1/schedules/{}", word(&made, "id"));
    let run = fixture
        .manager
        .post(&format!("{path}/run"), json!({}))
        .await
        .expect(201);
    assert_eq!((&run["origin"], &run["status"]), (&json!("manual"), &json!("running")));
    assert_eq!(run["requested_by"], "agora manager");
    assert_eq!((&run["late_ms"], &run["job_status"]), (&Value::Null, &json!("queued")));
    let refused = fixture.manager.delete(&path).await.refused(409, "in_use");
    assert_eq!(refused["details"]["runs"], 1);
    let again = format!("/api/v1/schedules/runs/{}/run", word(&run, "id"));
    let refused = fixture.manager.post(&again, json!({})).await.refused(409, "job_status");
    assert_eq!(refused["details"]["status"], "running");

    test.run_jobs().await;
    let history = fixture
        .viewer
        .get(&format!("{path}/runs?status=succeeded"))
        .await
        .expect(200);
    assert_eq!(history["total"]["count"], 1, "{history}");
    let ended = &history["items"][0];
    assert_eq!((&ended["id"], &ended["job_status"]), (&run["id"], &json!("succeeded")));
    assert!(ended["took_ms"].as_i64().is_some_and(|took| took >= 0), "{ended}");
    assert!(ended["result"].is_object(), "{ended}");
    let now = fixture.viewer.get(&path).await.expect(200);
    assert_eq!(now["last"]["id"], run["id"]);
    let figures = fixture.viewer.get(&format!("{path}/figures")).await.expect(200);
    assert_eq!((&figures["succeeded"], &figures["failed"]), (&json!(1), &json!(0)));
    assert_eq!(figures["late_ms_p50"], Value::Null, "nobody waited for it");
    assert!(figures["took_ms_p95"].is_i64(), "{figures}");

    // What is over may go once more, in its own row.
    let rerun = fixture.manager.post(&again, json!({})).await.expect(200);
    assert_eq!((&rerun["id"], &rerun["status"]), (&run["id"], &json!("running")));
    test.run_jobs().await;
    assert_eq!(fixture.manager.delete(&path).await.status, 204);
});

on_both!(exceptions_are_replaced_and_those_without_a_date_are_marked, |test| {
    let fixture = Fixture::new(&test, "excecoes").await;
    let mut create = monthly("Mensal");
    create["schedule"]["rule"] = json!({ "type": "monthly", "day": 31, "short_month": "omit", "times": ["09:00"] });
    let made = add(&fixture, create).await;
    let path = format!("/api/v1/schedules/{}/exceptions", word(&made, "id"));
    let year = 2_998;
    let wanted = json!([
        { "type": "skip", "start": format!("{year}-01-31"), "end": format!("{year}-01-31"), "reason": "recesso" },
        { "type": "skip", "start": format!("{year}-04-01"), "end": format!("{year}-04-30") },
        { "type": "modify", "start": format!("{year}-05-31"), "end": format!("{year}-05-31"),
          "changes": { "month_offset": -1 } },
    ]);
    let kept = fixture
        .manager
        .put(&path, json!({ "exceptions": wanted, "version": 1 }))
        .await
        .expect(200);
    let marks: Vec<bool> = kept["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["unmatched"].as_bool().unwrap())
        .collect();
    assert_eq!(marks, [false, true, false], "{kept}");
    assert_eq!(kept["version"], 2);
    assert_eq!(fixture.viewer.get(&path).await.expect(200), kept);
    fixture
        .manager
        .put(&path, json!({ "exceptions": [], "version": 1 }))
        .await
        .refused(409, "version_conflict");
    // What the kind would refuse at its time is refused now.
    let mut wrong = wanted;
    wrong[2]["changes"] = json!({ "month_offset": 99 });
    let refused = fixture
        .manager
        .put(&path, json!({ "exceptions": wrong, "version": 2 }))
        .await;
    assert_eq!(
        refused.refused_field(),
        (
            "schedule.exceptions.2.changes.month_offset".to_owned(),
            "out_of_range".to_owned()
        )
    );
});
