//! Schedules from files, and as a file.

use super::*;

async fn import(fixture: &Fixture, format: &str, text: &str, dry_run: bool) -> Value {
    let import = json!({ "format": format, "text": text, "dry_run": dry_run });
    fixture
        .manager
        .post("/api/v1/schedules/import", import)
        .await
        .expect(200)
}

/// Name, outcome and the codes of the problems of each line.
fn told(answer: &Value) -> Vec<String> {
    let tell = |line: &Value| {
        let problems: Vec<String> = line["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| word(problem, "code"))
            .collect();
        format!(
            "{} {} {}",
            word(line, "name"),
            word(line, "outcome"),
            problems.join(",")
        )
        .trim()
        .to_owned()
    };
    answer["lines"].as_array().unwrap().iter().map(tell).collect()
}

const CRONTAB: &str = "MAILTO=ops@example.com\n\
    0 3 1 * * /opt/run CRIAR_PROCESSOS_MENSAIS # Abertura\n\
    0 0 30 2 * /opt/run CRIAR_PROCESSOS_MENSAIS # Nunca\n\
    CRON_TZ=Lua/Mar\n\
    @daily /opt/run CRIAR_PROCESSOS_MENSAIS # Longe\n\
    0 4 * * * /usr/bin/true\n";

on_both!(a_crontab_is_taken_line_by_line_and_a_dry_run_says_the_same, |test| {
    let fixture = Fixture::new(&test, "crontab").await;
    let tried = import(&fixture, "crontab", CRONTAB, true).await;
    let expected = [
        "Abertura create",
        "Nunca refused never_fires",
        "Longe refused unknown_zone",
        "/usr/bin/true refused kind_not_named",
    ];
    assert_eq!(told(&tried), expected, "{tried}");
    assert_eq!((&tried["created"], &tried["refused"]), (&json!(1), &json!(3)));
    assert_eq!(
        (&tried["notes"][0]["line"], &tried["notes"][0]["code"]),
        (&json!(1), &json!("crontab_setting"))
    );
    assert!(names(&fixture, "").await.is_empty(), "a dry run writes nothing");
    assert_eq!(import(&fixture, "crontab", CRONTAB, false).await, tried);
    assert_eq!(names(&fixture, "").await, ["Abertura"]);
    let made = fixture.viewer.get("/api/v1/schedules").await.expect(200)["items"][0].clone();
    assert_eq!(made["schedule"]["timezone"], "America/Sao_Paulo", "the organisation's");
    assert!(made["next"].is_object(), "{made}");
    let again = import(&fixture, "crontab", CRONTAB, false).await;
    assert_eq!(told(&again)[0], "Abertura unchanged");
    let trail = fixture
        .admin
        .get("/api/v1/audit?action=schedule.import")
        .await
        .expect(200);
    assert_eq!(
        trail["items"].as_array().unwrap().len(),
        1,
        "what changes nothing leaves no line"
    );
});

on_both!(the_former_systems_list_is_taken_with_its_parameters, |test| {
    let fixture = Fixture::new(&test, "legado").await;
    let row = |nome: &str, cron: &str, offset: i32| {
        json!({ "nome": nome, "expressao_cron": cron, "tipo": "CRIAR_PROCESSOS_MENSAIS", "ativo": false,
                "parametros": { "month_offset": offset } })
    };
    let text = json!([
        row("Mensal", "0 0 1 * *", -1),
        row("Torto", "0 0 1 * *", 99),
        row("MENSAL", "0 0 2 * *", 0),
        row("Segundos", "0 0 2 * * *", 0),
    ]);
    let answer = import(&fixture, "legacy", &text.to_string(), false).await;
    let expected = [
        "Mensal create",
        "Torto refused field_problem",
        "MENSAL refused file_name_twice",
        "Segundos refused cron_fields",
    ];
    assert_eq!(told(&answer), expected, "{answer}");
    let made = fixture.viewer.get("/api/v1/schedules").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&made["parameters"]["month_offset"], &made["state"]),
        (&json!(-1), &json!("disabled"))
    );
    let moved = json!([row("Mensal", "0 0 5 * *", -1)]);
    assert_eq!(
        told(&import(&fixture, "legacy", &moved.to_string(), false).await),
        ["Mensal update"]
    );
    let other = json!([{ "name": "Mensal", "cron": "0 0 5 * *", "kind": "BACKUP_DADOS" }]);
    assert_eq!(
        told(&import(&fixture, "legacy", &other.to_string(), false).await),
        ["Mensal refused kind_stays"]
    );
});

on_both!(an_export_is_taken_elsewhere_with_its_calendars, |test| {
    let fixture = Fixture::new(&test, "origem").await;
    let calendar = json!({
        "name": "sao-paulo", "title": "São Paulo",
        "days": [{ "date": "2026-01-25", "yearly": true, "name": "Aniversário da cidade", "kind": "local" }],
    });
    let own = json!({ "version": 1, "calendars": [calendar], "schedules": [] });
    assert_eq!(
        told(&import(&fixture, "esteira", &own.to_string(), false).await),
        ["sao-paulo create"]
    );
    let mut create = monthly("Com feriado");
    create["schedule"]["rule"] = json!({ "type": "once", "at": "2990-01-25T09:00" });
    for (name, value) in [
        ("calendars", json!(["sao-paulo"])),
        ("skip_holidays", json!(true)),
        ("roll", json!("next_business_day")),
    ] {
        create["schedule"][name] = value;
    }
    let made = add(&fixture, create).await;
    assert_eq!(made["next"]["local"], "2990-01-26T09:00", "the calendar moved it");
    add(&fixture, report("Relatório")).await;

    let exported = fixture.viewer.get("/api/v1/schedules/export").await;
    let kept = exported.headers["content-disposition"].to_str().unwrap().to_owned();
    assert!(kept.starts_with("attachment"), "{kept}");
    let file = exported.text();
    let elsewhere = Fixture::new(&test, "destino").await;
    let expected = ["sao-paulo create", "Com feriado create", "Relatório create"];
    assert_eq!(told(&import(&elsewhere, "esteira", &file, true).await), expected);
    assert_eq!(told(&import(&elsewhere, "esteira", &file, false).await), expected);
    let same = ["sao-paulo unchanged", "Com feriado unchanged", "Relatório unchanged"];
    assert_eq!(told(&import(&elsewhere, "esteira", &file, false).await), same);
    assert_eq!(elsewhere.viewer.get("/api/v1/schedules/export").await.text(), file);

    // A day more is merged in, and the built-in calendars are nobody's to change.
    let mut more: Value = serde_json::from_str(&file).unwrap();
    more["calendars"][0]["days"] =
        json!([{ "date": "2026-07-09", "yearly": false, "name": "Revolução", "kind": "local" }]);
    more["calendars"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "name": "br-national", "days": [] }));
    more["schedules"] = json!([{ "name": "Sem regra", "kind": "CRIAR_PROCESSOS_MENSAIS" }]);
    let answer = import(&elsewhere, "esteira", &more.to_string(), false).await;
    let expected = [
        "sao-paulo update",
        "br-national refused file_calendar_built_in",
        "Sem regra refused file_row",
    ];
    assert_eq!(told(&answer), expected, "{answer}");
    let now: Value = serde_json::from_str(&elsewhere.viewer.get("/api/v1/schedules/export").await.text()).unwrap();
    assert_eq!(now["calendars"][0]["days"].as_array().unwrap().len(), 2, "{now}");
});

on_both!(a_calendar_of_a_file_is_bounded_and_told_of_as_any_other, |test| {
    let fixture = Fixture::new(&test, "muitos").await;
    // Each of both parts is small enough, and both together are not.
    let part = |first: &str| {
        let first: chrono::NaiveDate = first.parse().unwrap();
        let days = first.iter_days().take(3_000);
        let days: Vec<Value> = days
            .map(|day| json!({ "date": day, "yearly": false, "name": "Dia", "kind": "local" }))
            .collect();
        json!({ "version": 1, "calendars": [{ "name": "cheio", "title": "Cheio", "days": days }] }).to_string()
    };
    let told_of = |answer: Value| told(&answer).remove(0);
    assert_eq!(
        told_of(import(&fixture, "esteira", &part("2026-01-01"), false).await),
        "cheio create"
    );
    let refused = told_of(import(&fixture, "esteira", &part("2046-01-01"), false).await);
    assert!(refused.starts_with("cheio refused"), "{refused}");
    let one = json!({ "date": "2026-01-01", "yearly": false, "name": "Outro", "kind": "local" });
    let file = json!({ "version": 1, "calendars": [{ "name": "cheio", "title": "Cheio", "days": [one] }] });
    assert_eq!(
        told_of(import(&fixture, "esteira", &file.to_string(), false).await),
        "cheio update"
    );
    let trail = fixture
        .admin
        .get("/api/v1/audit?action=calendar.import")
        .await
        .expect(200);
    let newest = &trail["items"][0];
    assert!(newest.to_string().contains("Outro"), "{newest}");
});

on_both!(what_is_no_such_file_is_refused_as_a_whole, |test| {
    let fixture = Fixture::new(&test, "nada").await;
    for (format, text, code) in [
        ("legacy", "0 2 * * *", "file_not_json"),
        ("legacy", "{}", "file_not_a_list"),
        ("esteira", "{\"version\":2}", "file_version"),
    ] {
        let import = json!({ "format": format, "text": text });
        let refused = fixture
            .manager
            .post("/api/v1/schedules/import", import)
            .await
            .refused(422, "validation");
        assert_eq!(refused["fields"][0]["field"], "text");
        assert_eq!(refused["details"]["problems"][0]["code"], code);
    }
    let empty = json!({ "format": "crontab", "text": " " });
    let refused = fixture.manager.post("/api/v1/schedules/import", empty).await;
    assert_eq!(refused.refused_field(), ("text".to_owned(), "required".to_owned()));
    let huge = json!({ "format": "crontab", "text": "#".repeat(1_100_000) });
    fixture
        .manager
        .post("/api/v1/schedules/import", huge)
        .await
        .refused(413, "too_large");
});
