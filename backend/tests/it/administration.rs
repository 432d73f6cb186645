//! First run, sign-in, sessions, users, tokens, settings and the audit trail.

mod doors;
mod guessing;
mod passwords;
mod rights;

use chrono::TimeDelta;
use esteira_shared::permission::Role;
use serde_json::json;

use crate::{
    on_both,
    support::{Client, Fixture, SETUP_CODE},
};

const PASSWORD: &str = "correct horse battery";

on_both!(the_first_visit_makes_the_administrator_once, |test| {
    let stranger = test.stranger();
    assert_eq!(stranger.get("/api/v1/setup").await.expect(200)["needed"], true);
    let create = json!({
        "code": SETUP_CODE, "organization_name": "Primeira", "name": "Ana", "email": " Ana@Example.com ",
        "password": PASSWORD,
    });
    let (one, other) = tokio::join!(
        stranger.post("/api/v1/setup", create.clone()),
        stranger.post("/api/v1/setup", create.clone())
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "two at once make one");
    assert_eq!(stranger.get("/api/v1/setup").await.expect(200)["needed"], false);
    let mut browser = test.stranger();
    let session = browser.sign_in("ana@example.com", PASSWORD).await.expect(200);
    assert_eq!(session["user"]["role"], "admin");
    assert_eq!(session["organization"]["timezone"], "America/Sao_Paulo");
});

on_both!(setup_names_every_bad_field, |test| {
    let bad =
        json!({ "code": SETUP_CODE, "organization_name": " ", "name": "", "email": "nobody", "password": "short" });
    let body = test
        .stranger()
        .post("/api/v1/setup", bad)
        .await
        .refused(422, "validation");
    let fields: Vec<&str> = body["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["organization_name", "name", "email", "password"]);
});

on_both!(a_wrong_password_and_an_unknown_person_look_alike, |test| {
    let fixture = Fixture::new(&test, "acesso").await;
    let known = test
        .stranger()
        .sign_in(&fixture.email(Role::Analyst), "wrong password")
        .await;
    let unknown = test.stranger().sign_in("nobody@acesso.example", "wrong password").await;
    let (mut known, mut unknown) = (
        known.refused(401, "invalid_credentials"),
        unknown.refused(401, "invalid_credentials"),
    );
    known["request_id"] = json!(null);
    unknown["request_id"] = json!(null);
    assert_eq!(known, unknown);
});

on_both!(the_cookie_is_safe_and_ends, |test| {
    let fixture = Fixture::new(&test, "biscoito").await;
    let mut browser = test.stranger();
    let answer = browser.sign_in(&fixture.email(Role::Analyst), PASSWORD).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let first = browser.clone();
    browser
        .sign_in(&fixture.email(Role::Analyst), PASSWORD)
        .await
        .expect(200);
    first.get("/api/v1/session").await.refused(401, "unauthenticated");
    test.clock.advance(TimeDelta::hours(11));
    browser.get("/api/v1/session").await.expect(200);
    test.clock.advance(TimeDelta::hours(11));
    browser.get("/api/v1/session").await.expect(200);
    test.clock.advance(TimeDelta::hours(13));
    browser.get("/api/v1/session").await.refused(401, "unauthenticated");
    browser
        .sign_in(&fixture.email(Role::Analyst), PASSWORD)
        .await
        .expect(200);
    browser.delete("/api/v1/session").await.expect(204);
    browser.get("/api/v1/session").await.refused(401, "unauthenticated");
});

on_both!(another_site_cannot_use_the_cookie, |test| {
    let fixture = Fixture::new(&test, "cruzado").await;
    let create = json!({ "name": "OI" });
    fixture
        .manager
        .clone()
        .without_csrf()
        .post("/api/v1/operators", create.clone())
        .await
        .refused(403, "cross_site_request");
    let evil = fixture.manager.clone().with_origin("https://evil.example");
    evil.post("/api/v1/operators", create.clone())
        .await
        .refused(403, "cross_site_request");
    let own = fixture.manager.clone().with_origin(&test.url);
    own.post("/api/v1/operators", create).await.expect(201);
});

on_both!(less_rights_end_sessions_at_once, |test| {
    let fixture = Fixture::new(&test, "direitos").await;
    let path = format!("/api/v1/users/{}", fixture.users["analyst"]);
    let update = json!({ "name": "A", "role": "viewer", "active": true, "version": 1 });
    fixture.admin.put(&path, update.clone()).await.expect(200);
    fixture
        .analyst
        .get("/api/v1/session")
        .await
        .refused(401, "unauthenticated");
    fixture.admin.put(&path, update).await.refused(409, "version_conflict");
    let mut browser = test.stranger();
    browser
        .sign_in(&fixture.email(Role::Analyst), PASSWORD)
        .await
        .expect(200);
    let update = json!({ "name": "A", "role": "viewer", "active": false, "version": 2 });
    fixture.admin.put(&path, update).await.expect(200);
    browser.get("/api/v1/session").await.refused(401, "unauthenticated");
    test.stranger()
        .sign_in(&fixture.email(Role::Analyst), PASSWORD)
        .await
        .refused(401, "invalid_credentials");
});

on_both!(an_open_stream_ends_with_the_rights, |test| {
    let fixture = Fixture::new(&test, "fluxo").await;
    let request = fixture.analyst.request(reqwest::Method::GET, "/api/v1/events");
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers()["x-accel-buffering"], "no");
    let hello = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(hello.starts_with("event: hello"), "{hello}");
    fixture
        .manager
        .post("/api/v1/operators", json!({ "name": "TIM" }))
        .await
        .expect(201);
    let change = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(
        change.contains("event: change") && change.contains("\"operators\""),
        "{change}"
    );
    let path = format!("/api/v1/users/{}", fixture.users["analyst"]);
    let off = json!({ "name": "A", "role": "analyst", "active": false, "version": 1 });
    fixture.admin.put(&path, off).await.expect(200);
    let rest = async { while stream.chunk().await.unwrap().is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(5), rest)
        .await
        .expect("the stream ends within five seconds");
});

on_both!(a_stream_tells_nothing_of_other_organisations, |test| {
    let (one, other) = (Fixture::new(&test, "aqui").await, Fixture::new(&test, "ali").await);
    let mut stream = one
        .viewer
        .request(reqwest::Method::GET, "/api/v1/events")
        .send()
        .await
        .unwrap();
    stream.chunk().await.unwrap();
    other
        .manager
        .post("/api/v1/operators", json!({ "name": "ALHEIA" }))
        .await
        .expect(201);
    let own = one
        .manager
        .post("/api/v1/operators", json!({ "name": "PROPRIA" }))
        .await
        .expect(201);
    let seen = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(seen.contains(own["id"].as_str().unwrap()), "{seen}");
});

on_both!(the_last_administrator_stays, |test| {
    let fixture = Fixture::new(&test, "ultimo").await;
    let path = format!("/api/v1/users/{}", fixture.users["admin"]);
    let down = json!({ "name": "A", "role": "manager", "active": true, "version": 1 });
    fixture.admin.put(&path, down).await.refused(409, "last_administrator");
});

on_both!(an_email_is_taken_once, |test| {
    let fixture = Fixture::new(&test, "correio").await;
    let create = json!({ "name": "X", "email": fixture.email(Role::Viewer).to_uppercase(), "role": "viewer", "password": PASSWORD });
    let refused = fixture.admin.post("/api/v1/users", create).await.refused_field();
    assert_eq!(refused, ("email".to_owned(), "taken".to_owned()));
    let found = fixture
        .admin
        .get("/api/v1/users?q=VIEWER&role=viewer&active=true")
        .await
        .expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert!(!found.to_string().contains("password"));
});

on_both!(a_token_works_within_its_scopes_until_it_ends, |test| {
    let fixture = Fixture::new(&test, "maquina").await;
    let create = json!({ "name": "ERP", "scopes": ["registry:read"], "expires_in_days": 2 });
    let made = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    let token = made["token"].as_str().unwrap();
    let machine = Client::new(&test.url).with_bearer(token).without_csrf();
    machine.get("/api/v1/operators").await.expect(200);
    machine.get("/api/v1/processes").await.refused(403, "forbidden");
    let listed = fixture.admin.get("/api/v1/tokens").await.expect(200);
    assert!(!listed.to_string().contains(token), "shown once");
    let tampered = format!("{}x", &token[..token.len() - 1]);
    Client::new(&test.url)
        .with_bearer(&tampered)
        .get("/api/v1/operators")
        .await
        .refused(401, "unauthenticated");
    let parts: Vec<&str> = token.split('.').collect();
    // {"alg":"none"} with the same claims and no signature.
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    Client::new(&test.url)
        .with_bearer(&unsigned)
        .get("/api/v1/operators")
        .await
        .refused(401, "unauthenticated");
    let path = format!("/api/v1/tokens/{}", made["details"]["id"].as_str().unwrap());
    fixture.admin.delete(&path).await.expect(200);
    machine.get("/api/v1/operators").await.refused(401, "unauthenticated");
    let create = json!({ "name": "Outro", "scopes": ["registry:read"], "expires_in_days": 2 });
    let second = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    let machine = Client::new(&test.url).with_bearer(second["token"].as_str().unwrap());
    machine.get("/api/v1/operators").await.expect(200);
    test.clock.advance(TimeDelta::hours(49));
    machine.get("/api/v1/operators").await.refused(401, "unauthenticated");
    // Signing in again: the session is over as well after two days.
    let mut admin = test.stranger();
    admin.sign_in(&fixture.email(Role::Admin), PASSWORD).await.expect(200);
    let names = async |query: &str| -> Vec<String> {
        let found = admin.get(&format!("/api/v1/tokens{query}")).await.expect(200);
        let all = found.as_array().unwrap().iter();
        all.map(|token| token["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, ["Outro", "ERP"]);
    assert_eq!(names("?q=erp").await, ["ERP"]);
    assert_eq!(names("?state=expired").await, ["Outro"]);
    assert_eq!(names("?state=revoked").await, ["ERP"]);
    assert!(names("?state=active").await.is_empty());
});

on_both!(a_token_never_may_more_than_its_maker, |test| {
    let fixture = Fixture::new(&test, "fabricante").await;
    let other_admin = json!({ "name": "B", "email": "b@fabricante.example", "role": "admin", "password": PASSWORD });
    let second = fixture.admin.post("/api/v1/users", other_admin).await.expect(201);
    let create = json!({ "name": "T", "scopes": ["users:manage", "registry:read"], "expires_in_days": 2 });
    let made = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    let machine = Client::new(&test.url).with_bearer(made["token"].as_str().unwrap());
    machine.get("/api/v1/users").await.expect(200);
    let mut browser = test.stranger();
    browser.sign_in("b@fabricante.example", PASSWORD).await.expect(200);
    let path = format!("/api/v1/users/{}", fixture.users["admin"]);
    let down = json!({ "name": "A", "role": "viewer", "active": true, "version": 1 });
    browser.put(&path, down).await.expect(200);
    machine.get("/api/v1/users").await.refused(403, "forbidden");
    machine.get("/api/v1/operators").await.expect(200);
    drop(second);
});

on_both!(settings_are_checked_and_secrets_stay_secret, |test| {
    let fixture = Fixture::new(&test, "ajustes").await;
    let mut settings = fixture.admin.get("/api/v1/organization").await.expect(200);
    settings["timezone"] = json!("Marte/Olimpo");
    let refused = fixture
        .admin
        .put("/api/v1/organization", settings.clone())
        .await
        .refused_field();
    assert_eq!(refused, ("timezone".to_owned(), "unknown".to_owned()));
    settings["timezone"] = json!("America/Manaus");
    settings["sat_token"] = json!("segredo-do-sat");
    let saved = fixture
        .admin
        .put("/api/v1/organization", settings.clone())
        .await
        .expect(200);
    assert_eq!(saved["sat_token_set"], true);
    assert!(!saved.to_string().contains("segredo-do-sat"));
    fixture
        .admin
        .put("/api/v1/organization", settings)
        .await
        .refused(409, "version_conflict");
    let trail = fixture.admin.get("/api/v1/audit?action=organization").await.expect(200);
    assert_eq!(trail["items"][0]["after"]["timezone"], "America/Manaus");
    assert!(!trail.to_string().contains("segredo-do-sat"));
    let test_result = fixture
        .admin
        .post("/api/v1/organization/sat/test", json!({}))
        .await
        .expect(200);
    assert_eq!(test_result["ok"], true, "{test_result}");
    fixture.point_at_sat("http://127.0.0.1:9").await;
    let test_result = fixture
        .admin
        .post("/api/v1/organization/sat/test", json!({}))
        .await
        .expect(200);
    assert_eq!(test_result["ok"], false);
});

on_both!(the_audit_trail_names_who_did_what, |test| {
    let fixture = Fixture::new(&test, "trilha").await;
    let made = fixture
        .manager
        .post("/api/v1/operators", json!({ "name": "oi" }))
        .await
        .expect(201);
    let id = made["id"].as_str().unwrap();
    let update = json!({ "name": "OI FIXA", "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true, "version": 1 });
    fixture
        .manager
        .put(&format!("/api/v1/operators/{id}"), update)
        .await
        .expect(200);
    let trail = fixture
        .admin
        .get(&format!("/api/v1/audit?subject_id={id}"))
        .await
        .expect(200);
    let lines = trail["items"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (lines[0]["action"].as_str(), lines[0]["actor"].as_str()),
        (Some("operator.update"), Some("trilha manager"))
    );
    assert_eq!(
        (&lines[0]["before"]["name"], &lines[0]["after"]["name"]),
        (&json!("OI"), &json!("OI FIXA"))
    );
    assert!(lines[0]["request_id"].is_string());
    let page = fixture.admin.get("/api/v1/audit?limit=1").await.expect(200);
    let next = format!("/api/v1/audit?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let second = fixture.admin.get(&next).await.expect(200);
    assert_ne!(page["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(
        fixture.admin.get("/api/v1/audit?actor=ninguem").await.expect(200)["items"],
        json!([])
    );
});
