//! A range of the past: listed, then run.

use super::*;

fn daily(name: &str, kind: &str) -> Value {
    let mut create = if kind == "ENVIAR_RELATORIOS" {
        report(name)
    } else {
        monthly(name)
    };
    create["schedule"]["rule"] = json!({ "type": "daily", "every": 1, "times": ["09:00"] });
    create["schedule"]["skip_weekends"] = json!(true);
    create["schedule"]["roll"] = json!("next_business_day");
    create
}

/// A Friday to a Monday.
fn range() -> Value {
    json!({ "from": "2024-03-01", "to": "2024-03-04", "dry_run": true })
}

fn nominal(listed: &Value) -> Vec<(String, bool)> {
    let slots = listed["slots"].as_array().unwrap();
    slots
        .iter()
        .map(|slot| (word(slot, "nominal_at"), slot["runs"].as_bool().unwrap()))
        .collect()
}

on_both!(the_slots_of_a_range_are_listed_and_then_run, |test| {
    let fixture = Fixture::new(&test, "faixa").await;
    let made = add(&fixture, daily("Diário", "CRIAR_PROCESSOS_MENSAIS")).await;
    let path = format!("/api/v1/schedules/{}", word(&made, "id"));
    let backfill = format!("{path}/backfill");
    let listed = fixture.manager.post(&backfill, range()).await.expect(200);
    // Saturday and Sunday fall together with Monday, which keeps its own.
    let expected = [
        ("2024-03-01T12:00:00Z".to_owned(), true),
        ("2024-03-04T12:00:00Z".to_owned(), true),
    ];
    assert_eq!(nominal(&listed), expected, "{listed}");
    assert_eq!((&listed["more"], &listed["to_people"]), (&json!(false), &json!(false)));
    assert_eq!(listed["slots"][0]["local"], "2024-03-01T09:00");
    assert_eq!(
        fixture.count_jobs("task=run_schedule").await,
        0,
        "a dry run runs nothing"
    );

    // It asks neither the pause nor the overlap policy.
    fixture
        .manager
        .post(&format!("{path}/pause"), json!({}))
        .await
        .expect(200);
    let mut go = range();
    go["dry_run"] = json!(false);
    fixture.manager.post(&backfill, go.clone()).await.expect(200);
    assert_eq!(fixture.count_jobs("task=run_schedule").await, 1, "one at once");
    let runs = fixture.viewer.get(&format!("{path}/runs")).await.expect(200);
    let statuses: Vec<String> = runs["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| format!("{} {}", word(run, "origin"), word(run, "status")))
        .collect();
    assert_eq!(statuses, ["backfill waiting", "backfill running"], "newest first");
    let listed = fixture.manager.post(&backfill, range()).await.expect(200);
    assert!(nominal(&listed).iter().all(|(_, runs)| !runs), "{listed}");
    fixture.manager.post(&backfill, go).await.expect(200);
    assert_eq!(
        fixture.count_jobs("task=run_schedule").await,
        1,
        "what is under way is not run twice"
    );

    test.run_jobs().await;
    let over = fixture
        .viewer
        .get(&format!("{path}/runs?status=waiting,running"))
        .await
        .expect(200);
    assert_eq!(over["items"], json!([]), "each began when the one before it was over");
});

on_both!(so_many_run_at_once_as_was_asked, |test| {
    let fixture = Fixture::new(&test, "juntos").await;
    let mut create = daily("Diário", "CRIAR_PROCESSOS_MENSAIS");
    create["schedule"]["skip_weekends"] = json!(false);
    let made = add(&fixture, create).await;
    let path = format!("/api/v1/schedules/{}/backfill", word(&made, "id"));
    let go = json!({ "from": "2024-03-01", "to": "2024-03-10", "concurrency": 3 });
    let taken = fixture.manager.post(&path, go).await.expect(200);
    assert_eq!(nominal(&taken).len(), 10);
    assert_eq!(fixture.count_jobs("task=run_schedule").await, 3);
    for (field, value) in [
        ("concurrency", json!(0)),
        ("concurrency", json!(11)),
        ("to", json!("2024-02-01")),
    ] {
        let mut wrong = json!({ "from": "2024-03-01", "to": "2024-03-10" });
        wrong[field] = value;
        let refused = fixture.manager.post(&path, wrong).await;
        assert_eq!(refused.refused_field(), (field.to_owned(), "out_of_range".to_owned()));
    }
});

on_both!(more_than_one_backfill_takes_is_said, |test| {
    let fixture = Fixture::new(&test, "muito").await;
    let mut create = monthly("Minuto");
    create["schedule"]["rule"] = json!({ "type": "interval", "minutes": 1 });
    let made = add(&fixture, create).await;
    let path = format!("/api/v1/schedules/{}/backfill", word(&made, "id"));
    let listed = fixture.manager.post(&path, range()).await.expect(200);
    assert_eq!((nominal(&listed).len(), &listed["more"]), (500, &json!(true)));
    assert_eq!(listed["slots"][0]["local"], "2024-03-01T00:00");
    let future = json!({ "from": "2990-01-01", "to": "2990-01-02", "dry_run": true });
    let listed = fixture.manager.post(&path, future).await.expect(200);
    assert_eq!(listed["slots"], json!([]), "only the past");
});

on_both!(
    people_are_written_to_about_the_past_only_when_somebody_confirms_it,
    |test| {
        let fixture = Fixture::new(&test, "cartas").await;
        let made = add(&fixture, daily("Relatório", "ENVIAR_RELATORIOS")).await;
        let path = format!("/api/v1/schedules/{}/backfill", word(&made, "id"));
        let listed = fixture.manager.post(&path, range()).await.expect(200);
        assert_eq!(listed["to_people"], true);
        let mut go = range();
        go["dry_run"] = json!(false);
        let refused = fixture.manager.post(&path, go.clone()).await;
        assert_eq!(
            refused.refused_field(),
            ("confirm_messages".to_owned(), "required".to_owned())
        );
        assert_eq!(fixture.count_jobs("task=run_schedule").await, 0);
        go["confirm_messages"] = json!(true);
        fixture.manager.post(&path, go).await.expect(200);
        assert_eq!(fixture.count_jobs("task=run_schedule").await, 1);
    }
);
