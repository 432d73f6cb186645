//! The status flow, its guards, lists and bulk actions.

use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Client, Fixture, TestApp, pdf, processes_in},
};

/// Uploads a document and returns the process as it then is.
async fn uploaded(fixture: &Fixture, id: &str, number: i64) -> Value {
    fixture.analyst.upload(id, "fatura.pdf", pdf(number)).await.expect(201)["process"].clone()
}

fn approval(process: &Value) -> Value {
    json!({ "version": process["version"], "sha256": process["fatura_sha256"] })
}

async fn move_by(client: &Client, process: &Value, verb: &str) -> crate::support::Answer {
    let path = format!("/api/v1/processes/{}/{verb}", process["id"].as_str().unwrap());
    client
        .post(
            &path,
            json!({ "version": process["version"], "sha256": process["fatura_sha256"], "reason": "motivo" }),
        )
        .await
}

async fn one(test: &TestApp, name: &str) -> (Fixture, String) {
    let fixture = Fixture::new(test, name).await;
    let processes = fixture.opened(test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap().to_owned();
    (fixture, id)
}

on_both!(the_whole_road_with_every_move_remembered, |test| {
    let (fixture, id) = one(&test, "estrada").await;
    let process = uploaded(&fixture, &id, 1).await;
    assert_eq!(process["status"], "AGUARDANDO_APROVACAO");
    assert!(process["data_upload_manual"].is_string());
    let approved = move_by(&fixture.analyst, &process, "approve").await.expect(200);
    assert_eq!(
        (&approved["process"]["status"], &approved["process"]["approved_by"]),
        (&json!("AGUARDANDO_ENVIO_SAT"), &json!("estrada analyst"))
    );
    let sending = move_by(&fixture.analyst, &approved["process"], "send")
        .await
        .expect(200);
    assert_eq!(sending["process"]["status"], "ENVIANDO_SAT");
    test.run_jobs().await;
    let done = fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200);
    assert_eq!(done["process"]["status"], "UPLOAD_REALIZADO");
    assert!(done["process"]["sat_protocol"].is_string() && done["process"]["data_envio_sat"].is_string());
    assert_eq!(done["allowed"], json!([]));
    assert_eq!(done["last_job"]["status"], "succeeded");
    let moves: Vec<(&str, &str)> = done["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["move"].as_str().unwrap(), m["actor"].as_str().unwrap()))
        .collect();
    assert_eq!(
        moves,
        [
            ("finish_send", "sistema"),
            ("start_send", "estrada analyst"),
            ("approve", "estrada analyst"),
            ("receive", "estrada analyst"),
            ("open", "estrada manager"),
        ]
    );
    let kept = test.sat_documents().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["sha256"], done["process"]["fatura_sha256"]);
});

on_both!(an_illegal_move_names_the_legal_ones, |test| {
    let (fixture, id) = one(&test, "ilegal").await;
    let process = fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200)["process"].clone();
    for verb in ["approve", "reject", "withdraw", "reopen", "send", "confirm"] {
        let body = json!({ "version": process["version"], "sha256": "00", "reason": "r", "protocol": "P-1" });
        let refused = fixture
            .analyst
            .post(&format!("/api/v1/processes/{id}/{verb}"), body)
            .await
            .refused(409, "illegal_transition");
        assert_eq!(refused["details"]["from"], "AGUARDANDO_DOWNLOAD", "{verb}");
        assert_eq!(
            refused["details"]["allowed"],
            json!(["start_download", "receive"]),
            "{verb}"
        );
    }
});

on_both!(two_approvals_at_once_give_one_200_and_one_409, |test| {
    let (fixture, id) = one(&test, "disputa").await;
    let process = uploaded(&fixture, &id, 1).await;
    let (one, other) = tokio::join!(
        move_by(&fixture.analyst, &process, "approve"),
        move_by(&fixture.manager, &process, "approve")
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let detail = fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200);
    let approvals = detail["moves"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["move"] == "approve")
        .count();
    assert_eq!(approvals, 1);
});

on_both!(approving_and_rejecting_at_once_do_not_both_happen, |test| {
    let (fixture, id) = one(&test, "contra").await;
    let process = uploaded(&fixture, &id, 1).await;
    let (one, other) = tokio::join!(
        move_by(&fixture.analyst, &process, "approve"),
        move_by(&fixture.manager, &process, "reject")
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
});

on_both!(an_approval_is_of_the_document_that_was_seen, |test| {
    let (fixture, id) = one(&test, "versao").await;
    let first = uploaded(&fixture, &id, 1).await;
    let second = uploaded(&fixture, &id, 2).await;
    let path = format!("/api/v1/processes/{id}/approve");
    let stale = json!({ "version": second["version"], "sha256": first["fatura_sha256"] });
    fixture
        .analyst
        .post(&path, stale)
        .await
        .refused(409, "document_changed");
    let old_version = json!({ "version": first["version"], "sha256": second["fatura_sha256"] });
    fixture
        .analyst
        .post(&path, old_version)
        .await
        .refused(409, "version_conflict");
    fixture.analyst.post(&path, approval(&second)).await.expect(200);
    // A new version sends an approved process back.
    let third = fixture.analyst.upload(&id, "fatura.pdf", pdf(3)).await.expect(201);
    assert_eq!(third["process"]["status"], "AGUARDANDO_APROVACAO");
    assert_eq!(third["process"]["approved_by"], json!(null));
    let numbers: Vec<i64> = third["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [3, 2, 1]);
});

on_both!(rejecting_needs_a_reason_and_can_be_mended, |test| {
    let (fixture, id) = one(&test, "recusa").await;
    let process = uploaded(&fixture, &id, 1).await;
    let path = format!("/api/v1/processes/{id}/reject");
    let empty = json!({ "version": process["version"], "reason": "  " });
    assert_eq!(
        fixture.analyst.post(&path, empty).await.refused_field(),
        ("reason".to_owned(), "required".to_owned())
    );
    let rejected = move_by(&fixture.analyst, &process, "reject").await.expect(200);
    assert_eq!(
        (&rejected["process"]["status"], &rejected["process"]["rejection_reason"]),
        (&json!("REJEITADO"), &json!("motivo"))
    );
    let reopened = move_by(&fixture.analyst, &rejected["process"], "reopen")
        .await
        .expect(200);
    assert_eq!(reopened["process"]["status"], "AGUARDANDO_DOWNLOAD");
    let again = uploaded(&fixture, &id, 2).await;
    assert_eq!(
        (&again["status"], &again["rejection_reason"]),
        (&json!("AGUARDANDO_APROVACAO"), &json!(null))
    );
    let approved = move_by(&fixture.analyst, &again, "approve").await.expect(200);
    let back = move_by(&fixture.analyst, &approved["process"], "withdraw")
        .await
        .expect(200);
    assert_eq!(
        (&back["process"]["status"], &back["process"]["approved_at"]),
        (&json!("AGUARDANDO_APROVACAO"), &json!(null))
    );
});

on_both!(value_and_due_date_are_checked_and_compared, |test| {
    let fixture = Fixture::new(&test, "valores").await;
    let september = fixture.opened(&test, 1, &["VIVO"], "2026-09").await[0].clone();
    fixture
        .manager
        .post("/api/v1/months/2026-10/open", json!({}))
        .await
        .expect(200);
    let october = processes_in(&fixture.analyst, "2026-10").await[0].clone();
    let set = async |process: &Value, value: &str| {
        let path = format!("/api/v1/processes/{}", process["id"].as_str().unwrap());
        fixture
            .analyst
            .put(
                &path,
                json!({ "valor_fatura": value, "data_vencimento": "2026-10-20", "version": process["version"] }),
            )
            .await
    };
    set(&september, "1021.40").await.expect(200);
    assert_eq!(
        set(&october, "12,5").await.refused_field(),
        ("valor_fatura".to_owned(), "invalid".to_owned())
    );
    assert_eq!(
        set(&october, "-1.00").await.refused_field(),
        ("valor_fatura".to_owned(), "out_of_range".to_owned())
    );
    let detail = set(&october, "1284.90").await.expect(200);
    assert_eq!(detail["process"]["valor_fatura"], "1284.90");
    assert_eq!(
        detail["review"],
        json!({ "previous_value": "1021.40", "average_value": "1021.40", "same_document": [] })
    );
});

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

on_both!(a_bulk_action_counts_first_and_tells_what_it_did, |test| {
    let fixture = Fixture::new(&test, "lote").await;
    let processes = fixture.opened(&test, 6, &["VIVO"], "2026-10").await;
    for (index, process) in processes.iter().take(4).enumerate() {
        uploaded(&fixture, process["id"].as_str().unwrap(), i64::try_from(index).unwrap()).await;
    }
    let all = json!({ "filter": { "month": "2026-10" } });
    let dry = json!({ "target": all, "dry_run": true });
    let counted = fixture
        .analyst
        .post("/api/v1/processes/bulk/approve", dry)
        .await
        .expect(200);
    assert_eq!(counted, json!({ "matching": 6, "eligible": 4, "job_id": null }));
    let run = json!({ "target": all });
    let started = fixture
        .analyst
        .post("/api/v1/processes/bulk/approve", run.clone())
        .await
        .expect(202);
    // What arrives after the request was not seen by who asked.
    uploaded(&fixture, processes[4]["id"].as_str().unwrap(), 99).await;
    test.run_jobs().await;
    let job = fixture
        .analyst
        .get(&format!("/api/v1/jobs/{}", started["job_id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (&job["job"]["status"], &job["job"]["result"]["done"]),
        (&json!("succeeded"), &json!(4)),
        "{job}"
    );
    let waiting = fixture
        .analyst
        .get("/api/v1/processes?status=AGUARDANDO_APROVACAO")
        .await
        .expect(200);
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    let sent = fixture
        .analyst
        .post("/api/v1/processes/bulk/send", run)
        .await
        .expect(202);
    assert_eq!(sent["eligible"], 4);
    while test.run_jobs().await > 0 {}
    let done = fixture
        .analyst
        .get("/api/v1/processes?status=UPLOAD_REALIZADO")
        .await
        .expect(200);
    assert_eq!(done["items"].as_array().unwrap().len(), 4);
    assert_eq!(test.sat_documents().await.len(), 4);
    let some = json!({ "target": { "ids": [processes[4]["id"], processes[5]["id"]] }, "reason": "conta errada" });
    let rejected = fixture
        .analyst
        .post("/api/v1/processes/bulk/reject", some.clone())
        .await
        .expect(202);
    assert_eq!((&rejected["matching"], &rejected["eligible"]), (&json!(2), &json!(1)));
    let mut silent = some;
    silent["reason"] = json!(" ");
    fixture
        .analyst
        .post("/api/v1/processes/bulk/reject", silent)
        .await
        .refused(422, "validation");
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
