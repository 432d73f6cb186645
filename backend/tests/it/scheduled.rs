//! What schedules do when they fire: opening months and starting robots.

use chrono::{TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection as _;
use esteira::with_conn;
use esteira_shared::month::Month;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Fixture, TestApp, eventually, processes_in},
};

fn word(value: &Value, key: &str) -> String {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {value}"))
        .to_owned()
}

/// The month that a slot of now is about.
fn this_month() -> Month {
    Month::of(Utc::now().with_timezone(&chrono_tz::America::Sao_Paulo).date_naive())
}

/// A schedule that does not fire by itself while the test runs.
async fn schedule(fixture: &Fixture, kind: &str, parameters: Value) -> String {
    let year = TimeDelta::days(365);
    let create = json!({
        "name": "De manhã", "kind": kind, "parameters": parameters,
        "schedule": {
            "timezone": "America/Sao_Paulo",
            "rule": { "type": "once", "at": (Utc::now() + year).format("%Y-%m-%dT09:00").to_string() },
        },
    });
    word(&fixture.admin.post("/api/v1/schedules", create).await.expect(201), "id")
}

/// Runs it now, and answers with what the run did.
async fn fire(test: &TestApp, fixture: &Fixture, schedule: &str) -> Value {
    let path = format!("/api/v1/schedules/{schedule}");
    let answer = fixture.admin.post(&format!("{path}/run"), json!({})).await;
    assert!(answer.status < 300, "{}", answer.text());
    let run = word(&answer.json(), "id");
    test.run_jobs().await;
    let runs = fixture.admin.get(&format!("{path}/runs")).await.expect(200);
    let ended = runs["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == json!(run));
    let ended = ended.unwrap_or_else(|| panic!("{runs}")).clone();
    assert_eq!(ended["status"], "succeeded", "{ended}");
    ended["result"].clone()
}

on_both!(a_schedule_opens_the_month_and_only_what_is_missing, |test| {
    let fixture = Fixture::new(&test, "abre").await;
    fixture.registry(&test, 3, &["VIVO", "OI"]).await;
    let id = schedule(&fixture, "CRIAR_PROCESSOS_MENSAIS", json!({ "month_offset": -1 })).await;
    let month = this_month().plus(-1);
    let did = fire(&test, &fixture, &id).await;
    assert_eq!(
        did,
        json!({ "month": month, "opened": 6, "existed": 0, "failures": 0, "failed": [] })
    );
    let processes = processes_in(&fixture.viewer, &month.to_string()).await;
    assert_eq!(processes.len(), 6);
    assert_eq!(
        word(&processes[0], "client_name"),
        "Cliente 001",
        "A to Z, as a click makes them"
    );
    let again = fire(&test, &fixture, &id).await;
    assert_eq!((&again["opened"], &again["existed"]), (&json!(0), &json!(6)));
    assert_eq!(processes_in(&fixture.viewer, &month.to_string()).await.len(), 6);
    let trail = fixture.admin.get("/api/v1/audit?action=month.open").await.expect(200);
    let lines = trail["items"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "what opens nothing leaves no line: {trail}");
    assert_eq!(
        (
            &lines[0]["actor"],
            &lines[0]["after"]["schedule_id"],
            &lines[0]["after"]["opened"]
        ),
        (&json!("De manhã"), &json!(id), &json!(6))
    );
});

/// Refuses each process of one client, as a fault of the database would.
async fn refuse_processes_of(test: &TestApp, client: &str) {
    let sqlite = format!(
        "CREATE TRIGGER refuse BEFORE INSERT ON processes WHEN NEW.client_id = '{client}' \
         BEGIN SELECT RAISE(ABORT, 'planted'); END"
    );
    let postgres = format!(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$; \
         CREATE TRIGGER refuse BEFORE INSERT ON processes FOR EACH ROW WHEN (NEW.client_id = '{client}') \
         EXECUTE FUNCTION refuse()"
    );
    let is_sqlite = test.app.config.database.url.to_string().starts_with("sqlite");
    let mut tx = test.app.db.begin().await.unwrap();
    let planted = if is_sqlite { sqlite } else { postgres };
    with_conn!(tx.conn(), |c| c.batch_execute(&planted).await).unwrap();
    tx.commit().await.unwrap();
}

on_both!(one_account_that_fails_stops_no_other, |test| {
    let fixture = Fixture::new(&test, "umafalha").await;
    fixture.registry(&test, 4, &["VIVO"]).await;
    let clients = fixture.viewer.get("/api/v1/clients").await.expect(200);
    let bad = &clients["items"][1];
    refuse_processes_of(&test, &word(bad, "id")).await;
    let id = schedule(&fixture, "CRIAR_PROCESSOS_MENSAIS", json!({})).await;
    let did = fire(&test, &fixture, &id).await;
    assert_eq!(
        (&did["month"], &did["opened"], &did["failures"]),
        (&json!(this_month()), &json!(3), &json!(1)),
        "{did}"
    );
    assert_eq!(did["failed"][0]["client_name"], bad["razao_social"]);
    assert_eq!(did["failed"][0]["operator_name"], "VIVO");
    assert!(did["failed"][0]["reason"]["text"].is_string(), "{did}");
    assert_eq!(processes_in(&fixture.viewer, &this_month().to_string()).await.len(), 3);
});

/// An organisation with robots, and the processes of this month; the accounts of the first `with_login` clients can be
/// signed in to.
async fn with_robots(test: &TestApp, name: &str, clients: usize, operators: &[&str], with_login: usize) -> Fixture {
    let fixture = Fixture::new(test, name).await;
    fixture
        .opened(test, clients, operators, &this_month().to_string())
        .await;
    let page = fixture.manager.get("/api/v1/operators").await.expect(200);
    for operator in page["items"].as_array().unwrap() {
        let update = json!({
            "name": operator["name"], "possui_rpa": operator["name"] != "SEM ROBO", "rpa_terceirizado": false,
            "url_endpoint_rpa": null, "active": true, "version": operator["version"],
        });
        let path = format!("/api/v1/operators/{}", word(operator, "id"));
        fixture.manager.put(&path, update).await.expect(200);
    }
    let all = fixture.viewer.get("/api/v1/clients?limit=200").await.expect(200);
    for client in all["items"].as_array().unwrap().iter().take(with_login) {
        let path = format!("/api/v1/clients/{}/accounts", word(client, "id"));
        for account in fixture.viewer.get(&path).await.expect(200).as_array().unwrap() {
            let update = json!({
                "account_number": account["account_number"], "portal_login": "robo", "portal_password": "segredo",
                "active": true, "version": account["version"],
            });
            let path = format!("/api/v1/accounts/{}", word(account, "id"));
            fixture.manager.put(&path, update).await.expect(200);
        }
    }
    let mut settings = fixture.admin.get("/api/v1/robots/settings").await.expect(200);
    for name in ["token_set", "token_refused_at", "token_refused_endpoint"] {
        settings.as_object_mut().unwrap().remove(name);
    }
    settings["url"] = json!(test.rpa_url);
    (settings["max_running"], settings["max_per_operator"]) = (json!(50), json!(50));
    fixture.admin.put("/api/v1/robots/settings", settings).await.expect(200);
    fixture
}

/// Robots stand in their queue, so that the test sees what was asked for.
async fn hold_robots(fixture: &Fixture, held: bool) {
    let verb = if held { "pause" } else { "resume" };
    let path = format!("/api/v1/queues/robots/{verb}");
    fixture.admin.post(&path, json!({})).await.expect(200);
}

async fn executions(fixture: &Fixture, filter: &str) -> i64 {
    let page = fixture
        .viewer
        .get(&format!("/api/v1/executions?{filter}"))
        .await
        .expect(200);
    page["total"]["count"].as_i64().unwrap()
}

on_both!(a_schedule_starts_robots_and_says_whom_it_left_out, |test| {
    let fixture = with_robots(&test, "baixa", 3, &["VIVO", "SEM ROBO"], 2).await;
    hold_robots(&fixture, true).await;
    let id = schedule(&fixture, "EXECUTAR_DOWNLOADS", json!({})).await;
    let did = fire(&test, &fixture, &id).await;
    assert_eq!(
        (&did["month"], &did["started"], &did["skips"], &did["failures"]),
        (&json!(this_month()), &json!(2), &json!(4), &json!(0)),
        "{did}"
    );
    let mut codes: Vec<String> = did["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| word(&one["reason"], "code"))
        .collect();
    codes.sort();
    assert_eq!(
        codes,
        [
            "operator_has_no_robot",
            "operator_has_no_robot",
            "operator_has_no_robot",
            "portal_sign_in_missing"
        ]
    );
    let runs = fixture.viewer.get("/api/v1/executions").await.expect(200);
    for run in runs["items"].as_array().unwrap() {
        assert_eq!(
            (&run["requested_by"], &run["operator_name"]),
            (&json!("De manhã"), &json!("VIVO"))
        );
    }
    // What waits already is not started twice.
    let again = fire(&test, &fixture, &id).await;
    assert_eq!((&again["started"], &again["skips"]), (&json!(0), &json!(6)));
    assert_eq!(executions(&fixture, "").await, 2);
});

on_both!(only_some_operators_and_failed_downloads_when_asked_for, |test| {
    let fixture = with_robots(&test, "escolha", 2, &["VIVO", "OI"], 2).await;
    let page = fixture.viewer.get("/api/v1/operators").await.expect(200);
    let vivo = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "VIVO")
        .unwrap();
    // Both of VIVO fail for good.
    test.rpa("opcoes", json!({ "duration_ms": [1, 5], "business_rate": 1.0 }))
        .await;
    let only = json!({ "operator_ids": [vivo["id"]] });
    let first = schedule(&fixture, "EXECUTAR_DOWNLOADS", only).await;
    let did = fire(&test, &fixture, &first).await;
    assert_eq!((&did["started"], &did["skips"]), (&json!(2), &json!(0)), "{did}");
    eventually("both have failed", || async {
        test.run_jobs().await;
        executions(&fixture, "status=FALHOU").await == 2
    })
    .await;
    let again = fire(&test, &fixture, &first).await;
    assert_eq!(again["started"], 0, "an error is not pending: {again}");
    hold_robots(&fixture, true).await;
    let path = format!("/api/v1/schedules/{first}");
    let mut update = fixture.admin.get(&path).await.expect(200);
    update["parameters"]["apenas_processos_pendentes"] = json!(false);
    let update = json!({
        "name": update["name"], "parameters": update["parameters"], "schedule": update["schedule"],
        "catch_up": update["catch_up"], "catch_up_hours": update["catch_up_hours"], "overlap": update["overlap"],
        "pause_after_failures": update["pause_after_failures"], "active": true, "version": update["version"],
    });
    fixture.admin.put(&path, update).await.expect(200);
    let did = fire(&test, &fixture, &first).await;
    assert_eq!(did["started"], 2, "{did}");
    assert_eq!(executions(&fixture, "status=PENDENTE").await, 2);

    let create = json!({
        "name": "Outra", "kind": "EXECUTAR_DOWNLOADS",
        "parameters": { "operator_ids": ["0196b7f0-0000-7000-8000-000000000000"] },
        "schedule": { "timezone": "UTC", "rule": { "type": "once", "at": "2099-01-01T09:00" } },
    });
    let refused = fixture.admin.post("/api/v1/schedules", create).await.refused_field();
    assert_eq!(refused, ("parameters.operator_ids".to_owned(), "unknown".to_owned()));
});

on_both!(never_more_of_its_robots_are_at_work_than_it_may_have, |test| {
    let fixture = with_robots(&test, "ondas", 6, &["VIVO", "OI"], 6).await;
    test.rpa("opcoes", json!({ "duration_ms": [200, 400] })).await;
    let few = json!({ "limite_execucoes_simultaneas": 2 });
    let id = schedule(&fixture, "EXECUTAR_DOWNLOADS", few).await;
    hold_robots(&fixture, true).await;
    let did = fire(&test, &fixture, &id).await;
    assert_eq!(did["started"], 12, "{did}");
    hold_robots(&fixture, false).await;
    // Two workers, one of which goes away in between.
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let stop = tokio_util::sync::CancellationToken::new();
            (stop.clone(), tokio::spawn(test.worker().run(stop)))
        })
        .collect();
    eventually("some are over", || async {
        executions(&fixture, "status=CONCLUIDO").await >= 3
    })
    .await;
    workers[0].0.cancel();
    eventually("all are over", || async {
        executions(&fixture, "status=CONCLUIDO").await == 12
    })
    .await;
    for (stop, worker) in workers {
        stop.cancel();
        worker.await.unwrap();
    }
    let watched: Value = reqwest::get(format!("{}/vigilia", test.rpa_url))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(watched["mais_ativos"], 2, "{watched}");
    let limits = fixture.viewer.get("/api/v1/job-limits").await.expect(200);
    let own = limits
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["lane"] == "robots/*/schedules/De manhã");
    assert_eq!(own.unwrap_or_else(|| panic!("{limits}"))["max_running"], 2);
});
