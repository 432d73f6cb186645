//! The list, its export and the search.

use serde_json::json;

use super::{one, uploaded};
use crate::{on_both, support::Fixture};

on_both!(the_list_pages_in_order_with_every_filter, |test| {
    let fixture = Fixture::new(&test, "lista").await;
    let processes = fixture.opened(&test, 9, &["VIVO", "OI"], "2026-10").await;
    assert_eq!(processes.len(), 18);
    for (index, process) in processes.iter().take(5).enumerate() {
        uploaded(&fixture, process["id"].as_str().unwrap(), i64::try_from(index).unwrap()).await;
    }
    for sort in ["-created", "created", "status_since", "-status_since"] {
        for filter in ["", "&month=2026-10", "&status=AGUARDANDO_APROVACAO,AGUARDANDO_DOWNLOAD"] {
            let mut seen: Vec<String> = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = fixture
                    .viewer
                    .get(&format!("/api/v1/processes?limit=5&sort={sort}{filter}{cursor}"))
                    .await
                    .expect(200);
                seen.extend(
                    page["items"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|p| p["id"].as_str().unwrap().to_owned()),
                );
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let mut unique = seen.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!((seen.len(), unique.len()), (18, 18), "{sort} {filter}");
        }
    }
    assert_eq!(
        fixture.viewer.get("/api/v1/processes?late=true").await.expect(200)["items"],
        json!([])
    );
    let count = async |query: &str| {
        let page = fixture
            .viewer
            .get(&format!("/api/v1/processes?{query}"))
            .await
            .expect(200);
        page["total"]["count"].as_i64().unwrap()
    };
    let (operator, client) = (
        processes[0]["operator_id"].as_str().unwrap(),
        processes[0]["client_id"].as_str().unwrap(),
    );
    assert_eq!(count(&format!("operator_id={operator}")).await, 9);
    assert_eq!(count(&format!("client_id={client}")).await, 2);
    assert_eq!(count("q=cliente%20003").await, 2);
    assert_eq!(count("q=00000004").await, 2, "by the start of the CNPJ");
    assert_eq!(count("month=2026-11").await, 0);
    assert_eq!(count("status=AGUARDANDO_APROVACAO").await, 5);
    assert_eq!(count("status=APROVADO").await, 0, "the old name is understood");
    assert_eq!(
        count(&format!(
            "status=AGUARDANDO_APROVACAO&operator_id={operator}&month=2026-10&q=cliente"
        ))
        .await,
        3
    );
    let refused = fixture
        .viewer
        .get("/api/v1/processes?status=NOVO")
        .await
        .refused_field();
    assert_eq!(refused, ("status".to_owned(), "invalid".to_owned()));
    let page = fixture.viewer.get("/api/v1/processes?limit=2").await.expect(200);
    let mixed = format!(
        "/api/v1/processes?limit=2&sort=created&cursor={}",
        page["next_cursor"].as_str().unwrap()
    );
    assert_eq!(fixture.viewer.get(&mixed).await.refused_field().0, "cursor");
});

on_both!(the_export_is_what_the_filter_shows_and_runs_no_formula, |test| {
    let fixture = Fixture::new(&test, "planilha").await;
    fixture.registry(&test, 0, &["VIVO"]).await;
    let create = json!({ "razao_social": "=HYPERLINK(1)", "cnpj": "12ABC34501DE35" });
    let client = fixture.manager.post("/api/v1/clients", create).await.expect(201);
    let operators = fixture.viewer.get("/api/v1/operators").await.expect(200);
    let account = json!({ "operator_id": operators["items"][0]["id"], "account_number": "1" });
    fixture
        .manager
        .post(
            &format!("/api/v1/clients/{}/accounts", client["id"].as_str().unwrap()),
            account,
        )
        .await
        .expect(201);
    fixture
        .manager
        .post("/api/v1/months/2026-10/open", json!({}))
        .await
        .expect(200);
    let answer = fixture.viewer.get("/api/v1/processes/export?month=2026-10").await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let text = answer.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(text.starts_with('\u{feff}') && lines.len() == 2, "{text}");
    assert!(
        lines[1].starts_with("2026-10;'=HYPERLINK(1);12.ABC.345/01DE-35;VIVO;1;AGUARDANDO_DOWNLOAD;"),
        "{text}"
    );
});

on_both!(search_finds_processes_clients_operators_and_ids, |test| {
    let (fixture, id) = one(&test, "procura").await;
    let hits = fixture.viewer.get("/api/v1/search?q=cliente").await.expect(200);
    let kinds: Vec<&str> = hits
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["process", "client"]);
    assert_eq!(
        fixture.viewer.get("/api/v1/search?q=viv").await.expect(200)[0]["kind"],
        "operator"
    );
    assert_eq!(
        fixture.viewer.get(&format!("/api/v1/search?q={id}")).await.expect(200)[0]["id"],
        id
    );
    fixture
        .viewer
        .get("/api/v1/search?q=x")
        .await
        .refused(422, "validation");
});
