//! Who asks: sessions and tokens, good ones and others.

use chrono::TimeDelta;
use esteira::auth::{api_token, session};
use esteira_shared::{
    ids::{ApiTokenId, UserId},
    permission::{Permission, Role},
};
use serde_json::json;

use crate::support::{Client, Fixture, TestApp};

const PASSWORD: &str = "longa-o-bastante";

/// Somebody who may do some things.
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) may: Vec<Permission>,
    pub(super) client: Client,
}

/// A person of each role, and a token with each right alone.
pub(super) async fn readers(test: &TestApp, fixture: &Fixture) -> Vec<Reader> {
    let mut all = Vec::new();
    for role in Role::ALL {
        all.push(Reader {
            name: role.to_string(),
            may: role.permissions(),
            client: fresh(test, fixture, *role).await,
        });
    }
    for scope in Permission::ALL {
        all.push(Reader {
            name: format!("token with {scope}"),
            may: vec![*scope],
            client: token_with(fixture, test, &[*scope]).await,
        });
    }
    all
}

/// A new session of a person of that role.
pub(super) async fn fresh(test: &TestApp, fixture: &Fixture, role: Role) -> Client {
    session_of(test, fixture, fixture.users[role.as_str()]).await
}

async fn session_of(test: &TestApp, fixture: &Fixture, user: UserId) -> Client {
    let mut tx = test.app.db.begin().await.unwrap();
    let token = session::start(
        &mut tx,
        fixture.organization,
        user,
        "127.0.0.1".to_owned(),
        "t".to_owned(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    Client::new(&test.url).with_session(&token)
}

/// A token of the administrator, for a day.
pub(super) async fn token_with(fixture: &Fixture, test: &TestApp, scopes: &[Permission]) -> Client {
    token_of(test, &fixture.admin, scopes, 1).await.1
}

/// A token that `maker` makes: its id, and who has it.
pub(super) async fn token_of(test: &TestApp, maker: &Client, scopes: &[Permission], days: i64) -> (ApiTokenId, Client) {
    let create = json!({ "name": "scoped", "scopes": scopes, "expires_in_days": days });
    let made = maker.post("/api/v1/tokens", create).await.expect(201);
    let client = Client::new(&test.url)
        .with_bearer(made["token"].as_str().unwrap())
        .without_csrf();
    (made["details"]["id"].as_str().unwrap().parse().unwrap(), client)
}

/// A second administrator: the path of this person, and a session.
async fn colleague(test: &TestApp, fixture: &Fixture) -> (String, Client) {
    let email = format!("{}@colega.example", uuid::Uuid::now_v7());
    let create = json!({ "name": "N", "email": email, "role": "admin", "password": PASSWORD });
    let made = fixture.admin.post("/api/v1/users", create).await.expect(201);
    let id = made["id"].as_str().unwrap();
    let client = session_of(test, fixture, id.parse().unwrap()).await;
    (format!("/api/v1/users/{id}"), client)
}

/// Credentials that say nothing, or no longer. All of them could do everything while they were good.
pub(super) async fn worthless(test: &TestApp, fixture: &Fixture) -> Vec<(&'static str, Client)> {
    let machine = || Client::new(&test.url).without_csrf();
    let (id, revoked) = token_of(test, &fixture.admin, Permission::ALL, 1).await;
    let path = format!("/api/v1/tokens/{id}");
    fixture.admin.delete(&path).await.expect(200);

    let (id, _) = token_of(test, &fixture.admin, Permission::ALL, 1).await;
    let now = test.app.clock.now();
    let (began, ended) = (now - TimeDelta::days(2), now - TimeDelta::days(1));
    let expired = api_token::sign(&test.app.auth, id, began, ended).unwrap();

    let signed_out = fresh(test, fixture, Role::Admin).await;
    signed_out.delete("/api/v1/session").await.expect(204);

    let (path, deactivated) = colleague(test, fixture).await;
    let off = json!({ "name": "N", "role": "admin", "active": false, "version": 1 });
    fixture.admin.put(&path, off).await.expect(200);
    vec![
        ("made-up token", machine().with_bearer("made-up")),
        ("revoked token", revoked),
        ("expired token", machine().with_bearer(&expired)),
        ("made-up session", Client::new(&test.url).with_session("made-up")),
        ("session that was ended", signed_out),
        ("session of somebody deactivated", deactivated),
    ]
}

/// A token with every right, whose maker is only a reader by now.
pub(super) async fn outlived(test: &TestApp, fixture: &Fixture) -> Client {
    let (path, admin) = colleague(test, fixture).await;
    let (_, machine) = token_of(test, &admin, Permission::ALL, 1).await;
    let less = json!({ "name": "N", "role": "viewer", "active": true, "version": 1 });
    fixture.admin.put(&path, less).await.expect(200);
    machine
}
