//! Backups as the page and other tools ask for them.

use age::x25519;
use reqwest::Method;
use serde_json::{Value, json};

use super::*;
use crate::on_both;

async fn make(fixture: &Fixture, create: Value) -> String {
    let made = fixture.admin.post("/api/v1/backups", create).await.expect(202);
    assert_eq!(made["backup"]["status"], "making");
    made["backup"]["id"].as_str().unwrap().to_owned()
}

async fn detail(fixture: &Fixture, id: &str) -> Value {
    fixture.admin.get(&format!("/api/v1/backups/{id}")).await.expect(200)
}

async fn facts(fixture: &Fixture) -> Value {
    fixture.admin.get("/api/v1/backups/facts").await.expect(200)
}

on_both!(a_person_makes_fetches_and_deletes_a_backup, |test| {
    let fixture = furnished(&test).await;
    assert_eq!(facts(&fixture).await["newest_proven_at"], Value::Null);
    let id = make(&fixture, json!({ "documents": true, "encrypt": false })).await;
    assert_eq!(facts(&fixture).await["making"], true);
    let again = json!({ "documents": false, "encrypt": false });
    fixture
        .admin
        .post("/api/v1/backups", again)
        .await
        .refused(409, "already_exists");
    let path = format!("/api/v1/backups/{id}");
    fixture
        .admin
        .get(&format!("{path}/download"))
        .await
        .refused(404, "not_found");
    fixture.admin.delete(&path).await.refused(409, "in_use");
    test.run_jobs().await;

    let made = detail(&fixture, &id).await;
    let backup = &made["backup"];
    assert_eq!(
        (&backup["status"], &backup["documents"], &backup["documents_missing"]),
        (&json!("proven"), &json!(1), &json!(0)),
        "{backup}"
    );
    assert!(backup["proof_ms"].is_i64() && backup["failure"].is_null());
    let tables = made["tables"].as_array().unwrap();
    let rows = |name: &str| tables.iter().find(|table| table["name"] == name).unwrap()["rows"].clone();
    assert_eq!(rows("organizations"), json!(ODD.len() + 1));
    let sum: i64 = tables.iter().map(|table| table["rows"].as_i64().unwrap()).sum();
    assert_eq!(backup["rows"], json!(sum));
    let facts = facts(&fixture).await;
    assert_eq!(facts["newest_proven_at"], backup["created_at"]);
    assert_eq!(
        (&facts["making"], &facts["can_encrypt"]),
        (&json!(false), &json!(false))
    );

    let file = fixture.admin.get(&format!("{path}/download")).await;
    assert_eq!(file.status, 200);
    assert_eq!(
        esteira::secrets::sha256_hex(&file.bytes),
        backup["sha256"].as_str().unwrap()
    );
    let named = file.headers["content-disposition"].to_str().unwrap();
    assert!(named.contains(backup["name"].as_str().unwrap()), "{named}");
    let kept = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(kept.path(), &file.bytes).unwrap();
    let (_folder, url) = nowhere();
    let elsewhere = tempfile::tempdir().unwrap();
    let store = esteira::config::StorageUrl::Local(elsewhere.path().to_owned());
    let store = esteira::storage::open(&store).await.unwrap();
    restore(kept.path().to_owned(), &url, Some(store), false).await.unwrap();

    fixture.admin.delete(&path).await.expect(204);
    fixture.admin.get(&path).await.refused(404, "not_found");
    let left = std::fs::read_dir(test.folder.path().join("backups")).unwrap().flatten();
    assert_eq!(
        left.filter(|entry| entry.path().is_file()).count(),
        0,
        "the file went too"
    );
    for action in ["backup.make", "backup.download", "backup.delete"] {
        assert_eq!(audited(&test.app.db, action).await, 1, "{action}");
    }
});

on_both!(
    only_the_first_organisation_and_its_administrators_have_backups,
    |test| {
        let fixture = Fixture::new(&test, "primeira").await;
        let second = Fixture::new(&test, "segunda").await;
        let create = || json!({ "documents": false, "encrypt": false });
        let id = make(&fixture, create()).await;
        test.run_jobs().await;
        for path in ["", "/facts", &format!("/{id}"), &format!("/{id}/download")] {
            let path = format!("/api/v1/backups{path}");
            second.admin.get(&path).await.refused(404, "not_found");
            fixture.manager.get(&path).await.refused(403, "forbidden");
        }
        second
            .admin
            .post("/api/v1/backups", create())
            .await
            .refused(404, "not_found");
        let path = format!("/api/v1/backups/{id}");
        second.admin.delete(&path).await.refused(404, "not_found");
        fixture.admin.get(&path).await.expect(200);
    }
);

on_both!(a_target_that_is_away_fails_the_backup_with_its_reason, |test| {
    let fixture = Fixture::new(&test, "longe").await;
    // A file where the folder should be.
    std::fs::write(test.folder.path().join("backups"), "in the way").unwrap();
    let id = make(&fixture, json!({ "documents": false, "encrypt": false })).await;
    test.run_jobs().await;
    let failed = detail(&fixture, &id).await;
    assert_eq!(
        (&failed["backup"]["status"], &failed["backup"]["failure_coded"]["code"]),
        (&json!("failed"), &json!("backup_target_failed")),
        "{failed}"
    );
    std::fs::remove_file(test.folder.path().join("backups")).unwrap();
    // The next try of the same job takes the same row.
    test.clock.advance(chrono::TimeDelta::hours(2));
    if test.app.db.is_postgres() {
        // There due times go by the database's clock.
        let job = failed["backup"]["job_id"].as_str().unwrap();
        let mut tx = test.app.db.begin().await.unwrap();
        let due = format!("UPDATE jobs SET run_at = now(), rank = now() WHERE id = '{job}'");
        with_conn!(tx.conn(), |c| diesel::sql_query(&due).execute(c).await).unwrap();
        tx.commit().await.unwrap();
    }
    test.run_jobs().await;
    let page = fixture.admin.get("/api/v1/backups").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["status"], "proven", "{page}");
});

on_both!(a_backup_whose_job_is_cancelled_ends_too, |test| {
    let fixture = Fixture::new(&test, "desistiu").await;
    let id = make(&fixture, json!({ "documents": false, "encrypt": false })).await;
    let job = detail(&fixture, &id).await["backup"]["job_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/jobs/{job}/cancel");
    fixture.admin.post(&path, json!({})).await.expect(200);
    test.run_jobs().await;
    let ended = detail(&fixture, &id).await;
    assert_eq!(
        (&ended["backup"]["status"], &ended["backup"]["failure_coded"]["code"]),
        (&json!("failed"), &json!("cancelled"))
    );
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_backup_is_for_those_whom_the_settings_name() {
    let ana = x25519::Identity::generate();
    let vars = [("ESTEIRA_BACKUP_RECIPIENT".to_owned(), ana.to_public().to_string())];
    let test = TestApp::start(vars.into()).await;
    let fixture = Fixture::new(&test, "cifra").await;
    assert_eq!(facts(&fixture).await["can_encrypt"], true);
    let id = make(&fixture, json!({ "documents": false, "encrypt": true })).await;
    test.run_jobs().await;
    let made = detail(&fixture, &id).await;
    assert_eq!(
        (&made["backup"]["status"], &made["backup"]["encrypted"]),
        (&json!("proven"), &json!(true)),
        "{made}"
    );
    let request = fixture
        .admin
        .request(Method::GET, &format!("/api/v1/backups/{id}/download"));
    let file = fixture.admin.send(request).await;
    let folder = tempfile::tempdir().unwrap();
    let (closed, opened) = (folder.path().join("closed"), folder.path().join("opened"));
    std::fs::write(&closed, &file.bytes).unwrap();
    archive::open(&closed, &opened, &archive::Opener::Identities(vec![ana])).unwrap();
    let (_folder, url) = nowhere();
    restore(opened, &url, None, false).await.unwrap();
}

on_both!(without_a_recipient_nothing_is_encrypted, |test| {
    let fixture = Fixture::new(&test, "aberta").await;
    let create = json!({ "documents": false, "encrypt": true });
    let refused = fixture.admin.post("/api/v1/backups", create).await.refused_field();
    assert_eq!(refused, ("encrypt".to_owned(), "invalid".to_owned()));
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_of_its_own_takes_them_into_a_folder() {
    let (bucket, mut vars) = crate::support::s3().await;
    let place = vars["ESTEIRA_STORAGE_URL"].replace("s3://beg", "s3://vault/esteira/noite");
    vars.insert("ESTEIRA_BACKUP_URL".to_owned(), place);
    let test = TestApp::start(vars).await;
    let fixture = furnished(&test).await;
    let id = make(&fixture, json!({ "documents": true, "encrypt": false })).await;
    test.run_jobs().await;
    let made = detail(&fixture, &id).await;
    assert_eq!(made["backup"]["status"], "proven", "{made}");
    assert_eq!(facts(&fixture).await["target"], "s3://vault/esteira/noite");
    let name = made["backup"]["name"].as_str().unwrap();
    assert!(bucket.path().join("vault/esteira/noite").join(name).is_file());
    let file = fixture.admin.get(&format!("/api/v1/backups/{id}/download")).await;
    assert_eq!(file.bytes.len() as u64, made["backup"]["size_bytes"].as_u64().unwrap());
    fixture.admin.delete(&format!("/api/v1/backups/{id}")).await.expect(204);
    assert!(!bucket.path().join("vault/esteira/noite").join(name).exists());
}

on_both!(a_schedule_makes_backups_and_keeps_as_many_as_it_is_told, |test| {
    let fixture = Fixture::new(&test, "noturna").await;
    let schedule = json!({
        "name": "Toda noite", "kind": "BACKUP_DADOS",
        "parameters": { "keep_last": 2, "keep_weekly": 0, "keep_monthly": 0 },
        "schedule": {
            "timezone": "America/Sao_Paulo", "rule": { "type": "daily", "every": 1, "start": "2026-01-01", "times": ["03:00"] },
        },
    });
    let made = fixture.admin.post("/api/v1/schedules", schedule).await.expect(201);
    assert_eq!(facts(&fixture).await["scheduled"], true);
    let run = format!("/api/v1/schedules/{}/run", made["id"].as_str().unwrap());
    for _ in 0..3 {
        test.clock.advance(chrono::TimeDelta::hours(1));
        fixture.admin.post(&run, json!({})).await;
        test.run_jobs().await;
    }
    let page = fixture.admin.get("/api/v1/backups").await.expect(200);
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{page}");
    assert!(
        items
            .iter()
            .all(|backup| backup["status"] == "proven" && backup["schedule_id"] == made["id"])
    );
});

on_both!(a_schedule_without_documents_removes_none_with_them, |test| {
    let fixture = Fixture::new(&test, "semanal").await;
    let whole = make(&fixture, json!({ "documents": true, "encrypt": false })).await;
    test.run_jobs().await;
    let schedule = json!({
        "name": "Toda noite", "kind": "BACKUP_DADOS",
        "parameters": { "keep_last": 1, "keep_weekly": 0, "keep_monthly": 0 },
        "schedule": {
            "timezone": "America/Sao_Paulo", "rule": { "type": "daily", "every": 1, "start": "2026-01-01", "times": ["03:00"] },
        },
    });
    let made = fixture.admin.post("/api/v1/schedules", schedule).await.expect(201);
    let run = format!("/api/v1/schedules/{}/run", made["id"].as_str().unwrap());
    for _ in 0..2 {
        test.clock.advance(chrono::TimeDelta::hours(1));
        fixture.admin.post(&run, json!({})).await;
        test.run_jobs().await;
    }
    let page = fixture.admin.get("/api/v1/backups").await.expect(200);
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "the newest of each kind: {page}");
    assert!(items.iter().any(|backup| backup["id"] == json!(whole)), "{page}");
});

on_both!(a_file_that_cannot_go_keeps_no_other_from_going, |test| {
    let fixture = Fixture::new(&test, "presa").await;
    let mut names = Vec::new();
    for _ in 0..2 {
        let id = make(&fixture, json!({ "documents": false, "encrypt": false })).await;
        test.run_jobs().await;
        names.push((detail(&fixture, &id).await["backup"]["name"].clone(), id));
    }
    let folder = test.folder.path().join("backups");
    // A row whose key no store takes, as nothing of ours writes it.
    let mut tx = test.app.db.begin().await.unwrap();
    let (_, stuck) = &names[0];
    let change = format!("UPDATE backups SET storage_key = '../x', deleted_at = created_at WHERE id = '{stuck}'");
    with_conn!(tx.conn(), |c| diesel::sql_query(&change).execute(c).await).unwrap();
    tx.commit().await.unwrap();
    let (name, other) = &names[1];
    fixture
        .admin
        .delete(&format!("/api/v1/backups/{other}"))
        .await
        .expect(204);
    assert!(!folder.join(name.as_str().unwrap()).exists());
});
