//! What becomes of a run whose messages do not all arrive at once.

use diesel::prelude::*;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{emails, maintenances},
    },
    with_conn,
};
use esteira_shared::{
    ids::{JobId, MaintenanceId},
    status::{EmailStatus, MaintenanceArea},
};
use serde_json::json;

use super::{TO, current_month, last_run, run, schedule};
use crate::{
    support::{Fixture, PostOffice, Reply, TestApp, mail_settings},
    with_post_office,
};

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
                emails::job_id.eq(JobId(uuid::Uuid::now_v7())),
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
    let test = TestApp::start(mail_settings(&nobody)).await;
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

with_post_office!(during_a_maintenance_messages_wait, "pausa", |test, fixture, office| {
    fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
    let mut tx = test.app.db.begin().await.unwrap();
    let now = tx.database_now().await.unwrap();
    let row = (
        maintenances::id.eq(MaintenanceId(uuid::Uuid::now_v7())),
        maintenances::organization_id.eq(fixture.organization),
        maintenances::area.eq(MaintenanceArea::Messages),
        maintenances::reason.eq("troca do servidor"),
        maintenances::starts_at.eq(now - chrono::TimeDelta::minutes(1)),
        maintenances::ends_at.eq(now + chrono::TimeDelta::hours(1)),
        maintenances::created_by.eq(fixture.users["admin"]),
        maintenances::created_at.eq(now),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(maintenances::table)
        .values(row)
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    let id = schedule(&fixture, json!({ "to": TO })).await;
    let done = run(&test, &fixture, &id).await;
    assert_eq!(done["status"], "succeeded", "{done}");
    assert_eq!(done["result"]["later"].as_array().unwrap().len(), 3, "{done}");
    assert!(office.letters().is_empty());
});
