//! What cannot be is refused with its field, alike before and while it is saved; the words are the reader's.

use super::*;

/// Fields of a schedule, the field that is refused and the code of the reason.
fn wrong() -> Vec<(Value, &'static str, &'static str)> {
    let cron = |expression: &str| json!({ "rule": { "type": "cron", "expression": expression } });
    let skip = |start: &str, end: &str| json!({ "type": "skip", "start": start, "end": end });
    vec![
        (cron("0 0 2 * * *"), "rule.expression", "cron_fields"),
        (cron("0 0 1--100000000 * *"), "rule.expression", "cron_refused"),
        (cron(&"*".repeat(10_000)), "rule.expression", "cron_too_long"),
        (json!({ "timezone": "America/Nowhere" }), "timezone", "unknown_zone"),
        (
            json!({ "window": { "start": "09:00", "end": "09:00" } }),
            "window.end",
            "window_empty",
        ),
        (json!({ "calendars": ["none-such"] }), "calendars.0", "unknown_calendar"),
        (
            json!({ "rule": { "type": "daily", "every": 0, "times": ["09:00"] } }),
            "rule.every",
            "must_be_between",
        ),
        (
            json!({ "exceptions": [skip("2027-03-01", "2027-03-10"), skip("2027-03-10", "2027-03-12")] }),
            "exceptions.1",
            "exceptions_overlap",
        ),
    ]
}

fn with(fields: &Value) -> Value {
    let mut create = monthly("Errado");
    let schedule = create["schedule"].as_object_mut().unwrap();
    schedule.extend(fields.as_object().unwrap().clone());
    create
}

on_both!(what_cannot_be_is_refused_with_its_field, |test| {
    let fixture = Fixture::new(&test, "erros").await;
    for (fields, field, code) in wrong() {
        let create = with(&fields);
        let refused = fixture
            .manager
            .post("/api/v1/schedules", create.clone())
            .await
            .refused(422, "validation");
        let problem = &refused["details"]["problems"][0];
        assert_eq!(refused["fields"][0]["field"], format!("schedule.{field}"), "{refused}");
        assert_eq!(
            (&problem["field"], &problem["code"]),
            (&json!(format!("schedule.{field}")), &json!(code))
        );

        let mut request = create["schedule"].clone();
        request["from"] = json!("2026-01-01T00:00:00Z");
        let refused = fixture
            .manager
            .post("/api/v1/schedules/preview", request)
            .await
            .refused(422, "validation");
        assert_eq!(refused["fields"][0]["field"], field, "{refused}");
        assert_eq!(refused["details"]["problems"][0]["code"], code, "{refused}");
        let text = word(&refused["details"]["problems"][0], "text");
        assert!(text.chars().count() < 300, "a long expression is not said back: {text}");
    }
    assert!(names(&fixture, "").await.is_empty());
});

on_both!(what_would_never_fire_is_not_saved, |test| {
    let fixture = Fixture::new(&test, "vazio").await;
    let always = json!([{ "start": "1999-01-01", "end": "2998-12-31" }]);
    for (fields, code) in [
        (
            json!({ "rule": { "type": "cron", "expression": "0 0 30 2 *" } }),
            "never_fires",
        ),
        (
            json!({ "rule": { "type": "once", "at": "2020-01-01T09:00" } }),
            "never_fires",
        ),
        (
            json!({ "blackouts": always.clone(), "end": "2998-12-31" }),
            "never_fires",
        ),
        (
            json!({ "blackouts": always, "roll": "next_business_day", "end": "2998-12-31" }),
            "never_fires",
        ),
        (
            json!({ "exceptions": [{ "type": "reschedule", "date": "2020-02-01", "to": "2020-02-02T09:00" }] }),
            "reschedule_in_past",
        ),
    ] {
        let refused = fixture
            .manager
            .post("/api/v1/schedules", with(&fields))
            .await
            .refused(422, "validation");
        assert_eq!(refused["details"]["problems"][0]["code"], code, "{fields}: {refused}");
    }
});

on_both!(every_wrong_field_is_named_at_once, |test| {
    let fixture = Fixture::new(&test, "todos").await;
    let mut create = with(&json!({ "timezone": "Lua" }));
    create["parameters"] = json!({ "month_offset": 99 });
    let refused = fixture
        .manager
        .post("/api/v1/schedules", create)
        .await
        .refused(422, "validation");
    let fields: Vec<String> = refused["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| word(field, "field"))
        .collect();
    assert_eq!(fields, ["schedule.timezone", "parameters.month_offset"]);
    // What cannot be read is named as well.
    for (fields, field) in [
        (
            json!({ "rule": { "type": "monthly", "day": "ultimo", "times": ["09:00"] } }),
            "rule",
        ),
        (json!({ "window": { "start": "9h", "end": "18:00" } }), "window.start"),
        (json!({ "from": null }), "from"),
    ] {
        let mut request = with(&json!({}))["schedule"].clone();
        request["from"] = json!("2026-01-01T00:00:00Z");
        request
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        let refused = fixture.manager.post("/api/v1/schedules/preview", request).await;
        assert!(refused.refused_field().0.starts_with(field), "{field}");
    }
});

on_both!(what_time_did_to_a_rule_does_not_keep_it_from_another_name, |test| {
    let fixture = Fixture::new(&test, "passado").await;
    let soon = Utc::now() + TimeDelta::minutes(3);
    let mut create = monthly("Uma vez");
    // The rule knows minutes, so its exception is what passes.
    let zone = chrono_tz::America::Sao_Paulo;
    let first = (Utc::now() + TimeDelta::days(40)).with_timezone(&zone);
    let day = first.format("%Y-%m-01").to_string();
    let to = soon.with_timezone(&zone);
    create["schedule"]["exceptions"] =
        json!([{ "type": "reschedule", "date": day, "to": to.format("%Y-%m-%dT%H:%M").to_string() }]);
    let made = add(&fixture, create).await;
    test.clock.advance(TimeDelta::minutes(10));
    let path = format!("/api/v1/schedules/{}", word(&made, "id"));
    let mut update = update_of(&made);
    update["name"] = json!("Outro nome");
    let renamed = fixture.manager.put(&path, update).await.expect(200);
    let mut update = update_of(&renamed);
    update["schedule"]["skip_weekends"] = json!(true);
    let changed = fixture.manager.put(&path, update).await.expect(200);
    let mut update = update_of(&changed);
    update["schedule"]["exceptions"][0]["to"] = json!("2020-01-01T09:00");
    let refused = fixture.manager.put(&path, update).await.refused(422, "validation");
    assert_eq!(refused["details"]["problems"][0]["code"], "reschedule_in_past");
});

on_both!(nobody_schedules_what_they_may_not_do, |test| {
    let fixture = Fixture::new(&test, "alcada").await;
    let mut backup = monthly("Cópia");
    backup["kind"] = json!("BACKUP_DADOS");
    fixture
        .manager
        .post("/api/v1/schedules", backup.clone())
        .await
        .refused(403, "forbidden");
    let text = json!([{ "name": "Cópia", "cron": "0 3 * * *", "kind": "BACKUP_DADOS" }]).to_string();
    let import = json!({ "format": "legacy", "text": text });
    fixture
        .manager
        .post("/api/v1/schedules/import", import)
        .await
        .refused(403, "forbidden");
    let made = fixture.admin.post("/api/v1/schedules", backup).await.expect(201);
    let path = format!("/api/v1/schedules/{}", word(&made, "id"));
    // Fewer copies would be kept.
    let mut update = update_of(&made);
    update["parameters"]["keep_last"] = json!(1);
    fixture.manager.put(&path, update).await.refused(403, "forbidden");
    let exceptions = json!({ "exceptions": [], "version": made["version"] });
    fixture
        .manager
        .put(&format!("{path}/exceptions"), exceptions)
        .await
        .refused(403, "forbidden");
    fixture
        .manager
        .post(&format!("{path}/pause"), json!({}))
        .await
        .expect(200);
    for (who, may) in [(&fixture.manager, false), (&fixture.admin, true)] {
        let kinds = who.get("/api/v1/schedules/kinds").await.expect(200);
        let mut kinds = kinds.as_array().unwrap().iter();
        assert!(kinds.any(|kind| kind["kind"] == "BACKUP_DADOS" && kind["may_make"] == may));
    }
});
