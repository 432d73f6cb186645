//! E-mails, taken by a server that speaks SMTP.

mod tries;

use diesel::prelude::*;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{jobs, users},
        sql_types::Json,
    },
    mail::{Attachment, Draft, Recipient, queue},
    with_conn,
};
use esteira_shared::ids::JobId;
use serde_json::{Value, json};

use crate::{
    support::{Fixture, PostOffice, Reply, TestApp, mail_settings, serve as serve_http},
    with_post_office,
};

async fn list(fixture: &Fixture, filter: &str) -> Vec<Value> {
    let page = fixture.admin.get(&format!("/api/v1/emails?{filter}")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn detail(fixture: &Fixture, id: &Value) -> Value {
    let path = format!("/api/v1/emails/{}", id.as_str().unwrap());
    fixture.admin.get(&path).await.expect(200)
}

/// A test message to the administrator; answers with its id.
async fn test_message(fixture: &Fixture) -> Value {
    let sent = fixture.admin.post("/api/v1/email/test", json!({})).await.expect(202);
    sent["email_id"].clone()
}

with_post_office!(
    a_test_message_arrives_with_what_the_server_said,
    "correio",
    |test, fixture, office| {
        let settings = fixture.admin.get("/api/v1/email").await.expect(200);
        assert_eq!(settings["from"], "Esteira <esteira@example.com>");
        assert_eq!(settings["reply_to"], "contas@example.com");
        let id = test_message(&fixture).await;
        assert_eq!(office.letters().len(), 0, "not before it is true");
        assert_eq!(detail(&fixture, &id).await["email"]["status"], "pending");
        test.run_jobs().await;
        let letters = office.letters();
        assert_eq!(letters.len(), 1);
        let letter = &letters[0];
        assert_eq!(letter.to, "admin@correio.example");
        let message_id = format!("<{}@example.com>", id.as_str().unwrap());
        for (name, value) in [
            ("To", "admin@correio.example"),
            ("From", "Esteira <esteira@example.com>"),
            ("Reply-To", "contas@example.com"),
            ("Auto-Submitted", "auto-generated"),
            ("Subject", "Esteira: e-mail de teste"),
            ("Message-ID", message_id.as_str()),
        ] {
            assert_eq!(letter.header(name).as_deref(), Some(value), "{}", letter.raw);
        }
        assert_eq!(
            letter.header("List-Unsubscribe"),
            None,
            "a notice is for whoever it is for"
        );
        let sent = detail(&fixture, &id).await;
        assert_eq!(sent["email"]["status"], "sent", "{sent}");
        assert_eq!(
            (&sent["email"]["tries"], &sent["email"]["uncertain"]),
            (&json!(1), &json!(false))
        );
        assert_eq!(sent["last_answer"], "250 2.0.0 taken");
        assert_eq!(sent["message_id"], message_id);
        assert!(
            sent["text"].as_str().unwrap().contains("Esteira consegue enviar"),
            "{sent}"
        );
    }
);

with_post_office!(
    a_refused_message_is_not_tried_again_until_somebody_says_so,
    "recusa",
    |test, fixture, office| {
        office.plan("admin@recusa.example", &[Reply::ToAddress("550 5.1.1 no such mailbox")]);
        let id = test_message(&fixture).await;
        test.run_jobs().await;
        let refused = detail(&fixture, &id).await;
        assert_eq!(refused["email"]["status"], "refused", "{refused}");
        assert_eq!(refused["last_answer"], "550 5.1.1 no such mailbox");
        assert_eq!(refused["email"]["last_error_coded"]["code"], "mail_refused");
        let path = format!("/api/v1/jobs/{}", refused["email"]["job_id"].as_str().unwrap());
        let job = fixture.admin.get(&path).await.expect(200);
        assert_eq!(job["job"]["status"], "dead", "{job}");
        assert!(
            job["job"]["last_error"].as_str().unwrap().contains("no such mailbox"),
            "{job}"
        );
        assert!(office.letters().is_empty());
        assert_eq!(list(&fixture, "status=refused").await.len(), 1);
        assert_eq!(list(&fixture, "status=sent").await.len(), 0);

        let again = format!("/api/v1/emails/{}/resend", id.as_str().unwrap());
        let waits = fixture.admin.post(&again, json!({})).await.expect(200);
        assert_eq!(waits["email"]["status"], "pending");
        fixture
            .admin
            .post(&again, json!({}))
            .await
            .refused(409, "delivery_pending");
        test.run_jobs().await;
        let sent = detail(&fixture, &id).await;
        assert_eq!(sent["email"]["status"], "sent", "{sent}");
        assert_eq!(office.letters()[0].header("Message-ID").unwrap(), sent["message_id"]);
        let trail = fixture.admin.get("/api/v1/audit?action=email.resend").await.expect(200);
        assert_eq!(trail["items"][0]["subject_name"], "admin@recusa.example", "{trail}");
        fixture.manager.post(&again, json!({})).await.refused(403, "forbidden");
    }
);

with_post_office!(
    html_and_a_table_arrive_and_can_be_looked_at,
    "partes",
    |test, fixture, office| {
        let draft = Draft {
            subject: "Relatório\r\nBcc: outra@example.com".to_owned(),
            text: "Olá, veja {{unsubscribe}}\n.\nfim".to_owned(),
            html: Some("<p>Olá <a href=\"{{unsubscribe}}\">sair</a></p>".to_owned()),
            attachment: Some(Attachment {
                filename: "tabela.csv".to_owned(),
                csv: "\u{feff}a;b\r\nç;2\r\n".to_owned(),
            }),
        };
        let to = |address: &str, link: Option<&str>| Recipient {
            address: address.to_owned(),
            unsubscribe_url: link.map(str::to_owned),
        };
        let mut tx = test.app.db.begin().await.unwrap();
        let recipients = vec![
            to("ana@example.com", Some("https://esteira.example.com/sair?token=ana")),
            to("bia@example.com", Some("https://esteira.example.com/sair?token=bia")),
        ];
        let queued = queue(&mut tx, fixture.organization, "teste", draft, recipients)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        test.run_jobs().await;
        for (address, link) in [("ana@example.com", "token=ana"), ("bia@example.com", "token=bia")] {
            let letters = office.letters_to(address);
            assert_eq!(letters.len(), 1, "{address}");
            let letter = &letters[0];
            assert_eq!(
                letter.shape(),
                "mixed(alternative(text/plain text/html) text/csv)",
                "{}",
                letter.raw
            );
            assert!(letter.part("text/plain").contains(link) && letter.part("text/html").contains(link));
            assert!(letter.part("text/plain").contains("\r\n.\r\nfim"), "{}", letter.raw);
            assert_eq!(letter.part("text/csv"), "\u{feff}a;b\r\nç;2\r\n");
            assert!(letter.header("List-Unsubscribe").unwrap().contains(link));
            assert_eq!(
                letter.header("List-Unsubscribe-Post").as_deref(),
                Some("List-Unsubscribe=One-Click")
            );
            assert_eq!(letter.header("Bcc"), None);
            assert_eq!(
                letter.header("To").as_deref(),
                Some(address),
                "nobody sees who else gets it"
            );
        }
        let id = json!(queued[0].email_id);
        let seen = detail(&fixture, &id).await;
        assert_eq!(seen["email"]["subject"], "Relatório Bcc: outra@example.com");
        assert_eq!(seen["attachment"]["filename"], "tabela.csv");
        assert!(!seen.to_string().contains("token="), "their link is theirs: {seen}");
        let html = fixture
            .admin
            .get(&format!("/api/v1/emails/{}/html", id.as_str().unwrap()))
            .await;
        assert_eq!(html.status, 200);
        let policy = html.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.starts_with("sandbox ") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(html.text().contains("Olá") && !html.text().contains("token="));
        let table = fixture
            .admin
            .get(&format!("/api/v1/emails/{}/attachment", id.as_str().unwrap()))
            .await;
        assert_eq!(table.text(), "\u{feff}a;b\r\nç;2\r\n");
        assert!(
            table.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
        assert_eq!(
            list(&fixture, "q=BIA@").await.len(),
            1,
            "by a part of the address, in any case"
        );
        assert_eq!(
            list(&fixture, "limit=1").await[0]["to"],
            "bia@example.com",
            "newest first"
        );
        let outsider = Fixture::new(&test, "vizinha").await;
        let path = format!("/api/v1/emails/{}", id.as_str().unwrap());
        outsider.admin.get(&path).await.refused(404, "not_found");
        assert!(list(&outsider, "").await.is_empty());
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_none_is_sent_and_that_is_said() {
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "semcorreio").await;
    let settings = fixture.admin.get("/api/v1/email").await.expect(200);
    assert_eq!(settings["from"], serde_json::Value::Null);
    let refused = fixture.admin.post("/api/v1/email/test", json!({})).await;
    refused.refused(409, "email_not_configured");
    let refused = fixture
        .admin
        .post("/api/v1/reports/month/send", json!({ "month": "2026-10" }))
        .await;
    refused.refused(409, "email_not_configured");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_cannot_be_written_to_stops_nobody_elses_message() {
    let office = PostOffice::open().await;
    let test = TestApp::start(mail_settings(&office)).await;
    let fixture = Fixture::new(&test, "correio").await;
    for bad in [
        "duas..partes@correio.example",
        "ana@cor_reio.example",
        "Ana<ana@correio.example>",
    ] {
        let create = json!({ "name": "Ana", "email": bad, "role": "admin", "password": "longa-o-bastante" });
        let refused = fixture.admin.post("/api/v1/users", create).await.refused_field();
        assert_eq!(refused, ("email".to_owned(), "invalid".to_owned()), "{bad}");
    }
    // As an earlier version kept it.
    let manager = format!("/api/v1/users/{}", fixture.users["manager"]);
    let raised = json!({ "name": "Bea", "role": "admin", "active": true, "version": 1 });
    fixture.admin.put(&manager, raised).await.expect(200);
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(
        users::table.find(fixture.users["manager"])
    )
    .set(users::email.eq("duas..partes@correio.example"))
    .execute(c)
    .await)
    .unwrap();
    tx.commit().await.unwrap();
    // A receiver that is gone is told to every administrator.
    let gone = axum::Router::new().fallback(|_: String| async { axum::http::StatusCode::GONE });
    let webhook = json!({ "name": "ERP", "url": serve_http(gone).await, "events": ["job.failed"] });
    let made = fixture.admin.post("/api/v1/webhooks", webhook).await.expect(201);
    let path = format!("/api/v1/webhooks/{}/test", made["endpoint"]["id"].as_str().unwrap());
    fixture.admin.post(&path, json!({})).await.expect(201);
    test.run_jobs().await;
    let letters = office.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].to, "admin@correio.example");
    let failed = list(&fixture, "status=failed").await;
    assert_eq!(failed.len(), 1, "the other one says that it failed: {failed:?}");
    assert_eq!(failed[0]["last_error_coded"]["code"], "mail_unwritable");
}

/// What an earlier version queued is sent as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_an_earlier_version_queued_reaches_each() {
    let office = PostOffice::open().await;
    let test = TestApp::start(mail_settings(&office)).await;
    let fixture = Fixture::new(&test, "antiga").await;
    let id = test_message(&fixture).await;
    let job = detail(&fixture, &id).await["email"]["job_id"].clone();
    let job: JobId = job.as_str().unwrap().parse().unwrap();
    let payload = json!({ "to": ["ana@example.com", "bia@example.com"], "subject": "Aviso", "text": "Olá" });
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(jobs::table.find(job))
        .set(jobs::payload.eq(Json(payload)))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    test.run_jobs().await;
    for address in ["ana@example.com", "bia@example.com"] {
        assert_eq!(office.letters_to(address).len(), 1, "{address}");
    }
}
