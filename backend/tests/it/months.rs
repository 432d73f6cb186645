//! Opening months, the matrix and Início.

use serde_json::json;

use crate::{
    on_both,
    support::{Fixture, pdf, processes_in},
};

on_both!(opening_a_month_twice_opens_nothing_twice, |test| {
    let fixture = Fixture::new(&test, "abertura").await;
    fixture.registry(&test, 3, &["VIVO", "OI"]).await;
    let open = "/api/v1/months/2026-10/open";
    let (one, other) = tokio::join!(
        fixture.manager.post(open, json!({})),
        fixture.manager.post(open, json!({}))
    );
    let (one, other) = (one.expect(200), other.expect(200));
    let mut opened = [one["opened"].as_i64().unwrap(), other["opened"].as_i64().unwrap()];
    opened.sort_unstable();
    assert_eq!(opened, [0, 6]);
    assert_eq!(processes_in(&fixture.viewer, "2026-10").await.len(), 6);
    fixture
        .manager
        .post("/api/v1/months/2026-13/open", json!({}))
        .await
        .refused(404, "not_found");
    fixture
        .manager
        .post("/api/v1/months/2026-12/open", json!({}))
        .await
        .expect(200);
    assert_eq!(
        fixture.viewer.get("/api/v1/months").await.expect(200),
        json!(["2026-12", "2026-10"])
    );
});

on_both!(only_active_accounts_of_active_clients_are_opened, |test| {
    let fixture = Fixture::new(&test, "ativas").await;
    fixture.registry(&test, 2, &["VIVO", "OI"]).await;
    let clients = fixture.viewer.get("/api/v1/clients").await.expect(200);
    let (first, second) = (&clients["items"][0], &clients["items"][1]);
    let off = json!({ "razao_social": "X", "cnpj": first["cnpj"], "active": false, "version": 1 });
    fixture
        .manager
        .put(&format!("/api/v1/clients/{}", first["id"].as_str().unwrap()), off)
        .await
        .expect(200);
    let accounts = fixture
        .viewer
        .get(&format!("/api/v1/clients/{}/accounts", second["id"].as_str().unwrap()))
        .await
        .expect(200);
    let off = json!({ "account_number": "1", "portal_login": null, "active": false, "version": 1 });
    fixture
        .manager
        .put(
            &format!("/api/v1/accounts/{}", accounts[0]["id"].as_str().unwrap()),
            off,
        )
        .await
        .expect(200);
    let opened = fixture
        .manager
        .post("/api/v1/months/2026-10/open", json!({}))
        .await
        .expect(200);
    assert_eq!((&opened["opened"], &opened["existing"]), (&json!(1), &json!(0)));
});

on_both!(the_matrix_and_the_home_page_count_alike, |test| {
    let fixture = Fixture::new(&test, "matriz").await;
    let processes = fixture.opened(&test, 3, &["VIVO", "OI"], "2026-10").await;
    let names: Vec<&str> = processes.iter().map(|p| p["client_name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "Cliente 001",
            "Cliente 001",
            "Cliente 002",
            "Cliente 002",
            "Cliente 003",
            "Cliente 003"
        ]
    );
    let id = processes[0]["id"].as_str().unwrap();
    fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201);
    let matrix = fixture.viewer.get("/api/v1/months/2026-10").await.expect(200);
    assert_eq!(
        matrix["operators"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["name"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["OI", "VIVO"]
    );
    assert_eq!(
        (matrix["rows"].as_array().unwrap().len(), &matrix["unopened_accounts"]),
        (3, &json!(0))
    );
    let filtered = fixture
        .viewer
        .get("/api/v1/months/2026-10?status=AGUARDANDO_APROVACAO")
        .await
        .expect(200);
    assert_eq!(filtered["rows"].as_array().unwrap().len(), 1);
    assert_eq!(
        filtered["counts"], matrix["counts"],
        "counts are of the month, not of the filter"
    );
    for _ in 0..9 {
        // In steps that the session survives.
        test.clock.advance(chrono::TimeDelta::hours(11));
        fixture.viewer.get("/api/v1/session").await.expect(200);
    }
    let late = fixture.viewer.get("/api/v1/months/2026-10?late=true").await.expect(200);
    assert_eq!(
        (&late["late"], late["rows"][0]["cells"][0]["late"].as_bool()),
        (&json!(6), Some(true))
    );
    let home = fixture.viewer.get("/api/v1/home").await.expect(200);
    assert_eq!(
        (
            &home["month"],
            &home["late"],
            home["operators"].as_array().unwrap().len()
        ),
        (&json!("2026-10"), &json!(6), 2)
    );
    assert!(home["oldest_waiting_since"].is_string());
    let empty = Fixture::new(&test, "vazia")
        .await
        .viewer
        .get("/api/v1/home")
        .await
        .expect(200);
    assert_eq!((&empty["month"], &empty["operators"]), (&json!(null), &json!([])));
});
