//! How robots are reached.

use serde_json::json;

use super::{connect, robots, start};
use crate::{on_both, support::Fixture};

on_both!(the_token_is_kept_sealed_and_belongs_to_one_host, |test| {
    let fixture = Fixture::new(&test, "conexao").await;
    let first = fixture.admin.get("/api/v1/robots/settings").await.expect(200);
    assert_eq!(
        (
            &first["url"],
            &first["max_running"],
            &first["max_per_operator"],
            &first["honours_keys"]
        ),
        (&json!(null), &json!(5), &json!(5), &json!(true))
    );
    fixture
        .admin
        .post("/api/v1/robots/settings/test", json!({}))
        .await
        .refused(409, "rpa_not_configured");
    let saved = connect(
        &fixture,
        json!({ "url": format!("{}/", test.rpa_url), "token": "super-secret-token" }),
    )
    .await;
    assert_eq!(
        (&saved["url"], &saved["token_set"]),
        (&json!(test.rpa_url), &json!(true))
    );
    assert!(!saved.to_string().contains("super-secret-token"));
    let tested = fixture
        .admin
        .post("/api/v1/robots/settings/test", json!({}))
        .await
        .expect(200);
    assert_eq!(tested["ok"], true, "{tested}");
    let kept = connect(&fixture, json!({ "max_running": 7 })).await;
    assert_eq!((&kept["token_set"], &kept["max_running"]), (&json!(true), &json!(7)));
    let elsewhere = connect(&fixture, json!({ "url": "http://127.0.0.1:9" })).await;
    assert_eq!(elsewhere["token_set"], false, "another host must not get it");
    let tested = fixture
        .admin
        .post("/api/v1/robots/settings/test", json!({}))
        .await
        .expect(200);
    assert_eq!(tested["ok"], false);
    let audit = fixture
        .admin
        .get("/api/v1/audit?action=robot_settings.update")
        .await
        .expect(200);
    assert!(!audit.to_string().contains("super-secret-token"));
    assert_eq!(audit["items"].as_array().unwrap().len(), 3);
});

on_both!(a_limit_that_only_spaces_starts_bounds_no_robots, |test| {
    let (fixture, processes) = robots(&test, "ritmo", 1, &["VIVO"]).await;
    let rate = json!({ "lane": "robots", "rate_count": 10, "rate_seconds": 1 });
    fixture.admin.put("/api/v1/job-limits", rate).await.expect(200);
    let of_robots = async || {
        let limits = fixture.admin.get("/api/v1/job-limits").await.expect(200);
        let all = limits.as_array().unwrap();
        let found = all.iter().find(|limit| limit["lane"] == "robots").unwrap();
        (found["max_running"].clone(), found["rate_count"].clone())
    };
    let settings = fixture.admin.get("/api/v1/robots/settings").await.expect(200);
    assert_eq!(
        (&settings["max_running"], &settings["max_per_operator"]),
        (&json!(null), &json!(5))
    );
    // Neither saving something else nor starting a robot makes up a bound.
    let saved = connect(&fixture, json!({ "max_minutes": 60 })).await;
    start(&fixture, &processes[0]).await;
    assert_eq!(saved["max_running"], json!(null));
    assert_eq!(of_robots().await, (json!(null), json!(10)));
    let bounded = connect(&fixture, json!({ "max_running": 7 })).await;
    assert_eq!(bounded["max_running"], 7);
    assert_eq!(of_robots().await, (json!(7), json!(10)));
    // Left out, it stays as it is.
    let kept = connect(&fixture, json!({ "max_running": null })).await;
    assert_eq!(kept["max_running"], 7);
    // For each operator there is no rate, so there always is a bound.
    let each = json!({ "lane": "robots/*", "rate_count": 10, "rate_seconds": 1 });
    let refused = fixture.admin.put("/api/v1/job-limits", each).await.refused_field();
    assert_eq!(refused.0, "rate_count");
});

on_both!(what_makes_no_sense_is_refused, |test| {
    let (fixture, _) = robots(&test, "recusadas", 1, &["VIVO"]).await;
    let mut settings = fixture.admin.get("/api/v1/robots/settings").await.expect(200);
    for name in ["token_set", "token_refused_at", "token_refused_endpoint"] {
        settings.as_object_mut().unwrap().remove(name);
    }
    for (name, value) in [
        ("url", json!("not an address")),
        ("max_minutes", json!(0)),
        ("max_running", json!(0)),
        ("max_per_operator", json!(-1)),
        ("sat_transport", json!("robot")),
    ] {
        let mut changed = settings.clone();
        changed[name] = value;
        let field = fixture
            .admin
            .put("/api/v1/robots/settings", changed)
            .await
            .refused_field();
        assert_eq!(field.0, name);
    }
    let mut old = settings.clone();
    old["version"] = json!(0);
    fixture
        .admin
        .put("/api/v1/robots/settings", old)
        .await
        .refused(409, "version_conflict");
    fixture
        .manager
        .put("/api/v1/robots/settings", settings)
        .await
        .refused(403, "forbidden");
});
