//! What goes by age: what may go goes, once, and nothing else.

mod rows;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::SimpleAsyncConnection as _;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{
            audit_events, email_contents, emails, execution_results, executions, job_attempts, job_groups,
            job_log_lines, log_chunks, logs, storage_intents, webhook_deliveries,
        },
    },
    retention::own,
    with_conn,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use self::rows::{ago, days, email, execution, job, message, new_id, slot, upload};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually},
};

async fn sql(test: &TestApp, statements: &str) {
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| c.batch_execute(statements).await).unwrap();
    tx.commit().await.unwrap();
}

/// Rows of some tables, by the names that the test gives them.
macro_rules! counts {
    ($test:expr, $($table:ident),+) => {{
        let mut conn = $test.app.db.read().await.unwrap();
        let mut all: Vec<(&str, i64)> = Vec::new();
        $(
            let count: i64 = with_conn!(&mut conn, |c| $table::table.count().get_result(c).await).unwrap();
            all.push((stringify!($table), count));
        )+
        all
    }};
}

async fn schedule(fixture: &Fixture, kind: &str, name: &str) -> String {
    let create = json!({
        "name": name, "kind": kind,
        "schedule": {
            "timezone": "America/Sao_Paulo",
            "rule": { "type": "once", "at": (Utc::now() + TimeDelta::days(365)).format("%Y-%m-%dT09:00").to_string() },
        },
    });
    let made = fixture.admin.post("/api/v1/schedules", create).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Asks for a run, and answers with its id; nobody works on it yet.
async fn ask(fixture: &Fixture, schedule: &str) -> String {
    let answer = fixture
        .admin
        .post(&format!("/api/v1/schedules/{schedule}/run"), json!({}))
        .await;
    assert!(answer.status < 300, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn run_of(fixture: &Fixture, schedule: &str, run: &str) -> Value {
    let runs = fixture
        .admin
        .get(&format!("/api/v1/schedules/{schedule}/runs"))
        .await
        .expect(200);
    let found = runs["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == json!(run));
    found.unwrap_or_else(|| panic!("{runs}")).clone()
}

/// Runs it now, and answers with what it did.
async fn clean(test: &TestApp, fixture: &Fixture, schedule: &str) -> Value {
    let run = ask(fixture, schedule).await;
    test.run_jobs().await;
    let ended = run_of(fixture, schedule, &run).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    ended["result"].clone()
}

/// What a clean-up would remove, as its result would tell it.
async fn preview(fixture: &Fixture) -> Value {
    let found = fixture
        .admin
        .post("/api/v1/retention/preview", json!({}))
        .await
        .expect(200);
    let (mut removed, mut bytes) = (json!({}), json!({}));
    for line in found["lines"].as_array().unwrap() {
        assert_eq!(line["complete"], true, "{line}");
        let what = line["what"].as_str().unwrap();
        if line["count"] != json!(0) {
            assert!(
                line["oldest"].as_str().unwrap() < line["before"].as_str().unwrap(),
                "{line}"
            );
            (removed[what], bytes[what]) = (line["count"].clone(), line["bytes"].clone());
        }
    }
    json!({ "removed": removed, "bytes": bytes, "failed": [] })
}

async fn webhook(fixture: &Fixture) -> String {
    let create = json!({ "name": "ERP", "url": "http://127.0.0.1:9/", "events": ["job.failed"] });
    let made = fixture.admin.post("/api/v1/webhooks", create).await.expect(201);
    made["endpoint"]["id"].as_str().unwrap().to_owned()
}

/// Something old of each kind, something young, and something old that is to stay.
async fn fill(test: &TestApp, fixture: &Fixture) -> String {
    let processes = fixture.opened(test, 3, &["VIVO"], "2025-01").await;
    let done = |process: &Value| {
        format!(
            "UPDATE processes SET status = 'UPLOAD_REALIZADO', fatura_sha256 = 'a', approved_sha256 = 'a' WHERE id = '{}';",
            process["id"].as_str().unwrap()
        )
    };
    let (first, second, open) = (&processes[0], &processes[1], &processes[2]);
    let rest = schedule(fixture, "CRIAR_PROCESSOS_MENSAIS", "Abertura").await;
    let hook = webhook(fixture).await;
    let (old, young) = (days(500), days(3));
    let all = [
        done(first),
        done(second),
        // Two go. One whose end is unknown stays, and the newest.
        execution(fixture, first, &old, false),
        execution(fixture, first, &days(450), false),
        execution(fixture, first, &days(440), true),
        execution(fixture, first, &young, false),
        // The newest of its process.
        execution(fixture, second, &old, false),
        // Of a process that is not done.
        execution(fixture, open, &old, false),
        execution(fixture, open, &days(499), false),
        job(fixture, &days(100)),
        job(fixture, &young),
        // The last one that began stays, however old.
        slot(fixture, &rest, &old, true),
        slot(fixture, &rest, &days(480), false),
        slot(fixture, &rest, &days(450), true),
        message(fixture, &hook, &days(40), "delivered"),
        message(fixture, &hook, &days(41), "failed"),
        message(fixture, &hook, &days(42), "pending"),
        message(fixture, &hook, &young, "delivered"),
        // All that say the same go together, or none.
        email(fixture, &days(100), &["sent", "refused"]),
        email(fixture, &days(101), &["sent", "pending"]),
        email(fixture, &young, &["sent"]),
        upload(fixture, "pdfs/VIVO/velho.pdf", &ago(TimeDelta::hours(30))),
        upload(fixture, "pdfs/VIVO/novo.pdf", &ago(TimeDelta::hours(3))),
    ];
    sql(test, &all.concat()).await;
    let file = test.folder.path().join("velho.pdf");
    std::fs::write(&file, [7; 4_321]).unwrap();
    test.app
        .storage
        .put_file("pdfs/VIVO/velho.pdf", &file, "application/pdf")
        .await
        .unwrap();
    hook
}

on_both!(what_is_simulated_is_what_goes_and_what_is_protected_stays, |test| {
    let fixture = Fixture::new(&test, "limpa").await;
    fill(&test, &fixture).await;
    let other = Fixture::new(&test, "vizinha").await;
    let hook = webhook(&other).await;
    sql(&test, &message(&other, &hook, &days(400), "delivered")).await;
    let id = schedule(&fixture, "LIMPEZA_LOGS", "Limpeza").await;
    let count = async || {
        counts!(
            test,
            executions,
            execution_results,
            logs,
            log_chunks,
            job_groups,
            webhook_deliveries,
            emails,
            email_contents,
            storage_intents
        )
    };
    let before = count().await;
    let trail: i64 = counts!(test, audit_events)[0].1;

    let simulated = preview(&fixture).await;
    assert_eq!(
        simulated["removed"],
        json!({ "executions": 2, "jobs": 1, "groups": 1, "runs": 2, "webhooks": 2, "emails": 2, "uploads": 1 })
    );
    let bytes = |what: &str| simulated["bytes"][what].as_i64().unwrap();
    assert!(bytes("executions") > 10_000, "with their logs: {simulated}");
    assert_eq!(bytes("uploads"), 4_321 + 100);
    for what in ["jobs", "groups", "runs", "webhooks", "emails"] {
        assert!(bytes(what) > 0, "{what}: {simulated}");
    }
    assert_eq!(count().await, before, "nothing went");

    assert_eq!(clean(&test, &fixture, &id).await, simulated, "what was simulated");
    let after = count().await;
    let gone: Vec<(&str, i64)> = before
        .iter()
        .zip(&after)
        .map(|((table, before), (_, after))| (*table, before - after))
        .collect();
    assert_eq!(
        gone,
        [
            ("executions", 2),
            ("execution_results", 2),
            ("logs", 2),
            ("log_chunks", 4),
            ("job_groups", 1),
            ("webhook_deliveries", 2),
            ("emails", 2),
            ("email_contents", 1),
            ("storage_intents", 1),
        ]
    );
    let old_job = counts!(test, job_attempts, job_log_lines);
    assert!(
        old_job.iter().all(|(_, count)| *count >= 1),
        "the young job keeps its own"
    );
    assert!(
        test.app.storage.list("pdfs/").await.unwrap().is_empty(),
        "the object is gone"
    );
    assert!(counts!(test, audit_events)[0].1 >= trail, "the trail only grows");
    let nothing = json!({ "removed": {}, "bytes": {}, "failed": [] });
    assert_eq!(preview(&fixture).await, nothing);
    assert_eq!(
        clean(&test, &fixture, &id).await,
        nothing,
        "a second time finds nothing"
    );
});

on_both!(an_attempt_goes_on_from_what_an_earlier_one_noted, |test| {
    let fixture = Fixture::new(&test, "retoma").await;
    let hook = webhook(&fixture).await;
    let all: String = (0..250)
        .map(|_| message(&fixture, &hook, &days(40), "delivered"))
        .collect();
    sql(&test, &all).await;
    let id = schedule(&fixture, "LIMPEZA_LOGS", "Limpeza").await;
    let run = ask(&fixture, &id).await;
    // As an attempt leaves it that died after its first transaction, in the middle of a log.
    let log = new_id();
    sql(
        &test,
        &format!(
            "UPDATE schedule_runs SET result = '{{\"removed\": {{\"webhooks\": 200, \"executions\": 1}}, \
                 \"bytes\": {{\"webhooks\": 9000, \"executions\": 500}}, \"failed\": []}}' WHERE id = '{run}'; \
             INSERT INTO logs (id, organization_id, lines, source_lines, ended, dropped_at) \
             VALUES ('{log}', '{}', 2, 2, TRUE, {}); \
             INSERT INTO log_chunks (log_id, first_seq, last_seq, worst, lines) VALUES ('{log}', 2, 2, 1, '[]');",
            fixture.organization,
            days(0)
        ),
    )
    .await;
    test.run_jobs().await;
    let did = run_of(&fixture, &id, &run).await["result"].clone();
    assert_eq!(did["removed"], json!({ "webhooks": 450, "executions": 1 }), "{did}");
    assert!(did["bytes"]["webhooks"].as_i64().unwrap() > 9_000 + 250 * 100, "{did}");
    assert_eq!(did["bytes"]["executions"], 500);
    let left = counts!(test, webhook_deliveries, logs, log_chunks);
    assert_eq!(left, [("webhook_deliveries", 0), ("logs", 0), ("log_chunks", 0)]);
});

/// Refuses the removal of one message, as a fault of the database would.
async fn refuse_removal(test: &TestApp) {
    let sqlite = "CREATE TRIGGER refuse BEFORE DELETE ON webhook_deliveries WHEN OLD.tries = 77 \
         BEGIN SELECT RAISE(ABORT, 'planted'); END";
    let postgres = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$; \
         CREATE TRIGGER refuse BEFORE DELETE ON webhook_deliveries FOR EACH ROW WHEN (OLD.tries = 77) EXECUTE FUNCTION refuse()";
    let is_sqlite = test.app.config.database.url.to_string().starts_with("sqlite");
    sql(test, if is_sqlite { sqlite } else { postgres }).await;
}

on_both!(
    one_kind_that_fails_stops_no_other_and_the_next_run_finishes_it,
    |test| {
        let fixture = Fixture::new(&test, "umafalha").await;
        let hook = webhook(&fixture).await;
        let mut all: String = (0..250)
            .map(|_| message(&fixture, &hook, &days(50), "delivered"))
            .collect();
        all += &message(&fixture, &hook, &days(40), "delivered");
        all += "UPDATE webhook_deliveries SET tries = 77 WHERE created_at = (SELECT max(created_at) FROM webhook_deliveries);";
        all += &email(&fixture, &days(100), &["sent"]);
        sql(&test, &all).await;
        refuse_removal(&test).await;
        let id = schedule(&fixture, "LIMPEZA_LOGS", "Limpeza").await;
        let did = clean(&test, &fixture, &id).await;
        assert_eq!(did["removed"], json!({ "webhooks": 200, "emails": 1 }), "{did}");
        assert_eq!(did["failed"].as_array().unwrap().len(), 1, "{did}");
        assert_eq!(did["failed"][0]["what"], "webhooks");
        assert!(did["failed"][0]["reason"]["text"].is_string(), "{did}");
        sql(&test, "UPDATE webhook_deliveries SET tries = 1").await;
        let did = clean(&test, &fixture, &id).await;
        assert_eq!(
            (&did["removed"], &did["failed"]),
            (&json!({ "webhooks": 51 }), &json!([]))
        );
    }
);

on_both!(a_clean_up_that_is_cancelled_stops_between_two_transactions, |test| {
    const ROWS: i64 = 10_000;
    let fixture = Fixture::new(&test, "para").await;
    let hook = webhook(&fixture).await;
    for _ in 0..ROWS / 1_000 {
        let some: String = (0..1_000)
            .map(|_| message(&fixture, &hook, &days(40), "delivered"))
            .collect();
        sql(&test, &some).await;
    }
    let id = schedule(&fixture, "LIMPEZA_LOGS", "Limpeza").await;
    let run = ask(&fixture, &id).await;
    let job = run_of(&fixture, &id, &run).await["job_id"].as_str().unwrap().to_owned();
    let stop = CancellationToken::new();
    let works = tokio::spawn(test.worker().run(stop.clone()));
    let left = async || counts!(test, webhook_deliveries)[0].1;
    eventually("it has begun", || async { left().await < ROWS }).await;
    let path = format!("/api/v1/jobs/{job}/cancel");
    let answer = fixture.admin.post(&path, json!({})).await;
    assert!(answer.status < 300, "{}", answer.text());
    eventually("it has stopped", || async {
        run_of(&fixture, &id, &run).await["status"] != "running"
    })
    .await;
    stop.cancel();
    works.await.unwrap();
    let ended = run_of(&fixture, &id, &run).await;
    assert_eq!(ended["status"], "cancelled", "{ended}");
    let (gone, left) = (ROWS - left().await, left().await);
    assert!(left > 0 && gone > 0, "{gone} went, {left} stay");
    assert_eq!(
        ended["result"]["removed"],
        json!({ "webhooks": gone }),
        "it tells what it did"
    );
});

on_both!(an_organisation_with_a_schedule_decides_alone, |test| {
    let decides = Fixture::new(&test, "decide").await;
    let by_itself = Fixture::new(&test, "sozinha").await;
    for fixture in [&decides, &by_itself] {
        let hook = webhook(fixture).await;
        let all = [
            message(fixture, &hook, &days(40), "delivered"),
            job(fixture, &days(100)),
            job(fixture, &days(3)),
            upload(fixture, &format!("pdfs/{}.pdf", fixture.organization), &days(1)),
        ];
        sql(&test, &all.concat()).await;
    }
    let id = schedule(&decides, "LIMPEZA_LOGS", "Limpeza").await;
    let pause = format!("/api/v1/schedules/{id}/pause");
    decides
        .admin
        .post(&pause, json!({ "note": "auditoria" }))
        .await
        .expect(200);
    let tidy = async || {
        let removed = (
            own::messages(&test.app).await.unwrap(),
            own::uploads(&test.app).await.unwrap(),
        );
        esteira::engine::tidy(&test.app.db, &test.app.tasks, &CancellationToken::new())
            .await
            .unwrap();
        removed
    };
    assert_eq!(tidy().await, (1, 1), "of the other organisation");
    assert_eq!(decides.count_jobs("task=probe").await, 2);
    assert_eq!(by_itself.count_jobs("task=probe").await, 1);
    assert_eq!(preview(&decides).await["removed"]["webhooks"], 1, "it is still there");

    let path = format!("/api/v1/schedules/{id}");
    decides.admin.delete(&path).await.expect(204);
    assert_eq!(
        tidy().await,
        (1, 1),
        "without the schedule the program's times hold again"
    );
    assert_eq!(decides.count_jobs("task=probe").await, 1);
});

on_both!(times_out_of_range_are_named, |test| {
    let fixture = Fixture::new(&test, "prazos").await;
    let refused = fixture
        .admin
        .post("/api/v1/retention/preview", json!({ "jobs_days": 1 }))
        .await;
    assert_eq!(
        refused.refused_field(),
        ("jobs_days".to_owned(), "out_of_range".to_owned())
    );
    let create = json!({
        "name": "Limpeza", "kind": "LIMPEZA_LOGS", "parameters": { "sessions_days": 30 },
        "schedule": { "timezone": "America/Sao_Paulo", "rule": { "type": "daily", "times": ["04:00"] } },
    });
    let (field, code) = fixture.admin.post("/api/v1/schedules", create).await.refused_field();
    assert_eq!((field.as_str(), code.as_str()), ("parameters.sessions_days", "unknown"));
    fixture
        .analyst
        .post("/api/v1/retention/preview", json!({}))
        .await
        .refused(403, "forbidden");
    let at = fixture
        .admin
        .post("/api/v1/retention/preview", json!({}))
        .await
        .expect(200);
    let before = at["lines"][0]["before"]
        .as_str()
        .unwrap()
        .parse::<DateTime<Utc>>()
        .unwrap();
    let kept = Utc::now() - before;
    assert_eq!(kept.num_days(), 365, "what is left out is the usual");
});
