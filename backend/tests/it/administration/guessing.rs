//! Guessing passwords is slow, and keeps out nobody who is known.

use chrono::TimeDelta;
use esteira::auth::rate_limit::Standing;
use esteira_shared::permission::Role;
use serde_json::json;

use super::PASSWORD;
use crate::{
    on_both,
    support::{Fixture, TestApp},
};

const OFFICE: &str = "192.0.2.10";
const ELSEWHERE: &str = "198.51.100.20";

/// A server behind a proxy, so that a test may come from anywhere.
async fn behind_a_proxy() -> TestApp {
    let trust = ("ESTEIRA_TRUST_FORWARDED_FOR".to_owned(), "true".to_owned());
    TestApp::start([trust].into()).await
}

async fn guess_wrong(test: &TestApp, address: &str, email: &str, times: usize) {
    for _ in 0..times {
        test.stranger()
            .at_address(address)
            .sign_in(email, "wrong password")
            .await
            .refused(401, "invalid_credentials");
    }
}

on_both!(guessing_is_slowed_down, |test| {
    let fixture = Fixture::new(&test, "tentativas").await;
    let email = fixture.email(Role::Viewer);
    guess_wrong(&test, OFFICE, &email, 10).await;
    let refused = test.stranger().sign_in(&email, PASSWORD).await;
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    refused.refused(429, "rate_limited");
    test.stranger()
        .sign_in(&fixture.email(Role::Admin), PASSWORD)
        .await
        .expect(200);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_guesses_elsewhere_keep_nobody_out_where_they_are_known() {
    let test = behind_a_proxy().await;
    // A slow machine must not give the guesses time to be forgotten.
    test.clock.stop();
    let fixture = Fixture::new(&test, "conhecida").await;
    let email = fixture.email(Role::Admin);
    test.stranger()
        .at_address(OFFICE)
        .sign_in(&email, PASSWORD)
        .await
        .expect(200);
    guess_wrong(&test, ELSEWHERE, &email, 10).await;
    for stranger in [ELSEWHERE, "203.0.113.30"] {
        let mut client = test.stranger().at_address(stranger);
        client.sign_in(&email, PASSWORD).await.refused(429, "rate_limited");
    }
    let office = || test.stranger().at_address(OFFICE);
    office().sign_in(&email, PASSWORD).await.expect(200);
    // There, too, it is slow.
    guess_wrong(&test, OFFICE, &email, 10).await;
    office().sign_in(&email, PASSWORD).await.refused(429, "rate_limited");
    test.clock.advance(TimeDelta::seconds(61));
    office().sign_in(&email, PASSWORD).await.expect(200);
    // An address is known for thirty days.
    test.clock.advance(TimeDelta::days(31));
    guess_wrong(&test, ELSEWHERE, &email, 10).await;
    office().sign_in(&email, PASSWORD).await.refused(429, "rate_limited");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_failures_of_an_office_keep_no_colleague_out() {
    let test = behind_a_proxy().await;
    // A slow machine must not give the guesses time to be forgotten.
    test.clock.stop();
    let fixture = Fixture::new(&test, "escritorio").await;
    let email = fixture.email(Role::Admin);
    let office = || test.stranger().at_address(OFFICE);
    office().sign_in(&email, PASSWORD).await.expect(200);
    let address = OFFICE.parse().unwrap();
    for number in 0..60 {
        let email = format!("nobody{number}@escritorio.example");
        let limit = test.app.auth.sign_in_limit();
        let guess = limit.take(&email, address, Standing::Stranger, test.app.clock.now());
        assert!(guess.is_ok(), "{number}");
    }
    let other = fixture.email(Role::Viewer);
    office().sign_in(&other, PASSWORD).await.refused(429, "rate_limited");
    office().sign_in(&email, PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_known_wherever_it_is() {
    let test = behind_a_proxy().await;
    // A slow machine must not give the guesses time to be forgotten.
    test.clock.stop();
    let fixture = Fixture::new(&test, "sessao").await;
    let email = fixture.email(Role::Analyst);
    guess_wrong(&test, ELSEWHERE, &email, 10).await;
    let mut browser = fixture.analyst.clone().at_address(ELSEWHERE);
    let change = json!({ "current_password": PASSWORD, "new_password": "another long one" });
    browser.put("/api/v1/session/password", change).await.expect(204);
    browser.sign_in(&email, "another long one").await.expect(200);
}

on_both!(only_ten_addresses_of_a_person_are_kept, |test| {
    use diesel::prelude::*;
    use esteira::{
        db::{RunQueryDsl, schema::sign_in_addresses},
        with_conn,
    };

    let fixture = Fixture::new(&test, "viajante").await;
    let user = fixture.users["viewer"];
    for number in 0..15 {
        test.clock.advance(TimeDelta::seconds(1));
        let mut tx = test.app.db.begin().await.unwrap();
        let address = format!("203.0.113.{number}");
        esteira::auth::session::start(&mut tx, fixture.organization, user, address, "test".to_owned())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let mut conn = test.app.db.read().await.unwrap();
    let kept: Vec<String> = with_conn!(&mut conn, |c| sign_in_addresses::table
        .filter(sign_in_addresses::user_id.eq(user))
        .order(sign_in_addresses::used_at.asc())
        .select(sign_in_addresses::network)
        .load(c)
        .await)
    .unwrap();
    let newest: Vec<String> = (5..15).map(|number| format!("203.0.113.{number}")).collect();
    assert_eq!(kept, newest);
});
