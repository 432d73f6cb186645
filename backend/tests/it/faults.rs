//! What must be true after something broke.

mod store;

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira::{
    applications,
    config::{Config, Vars},
    db::{RunQueryDsl, schema::storage_intents},
    processes::sweep::sweep,
    with_conn,
};
use serde_json::json;

use crate::{
    on_both,
    support::{Fixture, TestApp, pdf, s3},
};

async fn intents(test: &TestApp) -> i64 {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| storage_intents::table.count().get_result(c).await).unwrap()
}

on_both!(storage_down_in_mid_upload_leaves_no_row_and_no_object, |test| {
    let fixture = Fixture::new(&test, "semdisco").await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();
    let root = test.folder.path().join("storage");
    // The store's folder is replaced by a file: every put fails.
    std::fs::remove_dir_all(&root).unwrap();
    std::fs::write(&root, "not a folder").unwrap();
    fixture
        .analyst
        .upload(id, "a.pdf", pdf(1))
        .await
        .refused(503, "storage_unavailable");
    let health = fixture.viewer.get("/api/health").await;
    assert_eq!(
        (health.status, &health.json()["services"]["storage"]),
        (503, &json!("unavailable"))
    );
    let process = fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200);
    assert_eq!(
        (&process["process"]["status"], &process["documents"]),
        (&json!("AGUARDANDO_DOWNLOAD"), &json!([]))
    );
    std::fs::remove_file(&root).unwrap();
    std::fs::create_dir(&root).unwrap();
    fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201);
    fixture.viewer.get("/api/health").await.expect(200);
    test.clock.advance(TimeDelta::hours(3));
    sweep(&test.app, TimeDelta::hours(2), Vec::new()).await.unwrap();
    assert_eq!(
        (
            intents(&test).await,
            test.app.storage.list("pdfs/").await.unwrap().len()
        ),
        (0, 1)
    );
});

on_both!(an_upload_that_died_half_way_is_swept, |test| {
    // What a kill between putting the object and committing leaves.
    let key = "pdfs/OI/Perdido_2026_10_20261101_120000_fatura.pdf";
    let file = test.folder.path().join("x.pdf");
    std::fs::write(&file, pdf(1)).unwrap();
    let mut tx = test.app.db.begin().await.unwrap();
    let row = (
        storage_intents::storage_key.eq(key),
        storage_intents::created_at.eq(tx.now()),
        storage_intents::abandoned.eq(false),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(storage_intents::table)
        .values(row)
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    test.app.storage.put_file(key, &file, "application/pdf").await.unwrap();
    assert_eq!(
        sweep(&test.app, TimeDelta::hours(2), Vec::new()).await.unwrap(),
        0,
        "it may still be going on"
    );
    test.clock.advance(TimeDelta::hours(3));
    assert_eq!(sweep(&test.app, TimeDelta::hours(2), Vec::new()).await.unwrap(), 1);
    assert_eq!(
        (
            intents(&test).await,
            test.app.storage.list("pdfs/").await.unwrap().len()
        ),
        (0, 0)
    );
});

on_both!(an_upload_that_breaks_off_leaves_nothing, |test| {
    use futures_util::StreamExt as _;
    let fixture = Fixture::new(&test, "quebrada").await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();
    let pieces = vec![
        Ok(pdf(1)[..500].to_vec()),
        Err(std::io::Error::other("the line went dead")),
    ];
    let path = format!("/api/v1/processes/{id}/documents?filename=a.pdf");
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces).boxed());
    assert!(
        fixture
            .analyst
            .request(reqwest::Method::POST, &path)
            .body(body)
            .send()
            .await
            .is_err()
    );
    fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201);
    assert_eq!(
        (
            intents(&test).await,
            test.app.storage.list("pdfs/").await.unwrap().len()
        ),
        (0, 1)
    );
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_live_in_s3_as_well() {
    let (folder, vars) = s3().await;
    let test = TestApp::start(vars).await;
    let fixture = Fixture::new(&test, "nuvem").await;
    let processes = fixture.opened(&test, 1, &["VIVO"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();
    let detail = fixture.analyst.upload(id, "a.pdf", pdf(1)).await.expect(201);
    let key = detail["process"]["fatura_s3_key"].as_str().unwrap();
    let object = folder.path().join("beg").join(key);
    assert_eq!(std::fs::read(&object).unwrap(), pdf(1), "in the bucket");
    assert!(
        !test.folder.path().join("storage").join(key).exists(),
        "and nowhere else"
    );
    let path = format!(
        "/api/v1/documents/{}/content",
        detail["documents"][0]["id"].as_str().unwrap()
    );
    assert_eq!(fixture.viewer.get(&path).await.bytes, pdf(1));
    std::fs::remove_file(&object).unwrap();
    assert_ne!(fixture.viewer.get(&path).await.status, 200, "read from there");
    fixture.viewer.get("/api/health").await.expect(200);
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_an_error_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let vars: Vars = [
        ("ESTEIRA_DATA_DIR", folder.path().to_str().unwrap()),
        ("ESTEIRA_DATABASE_URL", "postgres://nobody:secret-word@127.0.0.1:9/none"),
        ("ESTEIRA_SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let config = Config::load(vars).map_err(|problems| format!("{problems:?}")).unwrap();
    let error = applications::start(config).await.err().expect("nothing listens there");
    let text = format!("{error:#}");
    assert!(
        text.contains("cannot open the database postgres://127.0.0.1:9/none"),
        "{text}"
    );
    assert!(text.contains("refused") && !text.contains("secret-word"), "{text}");
    assert!(
        !folder.path().join("esteira.db").exists(),
        "no falling back to an empty file"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_connection_comes_back() {
    let test = TestApp::postgres().await;
    let fixture = Fixture::new(&test, "volta").await;
    let mut tx = test.app.db.begin().await.unwrap();
    let esteira::db::DbConn::Postgres(c) = tx.conn() else {
        panic!("PostgreSQL was asked for")
    };
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()";
    drop(diesel::sql_query(kill).execute(&mut **c).await);
    drop(tx);
    crate::support::eventually("the server answers again", || async {
        fixture.viewer.get("/api/v1/session").await.status == 200
    })
    .await;
}
