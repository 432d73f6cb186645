//! Files: what they change, taking that back, and handing a calendar out.

use serde_json::{Value, json};

use super::{days, made};
use crate::{
    on_both,
    support::{Answer, Fixture},
};

async fn import(fixture: &Fixture, more: Value) -> Answer {
    let mut import = json!({ "format": "csv", "file_name": "feriados.csv" });
    import
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    fixture.manager.post("/api/v1/calendars/empresa/import", import).await
}

fn names(days: &Value) -> Vec<String> {
    let name = |day: &Value| day["name"].as_str().unwrap().to_owned();
    days.as_array().unwrap().iter().map(name).collect()
}

const FIRST: &str = "data;nome;tipo\n24/06/2026;São João\n24/12/2026;Véspera;facultativo\n25/01;Aniversário;municipal\n31/02/2026;Nunca\n";

on_both!(a_file_is_compared_then_merged_and_no_broken_line_stops_others, |test| {
    let fixture = Fixture::new(&test, "arquivos").await;
    made(&fixture).await;
    let dry = import(&fixture, json!({ "text": FIRST, "dry_run": true }))
        .await
        .expect(200);
    // Those with a year first.
    assert_eq!(names(&dry["diff"]["added"]), ["São João", "Véspera", "Aniversário"]);
    assert_eq!((&dry["applied"], &dry["import_id"]), (&json!(false), &Value::Null));
    assert_eq!(dry["calendar"]["version"], 1);
    assert!(days(&fixture.viewer, "empresa", 2026).await.is_empty(), "only tried");
    let refused = &dry["refused"][0];
    assert_eq!(
        (&refused["line"], &refused["reason"]["code"]),
        (&json!(5), &json!("day_date_unreadable"))
    );
    assert_eq!(refused["text"], "31/02/2026;Nunca");

    let wanted = json!({ "text": FIRST, "leave_out": ["2026-12-24"], "version": 1 });
    let done = import(&fixture, wanted.clone()).await.expect(200);
    assert_eq!(done["applied"], true);
    assert_eq!(done["calendar"]["days"], 2);
    assert_eq!(
        days(&fixture.viewer, "empresa", 2026).await,
        ["2026-01-25 *Aniversário local", "2026-06-24 São João local"]
    );
    import(&fixture, wanted).await.refused(409, "version_conflict");
    let again = import(&fixture, json!({ "text": FIRST, "leave_out": ["2026-12-24"] }))
        .await
        .expect(200);
    assert_eq!(
        (&again["applied"], &again["diff"]["unchanged"]),
        (&json!(false), &json!(2))
    );

    let path = "/api/v1/calendars/empresa/imports";
    let imports = fixture.viewer.get(path).await.expect(200);
    assert_eq!(
        imports["items"].as_array().unwrap().len(),
        1,
        "what changed nothing is none"
    );
    assert_eq!(imports["items"][0]["file_name"], "feriados.csv");
    assert_eq!(imports["items"][0]["added"], 2);
    let empty = import(&fixture, json!({ "text": " " })).await.refused_field();
    assert_eq!(empty, ("text".to_owned(), "required".to_owned()));
});

on_both!(days_that_a_file_lacks_go_only_when_asked, |test| {
    let fixture = Fixture::new(&test, "faltantes").await;
    made(&fixture).await;
    let text = "2025-06-24;São João\n2026-06-24;São João\n2026-07-09;Revolução\n";
    import(&fixture, json!({ "text": text })).await.expect(200);
    let text = "2026-06-24;Dia de São João;facultativo\n";
    let kept = import(&fixture, json!({ "text": text })).await.expect(200);
    assert_eq!(names(&kept["diff"]["missing"]), ["Revolução"]);
    assert_eq!(kept["removes"], false);
    assert_eq!(kept["diff"]["changed"][0]["before"]["name"], "São João");
    assert_eq!(days(&fixture.viewer, "empresa", 2026).await.len(), 2);
    let broken = json!({ "text": format!("{text}31/02/2026;x\n"), "remove_missing": true });
    assert_eq!(import(&fixture, broken).await.expect(200)["removes"], false);
    let gone = import(&fixture, json!({ "text": text, "remove_missing": true }))
        .await
        .expect(200);
    assert_eq!((&gone["removes"], &gone["applied"]), (&json!(true), &json!(true)));
    assert_eq!(
        days(&fixture.viewer, "empresa", 2026).await,
        ["2026-06-24 Dia de São João optional"]
    );
    assert_eq!(
        days(&fixture.viewer, "empresa", 2025).await.len(),
        1,
        "a year that the file lacks"
    );
});

on_both!(an_import_is_taken_back_but_for_what_somebody_changed, |test| {
    let fixture = Fixture::new(&test, "desfeita").await;
    made(&fixture).await;
    import(&fixture, json!({ "text": "2026-06-24;São João" }))
        .await
        .expect(200);
    let text = "2026-06-24;Outro nome\n2026-12-24;Véspera\n2026-12-31;Fim do ano\n";
    let second = import(&fixture, json!({ "text": text })).await.expect(200);
    let day = json!({ "date": "2026-12-31", "name": "Réveillon", "kind": "local", "version": 3 });
    fixture
        .manager
        .put("/api/v1/calendars/empresa/days/2026-12-31", day)
        .await
        .expect(200);
    let id = second["import_id"].as_str().unwrap();
    let undo = format!("/api/v1/calendars/empresa/imports/{id}/undo");
    let undone = fixture.manager.post(&undo, json!(null)).await.expect(200);
    assert_eq!(
        (&undone["undone"], &undone["kept"]),
        (&json!(2), &json!(["2026-12-31"]))
    );
    assert_eq!(
        days(&fixture.viewer, "empresa", 2026).await,
        ["2026-06-24 São João local", "2026-12-31 Réveillon local"]
    );
    fixture
        .manager
        .post(&undo, json!(null))
        .await
        .refused(409, "version_conflict");
    let imports = fixture
        .viewer
        .get("/api/v1/calendars/empresa/imports")
        .await
        .expect(200);
    assert!(imports["items"][0]["undone_at"].is_string());
    assert!(imports["items"][0]["undone_by"].is_string());
    let nowhere = format!("/api/v1/calendars/empresa/imports/{}/undo", uuid::Uuid::now_v7());
    fixture
        .manager
        .post(&nowhere, json!(null))
        .await
        .refused(404, "not_found");
});

on_both!(what_is_exported_is_imported_again, |test| {
    let fixture = Fixture::new(&test, "exportada").await;
    made(&fixture).await;
    import(&fixture, json!({ "text": FIRST })).await.expect(200);
    let before = days(&fixture.viewer, "empresa", 2026).await;
    for format in ["csv", "ics"] {
        let path = format!("/api/v1/calendars/empresa/export?format={format}");
        let answer = fixture.viewer.get(&path).await;
        let disposition = answer.headers["content-disposition"].to_str().unwrap().to_owned();
        assert_eq!(disposition, format!("attachment; filename=\"empresa.{format}\""));
        let again = json!({ "format": format, "text": answer.text(), "remove_missing": true, "dry_run": true });
        let report = import(&fixture, again).await.expect(200);
        assert_eq!(
            (&report["diff"]["unchanged"], &report["refused_count"]),
            (&json!(3), &json!(0)),
            "{report}"
        );
        assert_eq!(report["diff"]["missing"], json!([]));
    }
    assert_eq!(days(&fixture.viewer, "empresa", 2026).await, before);
    let of_2026 = "/api/v1/calendars/br-rj/export?format=ics&year=2026";
    let text = fixture.viewer.get(of_2026).await.text();
    assert!(
        text.contains("DTSTART;VALUE=DATE:20260217\r\nSUMMARY:Carnaval (terça-feira)\r\n"),
        "{text}"
    );
    let merged = import(&fixture, json!({ "format": "ics", "text": text }))
        .await
        .expect(200);
    assert_eq!(
        (&merged["applied"], &merged["refused_count"]),
        (&json!(true), &json!(0))
    );
});
