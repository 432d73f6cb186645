//! A person looked in SAT and found what a sending that ended in doubt had brought there.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    answers::{Sending, always, approved},
    get,
};
use crate::{on_both, support::Answer};

/// Sendings that SAT answered with what nobody understands.
async fn doubtful(test: &crate::support::TestApp, name: &str, count: usize) -> Sending {
    let sending = approved(test, name, vec![always(200, "OK"); count]).await;
    sending.send_all().await;
    test.run_jobs().await;
    for index in 0..count {
        assert_eq!(sending.process(index).await["status"], "ERRO_ENVIO_SAT");
    }
    sending
}

async fn confirm(sending: &Sending, id: &str, body: Value) -> Answer {
    let path = format!("/api/v1/processes/{id}/confirm");
    sending.fixture.analyst.post(&path, body).await
}

on_both!(what_a_person_found_in_sat_ends_the_process, |test| {
    let sending = doubtful(&test, "achado", 1).await;
    let id = sending.processes[0].clone();
    let before = get(&sending.fixture, &id).await;
    let allowed = before["allowed"].as_array().unwrap();
    assert!(allowed.contains(&json!("confirm_send")), "{allowed:?}");
    let version = before["process"]["version"].as_i64().unwrap();

    let path = format!("/api/v1/processes/{id}/confirm");
    let good = json!({ "version": version, "protocol": "P-1" });
    sending
        .fixture
        .viewer
        .post(&path, good.clone())
        .await
        .refused(403, "forbidden");
    for (protocol, code) in [
        ("  ".to_owned(), "required"),
        ("P\u{7}1".to_owned(), "invalid"),
        ("1".repeat(201), "too_long"),
    ] {
        let refused = confirm(&sending, &id, json!({ "version": version, "protocol": protocol })).await;
        assert_eq!(refused.refused_field(), ("protocol".to_owned(), code.to_owned()));
    }
    confirm(&sending, &id, json!({ "version": version - 1, "protocol": "P-1" }))
        .await
        .refused(409, "version_conflict");

    // Two at once: one of them decides.
    let body = |protocol: &str| json!({ "version": version, "protocol": protocol, "note": " visto na tela do SAT " });
    let (one, other) = tokio::join!(
        confirm(&sending, &id, body(" P-1 ")),
        confirm(&sending, &id, body("P-2"))
    );
    let winner = if one.status == 200 { "P-1" } else { "P-2" };
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);

    let after = get(&sending.fixture, &id).await;
    let process = &after["process"];
    assert_eq!(
        (&process["status"], &process["sat_protocol"], &process["error"]),
        (&json!("UPLOAD_REALIZADO"), &json!(winner), &json!(null))
    );
    assert!(process["data_envio_sat"].is_string(), "{process}");
    let step = &after["moves"][0];
    assert_eq!(
        (&step["move"], &step["from"], &step["reason"]),
        (
            &json!("confirm_send"),
            &json!("ERRO_ENVIO_SAT"),
            &json!("visto na tela do SAT")
        )
    );
    let trail = sending
        .fixture
        .admin
        .get("/api/v1/audit?action=process.confirm_send")
        .await
        .expect(200);
    assert_eq!(trail["items"].as_array().unwrap().len(), 1, "{trail}");
    assert_eq!(trail["items"][0]["after"]["sat_protocol"], winner);

    // Nothing leads on from there, and SAT heard of it once.
    let version = process["version"].clone();
    let again = confirm(&sending, &id, json!({ "version": version, "protocol": "P-3" })).await;
    assert_eq!(
        again.refused(409, "illegal_transition")["details"]["allowed"],
        json!([])
    );
    sending
        .send(&id, json!({ "despite_doubt": true }))
        .await
        .refused(409, "illegal_transition");
    let job = after["last_job"]["id"].as_str().unwrap();
    sending
        .fixture
        .manager
        .post(&format!("/api/v1/jobs/{job}/retry"), json!({}))
        .await
        .refused(409, "illegal_transition");
    test.run_jobs().await;
    assert_eq!(sending.sat.sent(0), 1);
});

on_both!(a_repeated_confirmation_is_one, |test| {
    let sending = doubtful(&test, "repetido", 1).await;
    let id = sending.processes[0].clone();
    let version = sending.process(0).await["version"].clone();
    let body = json!({ "version": version, "protocol": "P-1" });
    let path = format!("/api/v1/processes/{id}/confirm");
    for _ in 0..2 {
        let analyst = &sending.fixture.analyst;
        let request = analyst
            .request(Method::POST, &path)
            .header("idempotency-key", "achei")
            .json(&body);
        let answer = analyst.send(request).await.expect(200);
        assert_eq!(answer["process"]["status"], "UPLOAD_REALIZADO");
    }
    let moves = get(&sending.fixture, &id).await["moves"].clone();
    let confirmed = moves.as_array().unwrap().iter();
    assert_eq!(confirmed.filter(|one| one["move"] == "confirm_send").count(), 1);
});

on_both!(only_what_may_have_been_sent_is_confirmed, |test| {
    let sending = doubtful(&test, "enviado", 1).await;
    let id = sending.processes[0].clone();
    let move_by = async |verb: &str| {
        let process = sending.process(0).await;
        let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
        let path = format!("/api/v1/processes/{id}/{verb}");
        sending.fixture.analyst.post(&path, seen).await.expect(200)
    };
    // The doubt outlives an approval that was taken back.
    move_by("withdraw").await;
    let approved = move_by("approve").await;
    assert!(
        approved["allowed"].as_array().unwrap().contains(&json!("confirm_send")),
        "{approved}"
    );
    // Another document was never sent.
    let other = sending
        .fixture
        .analyst
        .upload(&id, "b.pdf", crate::support::pdf(77))
        .await;
    other.expect(201);
    let approved = move_by("approve").await;
    let allowed = json!(["receive", "withdraw", "start_send"]);
    assert_eq!(
        (&approved["process"]["status"], &approved["allowed"]),
        (&json!("AGUARDANDO_ENVIO_SAT"), &allowed)
    );
    let body = json!({ "version": approved["process"]["version"], "protocol": "P-1" });
    let refused = confirm(&sending, &id, body).await.refused(409, "illegal_transition");
    assert_eq!(refused["details"]["allowed"], allowed);
});

on_both!(many_sendings_in_doubt_wait_for_a_choice, |test| {
    let sending = doubtful(&test, "muitos", 2).await;
    // Somebody found the first one in SAT.
    let first = sending.processes[0].clone();
    let version = sending.process(0).await["version"].clone();
    confirm(&sending, &first, json!({ "version": version, "protocol": "P-1" }))
        .await
        .expect(200);

    let bulk = async |more: Value| {
        let mut body = json!({ "target": { "filter": { "month": "2026-10" } } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = sending.fixture.analyst.post("/api/v1/processes/bulk/send", body).await;
        assert!(answer.status < 300, "{}", answer.text());
        answer.json()
    };
    let counts = |answer: &Value| {
        ["matching", "eligible", "doubtful"].map(|key| answer[key].as_i64().unwrap_or_else(|| panic!("{answer}")))
    };
    assert_eq!(counts(&bulk(json!({ "dry_run": true })).await), [2, 0, 1]);
    let chosen = json!({ "dry_run": true, "despite_doubt": true });
    assert_eq!(counts(&bulk(chosen).await), [2, 1, 1]);

    let started = bulk(json!({})).await;
    assert_eq!((counts(&started), &started["job_id"]), ([2, 0, 1], &json!(null)));
    test.run_jobs().await;
    assert_eq!(sending.sat.sent(1), 1, "nobody chose it");

    let started = bulk(json!({ "despite_doubt": true })).await;
    assert!(started["job_id"].is_string(), "{started}");
    test.run_jobs().await;
    test.run_jobs().await;
    assert_eq!(sending.sat.sent(1), 2, "somebody chose it");
});
