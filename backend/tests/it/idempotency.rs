//! `Idempotency-Key`: a request that is repeated changes nothing and gets the first answer.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Answer, Client, Fixture, pdf},
};

async fn keyed(client: &Client, key: &str, path: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, path).header("idempotency-key", key);
    client.send(request.json(body)).await
}

async fn operators(fixture: &Fixture) -> usize {
    let page = fixture.viewer.get("/api/v1/operators").await.expect(200);
    page["items"].as_array().unwrap().len()
}

on_both!(a_repeated_request_gets_the_first_answer, |test| {
    let fixture = Fixture::new(&test, "uma").await;
    let body = json!({ "name": "VIVO" });
    let first = keyed(&fixture.manager, "k-1", "/api/v1/operators", &body).await;
    assert_eq!(
        (first.status, first.headers.contains_key("idempotency-replayed")),
        (201, false)
    );
    let again = keyed(&fixture.manager, "k-1", "/api/v1/operators", &body).await;
    assert_eq!(
        (again.status, again.headers.contains_key("idempotency-replayed")),
        (201, true)
    );
    assert_eq!((again.json(), operators(&fixture).await), (first.json(), 1));

    // Another body, or another address, is another request.
    let other = json!({ "name": "OI" });
    let reused = keyed(&fixture.manager, "k-1", "/api/v1/operators", &other).await;
    reused.refused(422, "idempotency_key_reused");
    let elsewhere = keyed(&fixture.manager, "k-1", "/api/v1/clients", &body).await;
    elsewhere.refused(422, "idempotency_key_reused");
    // Keys are everybody's own.
    let someone = keyed(&fixture.admin, "k-1", "/api/v1/operators", &other).await;
    assert_eq!((someone.status, operators(&fixture).await), (201, 2));
    let outsider = Fixture::new(&test, "outra").await;
    assert_eq!(
        keyed(&outsider.manager, "k-1", "/api/v1/operators", &body).await.status,
        201
    );
});

on_both!(a_refused_request_uses_no_key, |test| {
    let fixture = Fixture::new(&test, "recusa").await;
    let empty = json!({ "name": "" });
    let refused = keyed(&fixture.manager, "k-1", "/api/v1/operators", &empty).await;
    assert_eq!(refused.refused_field().0, "name");
    let corrected = keyed(&fixture.manager, "k-1", "/api/v1/operators", &json!({ "name": "VIVO" })).await;
    assert_eq!(corrected.status, 201);
    let stranger = keyed(&test.stranger(), "k-1", "/api/v1/operators", &empty).await;
    stranger.refused(401, "unauthenticated");
    let forbidden = keyed(&fixture.viewer, "k-1", "/api/v1/operators", &empty).await;
    forbidden.refused(403, "forbidden");
    let long = "k".repeat(256);
    let too_long = keyed(&fixture.manager, &long, "/api/v1/operators", &empty).await;
    assert_eq!(
        too_long.refused_field(),
        ("Idempotency-Key".to_owned(), "invalid".to_owned())
    );
});

on_both!(twenty_at_once_make_one, |test| {
    let fixture = Fixture::new(&test, "corrida").await;
    let body = json!({ "name": "VIVO" });
    let tries = (0..20).map(|_| keyed(&fixture.manager, "k-1", "/api/v1/operators", &body));
    let answers = futures_util::future::join_all(tries).await;
    let mut made = 0;
    for answer in &answers {
        match answer.status {
            201 => made += 1,
            409 => assert_eq!(answer.json()["code"], "idempotency_pending"),
            _ => panic!("{}", answer.text()),
        }
    }
    assert!(made >= 1);
    assert_eq!(operators(&fixture).await, 1);
    let later = keyed(&fixture.manager, "k-1", "/api/v1/operators", &body).await;
    assert_eq!(
        (later.status, later.headers.contains_key("idempotency-replayed")),
        (201, true)
    );
});

on_both!(
    a_repeat_that_overlaps_is_told_so_and_not_that_it_came_too_late,
    |test| {
        let fixture = Fixture::new(&test, "sobreposta").await;
        let processes = fixture.opened(&test, 8, &["VIVO"], "2026-10").await;
        for (number, process) in (1..).zip(&processes) {
            let id = process["id"].as_str().unwrap();
            let uploaded = fixture.analyst.upload(id, "a.pdf", pdf(number)).await.expect(201)["process"].clone();
            let seen = json!({ "version": uploaded["version"], "sha256": uploaded["fatura_sha256"] });
            let path = format!("/api/v1/processes/{id}/approve");
            // Without the key, the others are told `version_conflict`.
            let tries = (0..4).map(|_| keyed(&fixture.analyst, id, &path, &seen));
            let answers = futures_util::future::join_all(tries).await;
            for answer in &answers {
                match answer.status {
                    200 => {}
                    _ => assert_eq!(
                        (answer.status, answer.json()["code"].as_str()),
                        (409, Some("idempotency_pending"))
                    ),
                }
            }
            assert!(answers.iter().any(|answer| answer.status == 200));
        }
    }
);

on_both!(a_secret_in_an_answer_is_kept_sealed, |test| {
    use diesel::prelude::*;
    use esteira::{
        db::{RunQueryDsl, schema::idempotency_keys},
        with_conn,
    };

    let fixture = Fixture::new(&test, "segredo").await;
    let body = json!({ "name": "T", "scopes": ["jobs:read"], "expires_in_days": 1 });
    let first = keyed(&fixture.admin, "k-1", "/api/v1/tokens", &body).await.expect(201);
    let again = keyed(&fixture.admin, "k-1", "/api/v1/tokens", &body).await.expect(201);
    assert_eq!(first["token"], again["token"], "a lost answer is not a lost token");
    let kept: Option<String> = with_conn!(&mut test.app.db.read().await.unwrap(), |c| idempotency_keys::table
        .select(idempotency_keys::answer_sealed)
        .first(c)
        .await)
    .unwrap();
    assert!(!kept.unwrap().contains(first["token"].as_str().unwrap()));

    test.clock.advance(chrono::TimeDelta::hours(25));
    assert_eq!(esteira::db::once::sweep(&test.app.db).await.unwrap(), 1);
});

on_both!(a_request_whose_answer_was_lost_is_not_carried_out_again, |test| {
    use esteira::{
        db::{RunQueryDsl, schema::idempotency_keys},
        with_conn,
    };

    let fixture = Fixture::new(&test, "perdida").await;
    let body = json!({ "name": "VIVO" });
    keyed(&fixture.manager, "k-1", "/api/v1/operators", &body)
        .await
        .expect(201);
    // As a crash between the commit and the answer leaves it.
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(idempotency_keys::table)
        .set((
            diesel::ExpressionMethods::eq(idempotency_keys::status, None::<i32>),
            diesel::ExpressionMethods::eq(idempotency_keys::answer_sealed, None::<String>),
        ))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    let again = keyed(&fixture.manager, "k-1", "/api/v1/operators", &body).await;
    again.refused(409, "idempotency_pending");
    assert_eq!(operators(&fixture).await, 1);
});
