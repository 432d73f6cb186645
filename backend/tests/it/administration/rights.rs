//! Rights end at once, and no token gives itself more of them.

use std::time::Duration;

use chrono::TimeDelta;
use esteira_shared::permission::Role;
use reqwest::{Method, Response};
use serde_json::json;

use super::PASSWORD;
use crate::{
    on_both,
    support::{Client, Fixture, TestApp},
};

/// A token of the fixture's administrator; its id, and who has it.
async fn token(test: &TestApp, fixture: &Fixture, scopes: &[&str], days: i64) -> (String, Client) {
    let create = json!({ "name": format!("T {scopes:?}"), "scopes": scopes, "expires_in_days": days });
    let made = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    let client = Client::new(&test.url).with_bearer(made["token"].as_str().unwrap());
    (made["details"]["id"].as_str().unwrap().to_owned(), client)
}

async fn colleague(test: &TestApp, fixture: &Fixture, email: &str) -> Client {
    let create = json!({ "name": "Outra", "email": email, "role": "admin", "password": PASSWORD });
    fixture.admin.post("/api/v1/users", create).await.expect(201);
    let mut browser = test.stranger();
    browser.sign_in(email, PASSWORD).await.expect(200);
    browser
}

/// An open stream that has greeted.
async fn stream(client: &Client) -> Response {
    let mut stream = client.request(Method::GET, "/api/v1/events").send().await.unwrap();
    assert_eq!(stream.status(), 200);
    stream.chunk().await.unwrap().expect("it greets");
    stream
}

/// Panics when the stream is still open a second later; a machine that runs many tests gets two.
async fn ends(mut stream: Response, what: &str) {
    let rest = async { while stream.chunk().await.unwrap().is_some() {} };
    let ended = tokio::time::timeout(Duration::from_secs(2), rest).await;
    assert!(ended.is_ok(), "still open: {what}");
}

on_both!(whatever_ends_rights_ends_the_stream, |test| {
    let fixture = Fixture::new(&test, "fluxos").await;
    let other = colleague(&test, &fixture, "outra@fluxos.example").await;

    let (id, machine) = token(&test, &fixture, &["processes:read"], 1).await;
    let open = stream(&machine).await;
    // By somebody who did not make it.
    other.delete(&format!("/api/v1/tokens/{id}")).await.expect(200);
    ends(open, "a token revoked by a colleague").await;

    let mut browser = fixture.analyst.clone();
    let open = stream(&fixture.analyst).await;
    browser
        .sign_in(&fixture.email(Role::Analyst), PASSWORD)
        .await
        .expect(200);
    ends(open, "a session that signing in replaced").await;

    let open = stream(&browser).await;
    let path = format!("/api/v1/users/{}", fixture.users["analyst"]);
    let less = json!({ "name": "A", "role": "viewer", "active": true, "version": 1 });
    other.put(&path, less).await.expect(200);
    ends(open, "another role").await;

    let (_, machine) = token(&test, &fixture, &["processes:read"], 1).await;
    let open = stream(&machine).await;
    let path = format!("/api/v1/users/{}", fixture.users["admin"]);
    let off = json!({ "name": "A", "role": "admin", "active": false, "version": 1 });
    other.put(&path, off).await.expect(200);
    ends(open, "the maker of a token was deactivated").await;
});

on_both!(a_stream_ends_with_its_session_or_token, |test| {
    let fixture = Fixture::new(&test, "prazos").await;
    let (_, machine) = token(&test, &fixture, &["processes:read"], 1).await;
    let of_token = stream(&machine).await;
    let of_session = stream(&fixture.analyst).await;
    // A session ends after twelve hours without use; the token has a day.
    test.clock.advance(TimeDelta::hours(12) + TimeDelta::seconds(1));
    ends(of_session, "a session that was left alone").await;
    machine.get("/api/v1/processes").await.expect(200);
    test.clock.advance(TimeDelta::hours(12));
    ends(of_token, "a token whose time was over").await;
});

/// So many signals at once that a stream loses the first ones. On one thread nobody reads while they are given.
#[tokio::test]
async fn a_stream_that_lost_the_signal_ends_too() {
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "perdidos").await;
    let open = stream(&fixture.analyst).await;
    let mut tx = test.app.db.begin().await.unwrap();
    esteira::auth::session::end_all(&mut tx, fixture.users["analyst"], None)
        .await
        .unwrap();
    for number in 0..3_000 {
        tx.changed(
            fixture.organization,
            esteira_shared::event::Topic::Processes,
            uuid::Uuid::from_u128(number),
        );
    }
    tx.commit().await.unwrap();
    ends(open, "its signal was overtaken by others").await;
}

on_both!(a_token_neither_raises_nor_renews_itself, |test| {
    let fixture = Fixture::new(&test, "degraus").await;
    let scopes = [
        "users:manage",
        "tokens:manage",
        "processes:read",
        "registry:read",
        "jobs:read",
        "schedules:read",
    ];
    let (_, machine) = token(&test, &fixture, &scopes, 10).await;

    let person = |role: &str, email: &str| json!({ "name": "N", "email": email, "role": role, "password": PASSWORD });
    let beyond = ("role".to_owned(), "beyond_own_rights".to_owned());
    for role in ["analyst", "manager", "admin"] {
        let refused = machine.post("/api/v1/users", person(role, "n@degraus.example")).await;
        assert_eq!(refused.refused_field(), beyond, "{role}");
    }
    let made = machine
        .post("/api/v1/users", person("viewer", "n@degraus.example"))
        .await
        .expect(201);
    let own = made["id"].as_str().unwrap();
    // Its own creature becomes no administrator, and no administrator its creature.
    let raise = json!({ "name": "N", "role": "admin", "active": true, "version": 1 });
    let refused = machine
        .put(&format!("/api/v1/users/{own}"), raise)
        .await
        .refused_field();
    assert_eq!(refused, beyond);
    let path = format!("/api/v1/users/{}", fixture.users["admin"]);
    for role in ["admin", "viewer"] {
        let reset = json!({ "name": "A", "role": role, "active": true, "version": 1, "password": "mine from now on" });
        assert_eq!(machine.put(&path, reset).await.refused_field(), beyond, "{role}");
    }
    let rename = json!({ "name": "Nova", "role": "viewer", "active": true, "version": 1 });
    machine.put(&format!("/api/v1/users/{own}"), rename).await.expect(200);

    let successor = |days: i64, scopes: &[&str]| json!({ "name": "S", "scopes": scopes, "expires_in_days": days });
    machine
        .post("/api/v1/tokens", successor(1, &["audit:read"]))
        .await
        .refused(403, "forbidden");
    let longer = machine.post("/api/v1/tokens", successor(11, &["jobs:read"])).await;
    let refused = ("expires_in_days".to_owned(), "beyond_own_rights".to_owned());
    assert_eq!(longer.refused_field(), refused);
    let shorter = machine
        .post("/api/v1/tokens", successor(9, &["tokens:manage"]))
        .await
        .expect(201);
    test.clock.advance(TimeDelta::days(5));
    let child = Client::new(&test.url).with_bearer(shorter["token"].as_str().unwrap());
    let longer = child.post("/api/v1/tokens", successor(5, &["tokens:manage"])).await;
    assert_eq!(longer.refused_field(), refused);
});

on_both!(with_a_reset_password_the_tokens_may_end, |test| {
    let fixture = Fixture::new(&test, "troca").await;
    let other = colleague(&test, &fixture, "outra@troca.example").await;
    let (_, machine) = token(&test, &fixture, &["registry:read"], 1).await;
    let create = json!({ "name": "De outra", "scopes": ["registry:read"], "expires_in_days": 1 });
    other.post("/api/v1/tokens", create).await.expect(201);
    let id = fixture.users["admin"];
    let listed = other
        .get(&format!("/api/v1/tokens?state=active&user_id={id}"))
        .await
        .expect(200);
    assert_eq!(
        listed.as_array().unwrap().len(),
        1,
        "only those that this person made: {listed}"
    );

    let path = format!("/api/v1/users/{id}");
    let reset = |version: i32, end_tokens: bool| {
        json!({
            "name": "A", "role": "admin", "active": true, "version": version, "password": "from the office 1",
            "end_tokens": end_tokens,
        })
    };
    let (_, without) = token(&test, &fixture, &["users:manage"], 1).await;
    let refused = without.put(&path, reset(1, true)).await.refused_field();
    assert_eq!(refused.0, "role");
    other.put(&path, reset(1, false)).await.expect(200);
    machine.get("/api/v1/operators").await.expect(200);
    other.put(&path, reset(2, true)).await.expect(200);
    machine.get("/api/v1/operators").await.refused(401, "unauthenticated");
    let left = other.get("/api/v1/tokens?state=active").await.expect(200);
    assert_eq!(left[0]["name"], "De outra");
    assert_eq!(left.as_array().unwrap().len(), 1);
    let trail = other.get("/api/v1/audit?action=token.revoke").await.expect(200);
    assert_eq!(trail["items"].as_array().unwrap().len(), 2, "each is on the trail");
});

on_both!(a_new_password_is_not_one_that_others_try_first, |test| {
    let fixture = Fixture::new(&test, "fracas").await;
    let guessed = |field: &str| (field.to_owned(), "easily_guessed".to_owned());
    let path = format!("/api/v1/users/{}", fixture.users["viewer"]);
    for weak in [
        "1234567890",
        "          ",
        "viewer@fracas.example",
        "Mudar123456",
        "123BRASIL123",
        "qwertyuiop",
    ] {
        let own = json!({ "current_password": PASSWORD, "new_password": weak });
        let refused = fixture
            .viewer
            .put("/api/v1/session/password", own)
            .await
            .refused_field();
        assert_eq!(refused, guessed("new_password"), "{weak:?}");
        let reset = json!({ "name": "V", "role": "viewer", "active": true, "version": 1, "password": weak });
        let refused = fixture.admin.put(&path, reset).await.refused_field();
        assert_eq!(refused, guessed("password"), "{weak:?}");
        let create = json!({ "name": "V", "email": "viewer@fracas.example", "role": "viewer", "password": weak });
        let refused = fixture.admin.post("/api/v1/users", create).await.refused_field();
        assert_eq!(refused, guessed("password"), "{weak:?}");
    }
});
