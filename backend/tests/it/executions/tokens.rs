//! Where the token goes and who refuses it; cancels that reach the API; ends that are not decided too soon.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use diesel::prelude::*;
use esteira::{
    db::RunQueryDsl,
    db::schema::{executions, jobs},
    simulators::rpa::{RpaOptions, RpaSimulator},
    with_conn,
};
use esteira_shared::ids::JobId;
use serde_json::{Value, json};

use super::{connect, detail, id, robots, script, start, status, text, work};
use crate::{
    engine::make_due,
    on_both,
    support::{Fixture, TestApp, eventually, serve},
};

/// Runs jobs, retries included, until a run is over.
async fn until_over(test: &TestApp, fixture: &Fixture, run: &str) -> Value {
    eventually("the run is over", || async {
        test.run_jobs().await;
        !matches!(status(fixture, run).await.as_str(), "PENDENTE" | "EXECUTANDO")
    })
    .await;
    detail(fixture, run).await["execution"].clone()
}

async fn settings(fixture: &Fixture) -> Value {
    fixture.admin.get("/api/v1/robots/settings").await.expect(200)
}

/// Gives the operator of a process an address of its own, or takes it back.
async fn own_address(fixture: &Fixture, process: &Value, url: Option<&str>) {
    let path = format!("/api/v1/operators/{}", text(process, "operator_id"));
    let operator = fixture.admin.get(&path).await.expect(200);
    let update = json!({
        "name": operator["name"], "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": url,
        "active": true, "version": operator["version"],
    });
    fixture.admin.put(&path, update).await.expect(200);
}

/// Robots that never end, and the token of every call to them.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Option<String>>>>);

impl Heard {
    async fn serve() -> (Self, String) {
        let heard = Self::default();
        let router = Router::new().fallback(answer).with_state(heard.clone());
        (heard, serve(router).await)
    }

    fn has(&self, token: Option<&str>) -> bool {
        self.0.lock().unwrap().iter().any(|heard| heard.as_deref() == token)
    }
}

async fn answer(State(heard): State<Heard>, method: Method, uri: Uri, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let token = headers
        .get("authorization")
        .map(|token| token.to_str().unwrap().to_owned());
    heard.0.lock().unwrap().push(token);
    if method == Method::POST {
        (StatusCode::ACCEPTED, Json(json!({ "job_id": "1" })))
    } else if uri.path().ends_with("/logs") {
        (StatusCode::NOT_FOUND, Json(json!({})))
    } else {
        (StatusCode::OK, Json(json!({ "status": "RUNNING" })))
    }
}

on_both!(one_address_that_refuses_is_told_once_while_another_accepts, |test| {
    let (fixture, processes) = robots(&test, "dois", 3, &["VIVO", "TIM"]).await;
    let strict = RpaOptions {
        token: Some("outro".to_owned()),
        ..RpaOptions::default()
    };
    let strict = serve(RpaSimulator::new(strict).unwrap().router()).await;
    let (vivo, tim): (Vec<Value>, Vec<Value>) = processes
        .into_iter()
        .partition(|process| process["operator_name"] == "VIVO");
    own_address(&fixture, &tim[0], Some(&strict)).await;
    for (vivo, tim) in vivo.iter().zip(&tim).take(2) {
        let refused = start(&fixture, tim).await;
        let refused = until_over(&test, &fixture, &refused).await;
        assert_eq!(refused["error"]["cause"], "A API de robôs recusou o token.");
        let taken = start(&fixture, vivo).await;
        let taken = until_over(&test, &fixture, &taken).await;
        assert_eq!(taken["status"], "CONCLUIDO", "{taken}");
        let now = settings(&fixture).await;
        assert!(
            now["token_refused_at"].is_string(),
            "the other one still refuses: {now}"
        );
        assert_eq!(now["token_refused_endpoint"], json!(strict));
    }
    assert_eq!(fixture.count_jobs("task=send_email").await, 1, "once, not for each run");
    // The address that refused is asked no more.
    own_address(&fixture, &tim[0], None).await;
    assert!(settings(&fixture).await["token_refused_at"].is_null());
    // And forgotten with the next success.
    let run = start(&fixture, &tim[2]).await;
    until_over(&test, &fixture, &run).await;
    own_address(&fixture, &tim[0], Some(&strict)).await;
    let now = settings(&fixture).await;
    assert_eq!(
        (&now["token_refused_at"], &now["token_refused_endpoint"]),
        (&json!(null), &json!(null))
    );
});

on_both!(another_address_takes_a_refusal_back, |test| {
    let (fixture, processes) = robots(&test, "mudou", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "start_http": [401] })).await;
    let run = start(&fixture, &processes[0]).await;
    until_over(&test, &fixture, &run).await;
    let kept = connect(&fixture, json!({ "max_minutes": 60 })).await;
    assert_eq!(kept["token_refused_endpoint"], json!(test.rpa_url));
    // On the same host, so the token stays.
    let moved = connect(&fixture, json!({ "url": format!("{}/v2", test.rpa_url) })).await;
    assert_eq!(
        (&moved["token_refused_at"], &moved["token_refused_endpoint"]),
        (&json!(null), &json!(null))
    );
});

on_both!(a_403_is_a_refusal_in_the_words_of_the_api, |test| {
    let (fixture, processes) = robots(&test, "proibido", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "start_http": [403] })).await;
    let run = start(&fixture, &processes[0]).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(
        (&seen["status"], &seen["error"]["cause"]),
        (&json!("FALHOU"), &json!("Falha simulada."))
    );
    assert!(settings(&fixture).await["token_refused_at"].is_null());
    assert_eq!(
        fixture.count_jobs("task=send_email").await,
        0,
        "nothing is wrong with the token"
    );
});

on_both!(a_new_token_never_goes_to_the_old_host, |test| {
    let (fixture, processes) = robots(&test, "mudanca", 1, &["VIVO"]).await;
    let (heard, old) = Heard::serve().await;
    connect(&fixture, json!({ "url": old, "token": "primeiro" })).await;
    let run = start(&fixture, &processes[0]).await;
    let working = work(&test);
    eventually("it runs", || async { status(&fixture, &run).await == "EXECUTANDO" }).await;
    working.stop().await;
    assert!(heard.has(Some("Bearer primeiro")));
    assert!(!heard.has(None));

    // The run goes on where it began, without a token that is for somebody else.
    connect(&fixture, json!({ "url": test.rpa_url, "token": "segundo" })).await;
    let working = work(&test);
    eventually("the old host is asked", || async { heard.has(None) }).await;
    working.stop().await;
    assert!(!heard.has(Some("Bearer segundo")));

    // Unless an administrator says that the host is the operator's.
    own_address(&fixture, &processes[0], Some(&format!("{old}/api"))).await;
    let working = work(&test);
    eventually("it gets the token", || async { heard.has(Some("Bearer segundo")) }).await;
    working.stop().await;
});

on_both!(a_cancel_reaches_the_api_although_nobody_follows_the_robot, |test| {
    let (fixture, processes) = robots(&test, "ninguem", 2, &["VIVO"]).await;
    test.rpa("opcoes", json!({ "duration_ms": [600_000, 600_000] })).await;
    let runs = [
        start(&fixture, &processes[0]).await,
        start(&fixture, &processes[1]).await,
    ];
    let working = work(&test);
    for run in &runs {
        eventually("it runs", || async { status(&fixture, run).await == "EXECUTANDO" }).await;
    }
    working.stop().await;
    fixture
        .admin
        .post("/api/v1/queues/robots/pause", json!({}))
        .await
        .expect(200);
    // One in the Monitor, the other on its own page.
    let job = text(&detail(&fixture, &runs[0]).await["execution"], "job_id");
    fixture
        .manager
        .post(&format!("/api/v1/jobs/{job}/cancel"), json!({}))
        .await
        .expect(200);
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{}/cancel", runs[1]), json!({}))
        .await
        .expect(200);
    for run in &runs {
        let seen = detail(&fixture, run).await["execution"].clone();
        assert_eq!(seen["status"], "CANCELADO");
        let said = text(&seen, "mensagem_final");
        assert!(said.contains("segue para a API"), "nothing was asked yet: {said}");
    }
    assert_eq!(fixture.count_jobs("task=cancel_robot").await, 2, "once for each run");
    test.run_jobs().await;
    eventually("no robot is at work", || async {
        test.rpa_counts().await["ativos"] == 0
    })
    .await;
});

on_both!(a_cancel_outlives_the_worker_that_was_asked, |test| {
    let (fixture, processes) = robots(&test, "parou", 1, &["VIVO"]).await;
    script(
        &test,
        &processes[0],
        json!({ "duration_ms": 600_000, "cancel": "hang" }),
    )
    .await;
    let run = start(&fixture, &processes[0]).await;
    let working = work(&test);
    eventually("it runs", || async { status(&fixture, &run).await == "EXECUTANDO" }).await;
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/cancel"), json!({}))
        .await
        .expect(200);
    working.stop().await;
    assert_eq!(status(&fixture, &run).await, "CANCELADO");
    assert_eq!(fixture.count_jobs("task=cancel_robot").await, 1);
    // The API hears of it from another worker.
    script(&test, &processes[0], json!({})).await;
    test.run_jobs().await;
    eventually("no robot is at work", || async {
        test.rpa_counts().await["ativos"] == 0
    })
    .await;
});

on_both!(a_confirmed_cancel_is_not_asked_for_again, |test| {
    let (fixture, processes) = robots(&test, "confirmado", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "duration_ms": 600_000 })).await;
    let run = start(&fixture, &processes[0]).await;
    let working = work(&test);
    eventually("it runs", || async { status(&fixture, &run).await == "EXECUTANDO" }).await;
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/cancel"), json!({}))
        .await
        .expect(200);
    eventually("it ends", || async { status(&fixture, &run).await == "CANCELADO" }).await;
    working.stop().await;
    let seen = detail(&fixture, &run).await["execution"].clone();
    assert_eq!(seen["mensagem_final"], "Cancelada; a API confirmou.");
    let job = text(&seen, "job_id");
    let job = fixture.viewer.get(&format!("/api/v1/jobs/{job}")).await.expect(200);
    assert_eq!(job["job"]["status"], "cancelled", "{job}");
    assert_eq!(fixture.count_jobs("task=cancel_robot").await, 0);
});

on_both!(a_robot_that_is_not_found_for_a_moment_is_waited_for, |test| {
    let (fixture, processes) = robots(&test, "momento", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "http": [404, 404, 404, 404, 404, 404] })).await;
    let run = start(&fixture, &processes[0]).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(seen["status"], "CONCLUIDO", "{seen}");
});

on_both!(asking_again_is_offered_only_while_it_can_help, |test| {
    let (fixture, processes) = robots(&test, "antiga", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "start_http": [403] })).await;
    let run = start(&fixture, &processes[0]).await;
    let seen = until_over(&test, &fixture, &run).await;
    // As if the robot had begun and its end were unknown.
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(executions::table.find(id(&run)))
        .set((
            executions::outcome_unknown.eq(true),
            executions::external_job_id.eq(Some("7")),
        ))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    connect(&fixture, json!({ "honours_keys": false })).await;
    assert_eq!(
        detail(&fixture, &run).await["can_resume"],
        true,
        "there is a job to ask about"
    );

    // Ended jobs are removed after 90 days; the runs stay.
    let job: JobId = text(&seen, "job_id").parse().unwrap();
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::delete(jobs::table.find(job)).execute(c).await).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(detail(&fixture, &run).await["can_resume"], false);
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/resume"), json!({}))
        .await
        .refused(409, "job_status");
});

on_both!(an_outage_of_minutes_fails_no_run, |test| {
    let (fixture, processes) = robots(&test, "noite", 1, &["VIVO"]).await;
    connect(&fixture, json!({ "url": "http://127.0.0.1:9" })).await;
    let run = start(&fixture, &processes[0]).await;
    // The eighth try comes after two to four minutes.
    for _ in 0..8 {
        test.run_jobs().await;
        make_due(&test).await;
    }
    assert_eq!(status(&fixture, &run).await, "PENDENTE");
    connect(&fixture, json!({ "url": test.rpa_url })).await;
    let seen = until_over(&test, &fixture, &run).await;
    assert_eq!(seen["status"], "CONCLUIDO", "{seen}");
});
