//! The moves of a process, and what guards them.

use serde_json::{Value, json};

use super::{one, uploaded};
use crate::{
    on_both,
    support::{Answer, Client, Fixture, pdf, processes_in},
};

fn approval(process: &Value) -> Value {
    json!({ "version": process["version"], "sha256": process["fatura_sha256"] })
}

async fn move_by(client: &Client, process: &Value, verb: &str) -> Answer {
    let path = format!("/api/v1/processes/{}/{verb}", process["id"].as_str().unwrap());
    client
        .post(
            &path,
            json!({ "version": process["version"], "sha256": process["fatura_sha256"], "reason": "motivo" }),
        )
        .await
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
