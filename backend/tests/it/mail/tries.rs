//! One message, tried until its fate is known.

use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::emails},
    mail::give_up,
    with_conn,
};
use esteira_shared::ids::{EmailId, JobId};
use serde_json::{Value, json};

use super::{detail, test_message};
use crate::{
    support::{Fixture, Reply, TestApp, eventually},
    with_post_office,
};

/// Runs jobs until a message is no longer waiting for another try.
async fn until_over(test: &TestApp, fixture: &Fixture, id: &Value) -> Value {
    eventually("the message is tried again", || async {
        test.run_jobs().await;
        detail(fixture, id).await["email"]["status"] != "pending"
    })
    .await;
    detail(fixture, id).await
}

with_post_office!(
    what_is_refused_for_a_while_arrives_once,
    "depois",
    |test, fixture, office| {
        office.plan(
            "admin@depois.example",
            &[
                Reply::ToAddress("450 4.2.0 greylisted"),
                Reply::ToMessage("451 4.3.0 disk full, come again"),
            ],
        );
        let id = test_message(&fixture).await;
        test.run_jobs().await;
        let waits = detail(&fixture, &id).await;
        assert_eq!(waits["email"]["status"], "pending", "{waits}");
        assert_eq!(waits["last_answer"], "450 4.2.0 greylisted");
        assert_eq!(waits["email"]["last_error_coded"]["code"], "mail_later");
        let sent = until_over(&test, &fixture, &id).await;
        assert_eq!(sent["email"]["status"], "sent", "{sent}");
        assert_eq!(
            (&sent["email"]["tries"], &sent["email"]["uncertain"]),
            (&json!(3), &json!(false))
        );
        assert_eq!(office.letters().len(), 1);
    }
);

with_post_office!(
    a_server_that_falls_silent_with_the_message_gets_a_copy_under_the_same_id,
    "silencio",
    |test, fixture, office| {
        office.plan("admin@silencio.example", &[Reply::Silence]);
        let id = test_message(&fixture).await;
        test.run_jobs().await;
        let unclear = detail(&fixture, &id).await;
        assert_eq!(unclear["email"]["status"], "pending", "{unclear}");
        assert_eq!(
            unclear["email"]["uncertain"], true,
            "it may have arrived, and that is said"
        );
        assert_eq!(unclear["email"]["last_error_coded"]["code"], "mail_unclear");
        let sent = until_over(&test, &fixture, &id).await;
        assert_eq!(
            (&sent["email"]["status"], &sent["email"]["uncertain"]),
            (&json!("sent"), &json!(true))
        );
        let letters = office.letters();
        assert_eq!(letters.len(), 2);
        assert_eq!(
            letters[0].raw, letters[1].raw,
            "mailboxes show one message that arrived twice"
        );
    }
);

with_post_office!(
    a_try_whose_end_was_never_written_counts_as_uncertain,
    "queda",
    |test, fixture, office| {
        let id = test_message(&fixture).await;
        // As a program that was killed while it sent leaves it.
        let mut tx = test.app.db.begin().await.unwrap();
        let email: EmailId = id.as_str().unwrap().parse().unwrap();
        let now = tx.now();
        with_conn!(tx.conn(), |c| diesel::update(emails::table.find(email))
            .set(emails::trying_since.eq(Some(now)))
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
        test.run_jobs().await;
        let sent = detail(&fixture, &id).await;
        assert_eq!(
            (&sent["email"]["status"], &sent["email"]["uncertain"]),
            (&json!("sent"), &json!(true))
        );
        assert_eq!(office.letters().len(), 1);
    }
);

with_post_office!(
    a_server_that_lets_nobody_in_is_no_refusal_of_an_address,
    "porta",
    |test, fixture, office| {
        office.plan(
            "admin@porta.example",
            &[Reply::ToAddress("530 5.7.0 authentication required")],
        );
        let id = test_message(&fixture).await;
        test.run_jobs().await;
        let failed = detail(&fixture, &id).await;
        assert_eq!(failed["email"]["status"], "failed", "{failed}");
        assert_eq!(failed["email"]["last_error_coded"]["code"], "mail_settings_refused");
    }
);

with_post_office!(
    a_message_whose_job_is_cancelled_is_given_up,
    "cancelada",
    |test, fixture, office| {
        let id = test_message(&fixture).await;
        let waits = detail(&fixture, &id).await;
        let path = format!("/api/v1/jobs/{}/cancel", waits["email"]["job_id"].as_str().unwrap());
        fixture.admin.post(&path, json!({})).await.expect(200);
        test.run_jobs().await;
        let failed = detail(&fixture, &id).await;
        assert_eq!(failed["email"]["status"], "failed", "{failed}");
        assert_eq!(failed["email"]["last_error_coded"]["code"], "cancelled");
        assert!(office.letters().is_empty());
        // One whose job is gone without a word is found by the quarter-hourly look.
        let other = test_message(&fixture).await;
        let email: EmailId = other.as_str().unwrap().parse().unwrap();
        let nobody = JobId(uuid::Uuid::now_v7());
        let mut tx = test.app.db.begin().await.unwrap();
        with_conn!(tx.conn(), |c| diesel::update(emails::table.find(email))
            .set(emails::job_id.eq(nobody))
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(give_up(&test.app).await.unwrap(), 1);
        assert_eq!(give_up(&test.app).await.unwrap(), 0);
        let given_up = detail(&fixture, &other).await;
        assert_eq!(
            given_up["email"]["last_error_coded"]["code"], "mail_given_up",
            "{given_up}"
        );
    }
);

with_post_office!(
    a_message_that_another_job_has_by_now_is_left_to_that_one,
    "alheia",
    |test, fixture, office| {
        let id = test_message(&fixture).await;
        let own = detail(&fixture, &id).await["email"]["job_id"].clone();
        let job = format!("/api/v1/jobs/{}", own.as_str().unwrap());
        // As a run of a schedule leaves it that goes once more, and takes what was given up.
        let email: EmailId = id.as_str().unwrap().parse().unwrap();
        let mut tx = test.app.db.begin().await.unwrap();
        with_conn!(tx.conn(), |c| diesel::update(emails::table.find(email))
            .set(emails::job_id.eq(JobId(uuid::Uuid::now_v7())))
            .execute(c)
            .await)
        .unwrap();
        tx.commit().await.unwrap();
        fixture
            .admin
            .post(&format!("{job}/cancel"), json!({}))
            .await
            .expect(200);
        let waits = detail(&fixture, &id).await;
        assert_eq!(waits["email"]["status"], "pending", "{waits}");
        fixture.admin.post(&format!("{job}/retry"), json!({})).await.expect(200);
        test.run_jobs().await;
        let waits = detail(&fixture, &id).await;
        assert_eq!(
            (&waits["email"]["status"], &waits["email"]["tries"]),
            (&json!("pending"), &json!(0)),
            "{waits}"
        );
        assert!(office.letters().is_empty());
    }
);
