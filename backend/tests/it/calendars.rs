//! Calendars: their days, files, what schedules make of them, and the check of national holidays.

mod check;
mod files;

use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Client, Fixture},
};

/// A calendar called `empresa`.
async fn made(fixture: &Fixture) -> Value {
    let create = json!({ "name": "empresa", "title": "Feriados  da empresa " });
    fixture.manager.post("/api/v1/calendars", create).await.expect(201)
}

/// `date name kind` of each day of a year, `*` before the name of those that return.
async fn days(client: &Client, calendar: &str, year: i32) -> Vec<String> {
    let answer = client
        .get(&format!("/api/v1/calendars/{calendar}/days?year={year}"))
        .await
        .expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    answer["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| {
            let mark = if day["yearly"] == true { "*" } else { "" };
            format!(
                "{} {mark}{} {}",
                text(&day["date"]),
                text(&day["name"]),
                text(&day["kind"])
            )
        })
        .collect()
}

/// A schedule that runs once and skips the holidays of `empresa`.
async fn scheduled(fixture: &Fixture, name: &str, at: &str) -> String {
    let create = json!({
        "name": name,
        "kind": "CRIAR_PROCESSOS_MENSAIS",
        "schedule": {
            "timezone": "America/Sao_Paulo",
            "rule": { "type": "once", "at": at },
            "skip_holidays": true,
            "calendars": ["br-national", "empresa"],
        },
    });
    let made = fixture.manager.post("/api/v1/schedules", create).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

on_both!(own_and_built_in_calendars_are_one_list, |test| {
    let fixture = Fixture::new(&test, "calendarios").await;
    let empresa = made(&fixture).await;
    assert_eq!(empresa["title"], "Feriados da empresa");
    assert_eq!((&empresa["built_in"], &empresa["version"]), (&json!(false), &json!(1)));
    let again = json!({ "name": "empresa", "title": "Outro" });
    let refused = fixture.manager.post("/api/v1/calendars", again).await.refused_field();
    assert_eq!(refused, ("name".to_owned(), "taken".to_owned()));
    let built_in = json!({ "name": "br-national", "title": "Meu" });
    let refused = fixture
        .manager
        .post("/api/v1/calendars", built_in)
        .await
        .refused_field();
    assert_eq!(refused, ("name".to_owned(), "taken".to_owned()));

    let all = fixture.viewer.get("/api/v1/calendars?limit=200").await.expect(200);
    let names: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|calendar| calendar["name"].as_str().unwrap())
        .collect();
    assert_eq!(names[..3], ["empresa", "br-national", "br-banking"]);
    assert_eq!(all["total"]["count"], names.len());
    let found = fixture.viewer.get("/api/v1/calendars?q=sao%20paulo").await.expect(200);
    let found: Vec<&Value> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(found, ["br-sp", "br-sp-sao-paulo"]);
    let own = fixture.viewer.get("/api/v1/calendars?built_in=false").await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 1);

    // Page by page each comes once.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = fixture
            .viewer
            .get(&format!("/api/v1/calendars?limit=9{cursor}"))
            .await
            .expect(200);
        paged.extend(page["items"].as_array().unwrap().iter().map(|one| one["name"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, names);

    let other = Fixture::new(&test, "vizinha").await;
    other
        .viewer
        .get("/api/v1/calendars/empresa")
        .await
        .refused(404, "not_found");
    made(&other).await;

    let update = json!({ "title": "Pontes", "version": 1 });
    let path = "/api/v1/calendars/empresa";
    assert_eq!(
        fixture.manager.put(path, update.clone()).await.expect(200)["title"],
        "Pontes"
    );
    fixture.manager.put(path, update).await.refused(409, "version_conflict");
    let update = json!({ "title": "x", "version": 0 });
    fixture
        .manager
        .put("/api/v1/calendars/br-sp", update)
        .await
        .refused(404, "not_found");
    fixture.manager.delete(path).await.expect(204);
    fixture.viewer.get(path).await.refused(404, "not_found");
    other.viewer.get(path).await.expect(200);
});

on_both!(a_built_in_calendar_is_computed_for_each_year, |test| {
    let fixture = Fixture::new(&test, "computados").await;
    let national = days(&fixture.viewer, "br-national", 2026).await;
    assert_eq!(national.len(), 10);
    assert_eq!(national[1], "2026-04-03 *Sexta-feira Santa national");
    assert_eq!(days(&fixture.viewer, "br-national", 2023).await.len(), 9);
    let year = fixture
        .viewer
        .get("/api/v1/calendars/br-rj/days?year=2027")
        .await
        .expect(200);
    let carnival = &year["days"][1];
    assert_eq!(carnival["date"], "2027-02-09");
    assert_eq!(carnival["source"], "Lei estadual 5.243/2008");
    assert_eq!(carnival["since"], 2009);
    let refused = fixture
        .viewer
        .get("/api/v1/calendars/br-rj/days?year=1800")
        .await
        .refused_field();
    assert_eq!(refused, ("year".to_owned(), "out_of_range".to_owned()));
});

on_both!(days_are_added_changed_moved_and_removed, |test| {
    let fixture = Fixture::new(&test, "dias").await;
    made(&fixture).await;
    let path = "/api/v1/calendars/empresa/days";
    let saint = json!({ "date": "2024-06-24", "yearly": true, "name": " São  João", "kind": "local" });
    let change = fixture.manager.post(path, saint).await.expect(201);
    assert_eq!(
        (&change["calendar"]["days"], &change["calendar"]["version"]),
        (&json!(1), &json!(2))
    );
    let eve = json!({ "date": "2026-12-24", "name": "Véspera", "kind": "optional" });
    fixture.manager.post(path, eve.clone()).await.expect(201);
    assert_eq!(
        fixture.manager.post(path, eve).await.refused_field(),
        ("date".to_owned(), "taken".to_owned())
    );
    assert_eq!(
        days(&fixture.viewer, "empresa", 2026).await,
        ["2026-06-24 *São João local", "2026-12-24 Véspera optional"]
    );
    assert_eq!(
        days(&fixture.viewer, "empresa", 2031).await,
        ["2031-06-24 *São João local"]
    );

    let moved =
        json!({ "date": "2026-12-31", "yearly": false, "name": "Fim do ano", "kind": "optional", "version": 3 });
    fixture
        .manager
        .put(&format!("{path}/2026-12-24"), moved.clone())
        .await
        .expect(200);
    fixture
        .manager
        .put(&format!("{path}/2026-12-31"), moved)
        .await
        .refused(409, "version_conflict");
    let onto = json!({ "date": "2026-06-24", "yearly": true, "name": "x", "kind": "local", "version": 4 });
    let refused = fixture
        .manager
        .put(&format!("{path}/2026-12-31"), onto)
        .await
        .refused_field();
    assert_eq!(refused, ("date".to_owned(), "taken".to_owned()));
    fixture.manager.delete(&format!("{path}/06-24")).await.expect(204);
    fixture
        .manager
        .delete(&format!("{path}/06-24"))
        .await
        .refused(404, "not_found");
    fixture
        .manager
        .delete(&format!("{path}/24-06"))
        .await
        .refused(404, "not_found");
    assert_eq!(
        days(&fixture.viewer, "empresa", 2026).await,
        ["2026-12-31 Fim do ano optional"]
    );
    let bad = json!({ "date": "1500-01-01", "name": "", "kind": "local" });
    let refused = fixture.manager.post(path, bad).await.refused(422, "validation");
    assert_eq!(refused["fields"].as_array().unwrap().len(), 2);

    let audit = fixture.admin.get("/api/v1/audit?action=calendar").await.expect(200);
    let actions: Vec<&Value> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["action"])
        .collect();
    assert_eq!(
        actions,
        [
            "calendar.remove_day",
            "calendar.change_day",
            "calendar.add_day",
            "calendar.add_day",
            "calendar.create"
        ]
    );
});

on_both!(a_change_says_which_schedules_stop_and_who_uses_it_keeps_it, |test| {
    let fixture = Fixture::new(&test, "agendada").await;
    made(&fixture).await;
    scheduled(&fixture, "Abertura de junho", "2030-06-24T09:00").await;
    let kept = scheduled(&fixture, "Abertura de julho", "2030-07-24T09:00").await;
    let detail = fixture.viewer.get("/api/v1/calendars/empresa").await.expect(200);
    let names: Vec<&Value> = detail["schedules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["Abertura de julho", "Abertura de junho"]);
    assert_eq!(detail["calendar"]["used_by"], 2);
    let all = fixture.viewer.get("/api/v1/calendars?q=br-national").await.expect(200);
    assert_eq!(all["items"][0]["used_by"], 2);

    let refused = fixture
        .manager
        .delete("/api/v1/calendars/empresa")
        .await
        .refused(409, "in_use");
    assert_eq!(refused["details"]["schedules"], 2);
    assert_eq!(refused["details"]["named"][0]["id"], kept);

    // A dry run says it, and changes nothing.
    let import = json!({ "format": "csv", "text": "24/06;São João", "dry_run": true });
    let path = "/api/v1/calendars/empresa/import";
    let report = fixture.manager.post(path, import).await.expect(200);
    assert_eq!(report["stopped"][0]["name"], "Abertura de junho");
    let day = json!({ "date": "2030-06-24", "name": "São João", "kind": "local" });
    let change = fixture
        .manager
        .post("/api/v1/calendars/empresa/days", day)
        .await
        .expect(201);
    assert_eq!(change["stopped"].as_array().unwrap().len(), 1, "{change}");
    assert_eq!(change["stopped"][0]["name"], "Abertura de junho");
    let again = json!({ "date": "2030-01-02", "name": "Ponte", "kind": "local" });
    let change = fixture
        .manager
        .post("/api/v1/calendars/empresa/days", again)
        .await
        .expect(201);
    assert!(
        change["stopped"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["id"] != kept),
        "it still runs: {change}"
    );
});
