//! Changing one's own password.

use esteira::{
    administration::user::{self, User},
    auth::Actor,
};
use esteira_shared::{error::ErrorCode, ids::SessionId, permission::Role};
use serde_json::json;
use uuid::Uuid;

use super::PASSWORD;
use crate::{on_both, support::Fixture};

on_both!(one_may_change_the_own_password_and_keep_the_session, |test| {
    let fixture = Fixture::new(&test, "senha").await;
    let mut elsewhere = test.stranger();
    elsewhere
        .sign_in(&fixture.email(Role::Analyst), PASSWORD)
        .await
        .expect(200);
    let wrong = json!({ "current_password": "no", "new_password": "another long one" });
    let refused = fixture
        .analyst
        .put("/api/v1/session/password", wrong)
        .await
        .refused_field();
    assert_eq!(refused, ("current_password".to_owned(), "wrong_password".to_owned()));
    let right = json!({ "current_password": PASSWORD, "new_password": "another long one" });
    fixture.analyst.put("/api/v1/session/password", right).await.expect(204);
    fixture.analyst.get("/api/v1/session").await.expect(200);
    elsewhere.get("/api/v1/session").await.refused(401, "unauthenticated");
    test.stranger()
        .sign_in(&fixture.email(Role::Analyst), "another long one")
        .await
        .expect(200);
});

on_both!(a_reset_password_stays_whatever_was_begun_with_the_old_one, |test| {
    let fixture = Fixture::new(&test, "tomada").await;
    let id = fixture.users["analyst"];
    // Two requests found the old password right, and are still at work when the administrator resets it.
    let before = User::find(&mut test.app.db.read().await.unwrap(), fixture.organization, id)
        .await
        .unwrap()
        .unwrap();
    let reset =
        json!({ "name": "A", "role": "analyst", "active": true, "version": 1, "password": "from the office 1" });
    let path = format!("/api/v1/users/{id}");
    fixture.admin.put(&path, reset).await.expect(200);
    let mut tx = test.app.db.begin().await.unwrap();
    let actor = Actor::system(fixture.organization);
    let nobody = SessionId(Uuid::nil());
    let changed = user::change_password(&mut tx, &actor, before.clone(), before.password_hash.clone(), nobody).await;
    assert_eq!(changed.unwrap_err().code(), ErrorCode::InvalidCredentials);
    let (address, agent) = ("127.0.0.1".to_owned(), "test".to_owned());
    let signed_in = user::sign_in(&mut tx, &before, None, address, agent).await;
    assert_eq!(signed_in.unwrap_err().code(), ErrorCode::InvalidCredentials);
    tx.commit().await.unwrap();
    test.stranger()
        .sign_in(&fixture.email(Role::Analyst), "from the office 1")
        .await
        .expect(200);
});
