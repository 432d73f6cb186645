//! Sending to SAT: once, whatever fails.

mod answers;
mod confirmed;

use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Fixture, TestApp, pdf},
};

/// A process that is being sent.
async fn sending(test: &TestApp, name: &str) -> (Fixture, String) {
    let fixture = Fixture::new(test, name).await;
    let processes = fixture.opened(test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap().to_owned();
    let process = fixture.analyst.upload(&id, "a.pdf", pdf(1)).await.expect(201)["process"].clone();
    let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
    fixture
        .analyst
        .post(&format!("/api/v1/processes/{id}/approve"), seen)
        .await
        .expect(200);
    (fixture, id)
}

async fn get(fixture: &Fixture, id: &str) -> Value {
    fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200)
}

async fn send(fixture: &Fixture, id: &str) {
    let version = get(fixture, id).await["process"]["version"].clone();
    fixture
        .analyst
        .post(&format!("/api/v1/processes/{id}/send"), json!({ "version": version }))
        .await
        .expect(200);
}

on_both!(a_refusal_by_sat_reaches_the_analyst_and_may_be_tried_again, |test| {
    let (fixture, id) = sending(&test, "negocio").await;
    test.sat_options(json!({ "business_rate": 1.0 })).await;
    send(&fixture, &id).await;
    test.run_jobs().await;
    let failed = get(&fixture, &id).await;
    assert_eq!(failed["process"]["status"], "ERRO_ENVIO_SAT");
    assert!(
        failed["process"]["error"]["recommended_action"].is_string(),
        "{}",
        failed["process"]["error"]
    );
    assert_eq!(failed["last_job"]["last_error_kind"], "business");
    test.sat_options(json!({ "business_rate": 0.0 })).await;
    send(&fixture, &id).await;
    test.run_jobs().await;
    let done = get(&fixture, &id).await;
    assert_eq!(
        (&done["process"]["status"], &done["process"]["error"]),
        (&json!("UPLOAD_REALIZADO"), &json!(null))
    );
});

on_both!(a_lost_answer_does_not_send_twice, |test| {
    let (fixture, id) = sending(&test, "perdida").await;
    test.sat_options(json!({ "lost_answer_rate": 1.0 })).await;
    send(&fixture, &id).await;
    test.run_jobs().await;
    let waiting = get(&fixture, &id).await;
    assert_eq!(
        (&waiting["process"]["status"], &waiting["last_job"]["status"]),
        (&json!("ENVIANDO_SAT"), &json!("queued"))
    );
    assert_eq!(waiting["last_job"]["last_error_kind"], "technical");
    crate::support::eventually("the retry", || async {
        test.run_jobs().await;
        get(&fixture, &id).await["process"]["status"] == "UPLOAD_REALIZADO"
    })
    .await;
    let kept = test.sat_documents().await;
    assert_eq!(kept.len(), 1);
    assert!(kept[0]["tentativas"].as_i64().unwrap() >= 2, "{}", kept[0]);
    assert_eq!(
        kept[0]["protocolo"],
        get(&fixture, &id).await["process"]["sat_protocol"]
    );
});

on_both!(sat_must_be_configured_first, |test| {
    let (fixture, id) = sending(&test, "semsat").await;
    let mut settings = fixture.admin.get("/api/v1/organization").await.expect(200);
    settings["sat_url"] = json!(null);
    fixture.admin.put("/api/v1/organization", settings).await.expect(200);
    let version = get(&fixture, &id).await["process"]["version"].clone();
    let path = format!("/api/v1/processes/{id}/send");
    fixture
        .analyst
        .post(&path, json!({ "version": version }))
        .await
        .refused(409, "sat_not_configured");
    let bulk = json!({ "target": { "ids": [id] } });
    fixture
        .analyst
        .post("/api/v1/processes/bulk/send", bulk)
        .await
        .refused(409, "sat_not_configured");
    assert_eq!(get(&fixture, &id).await["process"]["status"], "AGUARDANDO_ENVIO_SAT");
});

on_both!(a_cancelled_sending_gives_the_process_back, |test| {
    let (fixture, id) = sending(&test, "desistencia").await;
    send(&fixture, &id).await;
    let job = get(&fixture, &id).await["last_job"]["id"].as_str().unwrap().to_owned();
    fixture
        .manager
        .post(&format!("/api/v1/jobs/{job}/cancel"), json!({}))
        .await
        .expect(200);
    let process = get(&fixture, &id).await;
    assert_eq!(
        (&process["process"]["status"], &process["last_job"]["status"]),
        (&json!("ERRO_ENVIO_SAT"), &json!("cancelled"))
    );
    assert!(test.sat_documents().await.is_empty());
});

on_both!(a_missing_object_ends_with_its_cause, |test| {
    let (fixture, id) = sending(&test, "sumiu").await;
    let key = get(&fixture, &id).await["process"]["fatura_s3_key"]
        .as_str()
        .unwrap()
        .to_owned();
    test.app.storage.delete(&key).await.unwrap();
    send(&fixture, &id).await;
    test.run_jobs().await;
    let failed = get(&fixture, &id).await;
    assert_eq!(failed["process"]["status"], "ERRO_ENVIO_SAT");
    assert_eq!(
        failed["process"]["error"]["recommended_action"],
        "Enviar a fatura novamente."
    );
});
