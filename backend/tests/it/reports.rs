//! Reports by e-mail: what is in them, who gets them, and how somebody stops getting them.

use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::emails},
    with_conn,
};
use esteira_shared::{permission::Role, status::EmailStatus};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Fixture, Letter, PostOffice, Reply, TestApp, pdf},
    with_post_office,
};

const TO: [&str; 3] = ["ana@example.com", "bia@example.com", "caio@example.com"];

async fn schedule(fixture: &Fixture, parameters: Value) -> String {
    schedule_named(fixture, "Fechamento por e-mail", parameters).await
}

/// Its rule never matters here: each test runs it by hand.
async fn schedule_named(fixture: &Fixture, name: &str, parameters: Value) -> String {
    let create = json!({
        "name": name,
        "kind": "ENVIAR_RELATORIOS",
        "parameters": parameters,
        "schedule": { "timezone": "America/Sao_Paulo", "rule": { "type": "cron", "expression": "0 9 * * 1" } },
    });
    let made = fixture.manager.post("/api/v1/schedules", create).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Runs it now, and answers with the run once it is over.
async fn run(test: &TestApp, fixture: &Fixture, schedule: &str) -> Value {
    let path = format!("/api/v1/schedules/{schedule}/run");
    fixture.manager.post(&path, json!({})).await.expect(201);
    test.run_jobs().await;
    last_run(fixture, schedule).await
}

async fn last_run(fixture: &Fixture, schedule: &str) -> Value {
    let path = format!("/api/v1/schedules/{schedule}/runs");
    fixture.manager.get(&path).await.expect(200)["items"][0].clone()
}

/// The month in which the run is due, as the run itself counts it.
fn this_month(run: &Value) -> String {
    run["result"]["month"].as_str().unwrap().to_owned()
}

/// Three processes, one of them approved.
async fn three(test: &TestApp, fixture: &Fixture, month: &str) -> Vec<Value> {
    let processes = fixture.opened(test, 3, &["VIVO"], month).await;
    let id = processes[0]["id"].as_str().unwrap();
    let detail = fixture.analyst.upload(id, "fatura.pdf", pdf(1)).await.expect(201);
    let seen = json!({ "version": detail["process"]["version"], "sha256": detail["process"]["fatura_sha256"] });
    let path = format!("/api/v1/processes/{id}/approve");
    fixture.analyst.post(&path, seen).await.expect(200);
    processes
}

fn current_month(test: &TestApp) -> String {
    use esteira::clock::Clock as _;
    let zone = chrono_tz::America::Sao_Paulo;
    test.clock.now().with_timezone(&zone).format("%Y-%m").to_string()
}

/// The token of the link by which a reader takes themselves off.
fn unsubscribe_path(letter: &Letter) -> String {
    let link = letter.header("List-Unsubscribe").unwrap();
    let link = link.trim_matches(['<', '>']).to_owned();
    assert!(
        link.starts_with("https://esteira.example.com/base/api/v1/reports/unsubscribe?token="),
        "{link}"
    );
    link.strip_prefix("https://esteira.example.com/base")
        .unwrap()
        .to_owned()
}

with_post_office!(
    a_report_arrives_with_the_figures_of_the_pages,
    "relatorio",
    |test, fixture, office| {
        let month = current_month(&test);
        let processes = three(&test, &fixture, &month).await;
        let id = schedule(&fixture, json!({ "to": TO })).await;
        let done = run(&test, &fixture, &id).await;
        assert_eq!(done["status"], "succeeded", "{done}");
        assert_eq!(this_month(&done), month);
        assert_eq!(done["result"]["sent"], json!(TO));
        assert_eq!(office.letters().len(), 3);
        for address in TO {
            let letters = office.letters_to(address);
            assert_eq!(letters.len(), 1, "{address}");
            let letter = &letters[0];
            assert_eq!(letter.header("To").as_deref(), Some(address));
            assert_eq!(
                letter.shape(),
                "mixed(alternative(text/plain text/html) text/csv)",
                "{}",
                letter.raw
            );
            let (text, html) = (letter.part("text/plain"), letter.part("text/html"));
            for part in [
                "3 de 3 pendentes",
                "Aguardando fatura",
                "A enviar ao SAT",
                "VIVO",
                "Cliente 001",
                "0/3",
            ] {
                assert!(text.contains(part), "{part}:\n{text}");
                assert!(html.contains(part), "{part}:\n{html}");
            }
            assert!(html.len() < 102_000);
            let link = format!(
                "https://esteira.example.com/base/processos/{}",
                processes[1]["id"].as_str().unwrap()
            );
            assert!(text.contains(&link) && html.contains(&link), "{text}");
            let table = letter.part("text/csv");
            assert!(table.starts_with("\u{feff}mes_ano;razao_social;"), "{table}");
            assert_eq!(table.lines().count(), 4, "a head and each process: {table}");
        }
        let sent = fixture.admin.get("/api/v1/emails").await.expect(200);
        let subject = sent["items"][0]["subject"].as_str().unwrap().to_owned();
        assert!(subject.starts_with("3 de 3 pendentes — Fechamento "), "{subject}");
        assert_eq!(sent["items"][0]["schedule_run_id"], done["id"]);
        let of_run = format!("/api/v1/emails?schedule_run_id={}", done["id"].as_str().unwrap());
        assert_eq!(
            fixture.admin.get(&of_run).await.expect(200)["items"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
    }
);

with_post_office!(
    one_refused_address_stops_nobody_else,
    "recusada",
    |test, fixture, office| {
        fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
        office.plan(
            TO[1],
            &[
                Reply::ToAddress("550 5.1.1 no such mailbox"),
                Reply::ToAddress("550 still none"),
            ],
        );
        let id = schedule(&fixture, json!({ "to": TO, "attach_csv": false })).await;
        let first = run(&test, &fixture, &id).await;
        assert_eq!(first["status"], "succeeded", "{first}");
        assert_eq!(first["result"]["sent"], json!([TO[0], TO[2]]));
        assert_eq!(
            first["result"]["refused"],
            json!([{ "to": TO[1], "answer": "550 5.1.1 no such mailbox" }])
        );
        // The same run once more tries only who did not get it.
        let again = format!(
            "/api/v1/schedules/runs/{}/run?confirm_messages=true",
            first["id"].as_str().unwrap()
        );
        fixture.manager.post(&again, json!({})).await.expect(200);
        test.run_jobs().await;
        let second = last_run(&fixture, &id).await;
        assert_eq!(second["id"], first["id"]);
        assert_eq!(second["result"]["refused"][0]["answer"], "550 still none", "{second}");
        assert_eq!(office.asked_for(TO[1]), 2);
        for address in [TO[0], TO[2]] {
            assert_eq!(office.asked_for(address), 1, "{address}");
            assert_eq!(office.letters_to(address).len(), 1, "{address}");
        }
        assert_eq!(
            office.letters()[0].shape(),
            "alternative(text/plain text/html)",
            "no table was wanted"
        );
    }
);

with_post_office!(
    when_nobody_takes_it_the_run_fails_and_says_why,
    "ninguem",
    |test, fixture, office| {
        fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
        office.plan(TO[0], &[Reply::ToAddress("550 no such mailbox")]);
        let id = schedule(&fixture, json!({ "to": [TO[0]] })).await;
        let failed = run(&test, &fixture, &id).await;
        assert_eq!(failed["status"], "failed", "{failed}");
        assert_eq!(failed["failure"]["code"], "report_to_nobody");
        assert!(
            failed["failure"]["text"]
                .as_str()
                .unwrap()
                .contains("550 no such mailbox"),
            "{failed}"
        );
    }
);

with_post_office!(
    what_cannot_be_sent_now_is_left_to_jobs,
    "adiada",
    |test, fixture, office| {
        fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
        office.plan(TO[1], &[Reply::ToAddress("450 4.2.0 greylisted")]);
        let id = schedule(&fixture, json!({ "to": TO })).await;
        let done = run(&test, &fixture, &id).await;
        assert_eq!(done["status"], "succeeded", "{done}");
        assert_eq!(done["result"]["sent"], json!([TO[0], TO[2]]));
        assert_eq!(done["result"]["later"][0]["to"], TO[1]);
        assert!(
            done["result"]["later"][0]["cause"]
                .as_str()
                .unwrap()
                .contains("greylisted"),
            "{done}"
        );
        let waiting = fixture
            .admin
            .get("/api/v1/jobs?task=send_email&status=queued")
            .await
            .expect(200);
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
        let left = fixture.admin.get("/api/v1/emails?status=pending").await.expect(200);
        assert_eq!(left["items"][0]["job_id"], waiting["items"][0]["id"], "{left}");
    }
);

with_post_office!(
    a_run_that_was_interrupted_writes_to_nobody_twice,
    "repetida",
    |test, fixture, office| {
        fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
        let id = schedule(&fixture, json!({ "to": TO, "only_if_pending": true })).await;
        let first = run(&test, &fixture, &id).await;
        let run_id = first["id"].as_str().unwrap();
        // As a program that was killed in the middle leaves it: one is sent, one is under way, one waits.
        let mut tx = test.app.db.begin().await.unwrap();
        let now = tx.now();
        for (address, tried) in [(TO[1], Some(now)), (TO[2], None)] {
            with_conn!(tx.conn(), |c| diesel::update(
                emails::table.filter(emails::recipient.eq(address))
            )
            .set((
                emails::status.eq(EmailStatus::Failed),
                emails::trying_since.eq(tried),
                emails::job_id.eq(esteira_shared::ids::JobId(uuid::Uuid::now_v7())),
            ))
            .execute(c)
            .await)
            .unwrap();
        }
        tx.commit().await.unwrap();
        let again = format!("/api/v1/schedules/runs/{run_id}/run?confirm_messages=true");
        fixture.manager.post(&again, json!({})).await.expect(200);
        test.run_jobs().await;
        let second = last_run(&fixture, &id).await;
        assert_eq!(second["result"]["sent"], json!(TO), "{second}");
        assert_eq!(office.letters_to(TO[0]).len(), 1);
        let copies = office.letters_to(TO[1]);
        assert_eq!(copies.len(), 2);
        assert_eq!(copies[0].raw, copies[1].raw, "a copy, under the same Message-ID");
        let list = fixture.admin.get("/api/v1/emails").await.expect(200);
        assert_eq!(
            list["items"].as_array().unwrap().len(),
            3,
            "no second message was written"
        );
        let of = |address: &str| {
            let items = list["items"].as_array().unwrap();
            items.iter().find(|one| one["to"] == address).unwrap().clone()
        };
        assert_eq!(of(TO[1])["uncertain"], true);
        assert_eq!(of(TO[0])["uncertain"], false);
    }
);

with_post_office!(
    nothing_is_written_when_nothing_is_pending,
    "emdia",
    |test, fixture, office| {
        let id = schedule(
            &fixture,
            json!({ "to": TO, "only_if_pending": true, "month_offset": -1 }),
        )
        .await;
        let skipped = run(&test, &fixture, &id).await;
        assert_eq!(skipped["status"], "succeeded", "{skipped}");
        assert_eq!(skipped["result"]["skipped"], "report_nothing_pending");
        assert!(office.letters().is_empty());
        let list = fixture.admin.get("/api/v1/emails").await.expect(200);
        assert!(list["items"].as_array().unwrap().is_empty());
        // Without that wish, an unopened month is told.
        let told = schedule_named(&fixture, "Sempre", json!({ "to": [TO[0]], "language": "en" })).await;
        run(&test, &fixture, &told).await;
        assert!(
            office.letters()[0]
                .part("text/plain")
                .contains("No process was opened in this month.")
        );
        assert_eq!(
            office.letters()[0].shape(),
            "alternative(text/plain text/html)",
            "there is no table"
        );
    }
);

with_post_office!(a_reader_takes_themselves_off, "saida", |test, fixture, office| {
    fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
    let id = schedule(&fixture, json!({ "to": TO })).await;
    run(&test, &fixture, &id).await;
    let letter = office.letters_to(TO[1])[0].clone();
    let path = unsubscribe_path(&letter);
    assert!(letter.part("text/html").contains("Não receber mais"));
    assert!(
        !path.contains("bia") && !path.contains(&id),
        "the link gives nothing away: {path}"
    );

    // Looking changes nothing: mail programs look at links by themselves.
    let stranger = test.stranger().without_csrf();
    let page = stranger.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert!(page.text().contains("bia@example.com") && page.text().contains("<form method=\"post\">"));
    let settings = format!("/api/v1/schedules/{id}");
    let before = fixture.manager.get(&settings).await.expect(200);
    assert_eq!(before["parameters"]["to"], json!(TO));

    // One click of a mail program: no cookie, a form as its body.
    let one_click = || stranger.request(Method::POST, &path).body("List-Unsubscribe=One-Click");
    for _ in 0..2 {
        let answer = stranger.send(one_click()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let after = fixture.manager.get(&settings).await.expect(200);
    assert_eq!(after["parameters"]["to"], json!([TO[0], TO[2]]));
    assert_eq!(after["version"], before["version"].as_i64().unwrap() + 1, "once");
    let trail = fixture
        .admin
        .get("/api/v1/audit?action=report.unsubscribe")
        .await
        .expect(200);
    assert_eq!(trail["items"].as_array().unwrap().len(), 1);
    assert_eq!(trail["items"][0]["actor"], TO[1]);
    run(&test, &fixture, &id).await;
    assert_eq!(office.letters_to(TO[1]).len(), 1, "no more for her");
    assert_eq!(office.letters_to(TO[0]).len(), 2);

    // The last one leaves a schedule that says so.
    for address in [TO[0], TO[2]] {
        let path = unsubscribe_path(&office.letters_to(address)[0]);
        let taken = stranger.send(stranger.request(Method::POST, &path)).await;
        assert_eq!(taken.status, 200, "{}", taken.text());
    }
    let empty = run(&test, &fixture, &id).await;
    assert_eq!(empty["result"]["skipped"], "report_without_recipients", "{empty}");
    fixture.manager.delete(&settings).await;
    let gone = stranger.get(&path).await;
    assert_eq!(gone.status, 404);
    assert!(gone.text().contains("não vale mais"), "{}", gone.text());
});

on_both!(
    a_link_that_we_did_not_make_is_no_good_and_guessing_is_slowed_down,
    |test| {
        let stranger = test.stranger();
        let mut last = 0;
        for number in 0..12 {
            let path = format!("/api/v1/reports/unsubscribe?token=v1.00000000.{number}&utm_source=x");
            last = stranger.send(stranger.request(Method::POST, &path)).await.status;
            assert!([404, 429].contains(&last), "{last}");
        }
        assert_eq!(last, 429);
    }
);

on_both!(a_schedule_of_reports_names_somebody_and_a_near_month, |test| {
    let fixture = Fixture::new(&test, "regras").await;
    for (parameters, field) in [
        (json!({ "to": [] }), "parameters.to"),
        (json!({ "to": ["ana@example.com", "bia"] }), "parameters.to"),
        (json!({ "to": TO, "month_offset": 2 }), "parameters.month_offset"),
        (json!({ "to": TO, "cc": [] }), "parameters.cc"),
        (json!({ "to": TO, "language": "fr" }), "parameters.language"),
    ] {
        let create = json!({
            "name": "x", "kind": "ENVIAR_RELATORIOS", "parameters": parameters,
            "schedule": { "timezone": "America/Sao_Paulo", "rule": { "type": "cron", "expression": "0 9 * * 1" } },
        });
        let refused = fixture.manager.post("/api/v1/schedules", create).await.refused_field();
        assert_eq!(refused.0, field, "{parameters}");
    }
});

with_post_office!(
    whoever_reads_processes_sees_a_report_and_sends_it_to_themselves,
    "leitora",
    |test, fixture, office| {
        three(&test, &fixture, "2026-10").await;
        let page = fixture.viewer.get("/api/v1/reports/month?month=2026-10").await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("3 de 3 pendentes"), "{}", page.text());
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.starts_with("sandbox ") && policy.contains("frame-ancestors 'self'"),
            "{policy}"
        );
        let english = fixture
            .viewer
            .get("/api/v1/reports/month?month=2026-10&language=en")
            .await;
        assert!(english.text().contains("3 of 3 pending"), "{}", english.text());
        let refused = fixture.viewer.get("/api/v1/reports/month").await;
        assert_eq!(refused.refused_field().0, "month");

        let send = json!({ "month": "2026-10", "language": "en" });
        let sent = fixture
            .viewer
            .post("/api/v1/reports/month/send", send)
            .await
            .expect(202);
        assert_eq!(sent["to"], fixture.email(Role::Viewer));
        test.run_jobs().await;
        let letters = office.letters_to(&fixture.email(Role::Viewer));
        assert_eq!(letters.len(), 1);
        assert!(letters[0].part("text/plain").contains("3 of 3 pending"));
        assert!(
            letters[0]
                .part("text/plain")
                .contains("Sent at the request of leitora viewer.")
        );
        assert_eq!(
            letters[0].header("List-Unsubscribe"),
            None,
            "nobody can be taken off who asked"
        );
        let outsider = Fixture::new(&test, "vizinha").await;
        let empty = outsider.viewer.get("/api/v1/reports/month?month=2026-10").await;
        assert!(empty.text().contains("Mês não aberto"), "{}", empty.text());
    }
);

/// Without a server for e-mail the run fails with what to do, and nothing is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_a_run_says_so() {
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "semcorreio").await;
    let id = schedule(&fixture, json!({ "to": TO })).await;
    let failed = run(&test, &fixture, &id).await;
    assert_eq!(failed["failure"]["code"], "mail_not_configured", "{failed}");
}

/// A mail server that is away costs one wait, not one for each address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_is_away_is_asked_once() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = PostOffice::at(listener.local_addr().unwrap());
    drop(listener);
    let test = TestApp::start(crate::support::mail_settings(&nobody)).await;
    let fixture = Fixture::new(&test, "longe").await;
    fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
    let id = schedule(&fixture, json!({ "to": TO })).await;
    let done = run(&test, &fixture, &id).await;
    assert_eq!(done["result"]["later"].as_array().unwrap().len(), 3, "{done}");
    let tries = fixture.admin.get("/api/v1/emails").await.expect(200);
    let tries: i64 = tries["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["tries"].as_i64().unwrap())
        .sum();
    assert_eq!(tries, 1);
}
