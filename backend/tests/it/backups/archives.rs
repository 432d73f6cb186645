//! Archives: what goes in comes out, in either database, and what is not whole comes out nowhere.

use std::sync::atomic::{AtomicBool, Ordering};

use age::{secrecy::SecretString, x25519};
use esteira::{
    administration::organization,
    archive::Opener,
    db::{DbConn, is_up_to_date},
    storage,
};
use futures_util::TryStreamExt as _;

use super::*;
use crate::{on_both, support::postgres};

/// Rows of each table, and their sums.
fn tables(made: &Made) -> Vec<(String, u64, String)> {
    let tables = made.manifest.tables.iter();
    tables
        .map(|table| (table.name.clone(), table.rows, table.sha256.clone()))
        .collect()
}

/// A server on what was restored, which reads its rows with the program's own queries.
async fn on_restored(url: &DatabaseUrl) -> TestApp {
    let text = match url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    TestApp::start([("ESTEIRA_DATABASE_URL".to_owned(), text)].into()).await
}

async fn there_and_back(test: TestApp, url: DatabaseUrl) {
    let fixture = furnished(&test).await;
    let months = fixture.viewer.get("/api/v1/months").await.expect(200);
    let kept = Kept::of(&test.app, Some(test.app.storage.clone()), None).await.unwrap();
    kept.made.proof.as_ref().expect("it is proven");
    assert_eq!((kept.made.documents.count, kept.made.documents.missing), (1, 0));
    let names: Vec<&str> = kept
        .made
        .manifest
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    for left in [
        "sessions",
        "workers",
        "idempotency_keys",
        "storage_intents",
        "__diesel_schema_migrations",
    ] {
        assert!(!names.contains(&left), "{left} stays behind");
    }
    for moved in [
        "organizations",
        "users",
        "documents",
        "jobs",
        "audit_events",
        "schedules",
    ] {
        assert!(names.contains(&moved), "{moved} moves");
    }

    let folder = tempfile::tempdir().unwrap();
    let store = storage::open(&esteira::config::StorageUrl::Local(folder.path().join("store")))
        .await
        .unwrap();
    let restored = restore(kept.file(), &url, Some(store.clone()), false).await.unwrap();
    assert_eq!(
        (restored.rows, restored.documents.count),
        (kept.made.manifest.rows(), 1)
    );
    assert!(restored.aside.is_none());
    assert!(is_up_to_date(&url).await.unwrap());

    // What comes out is what went in, also once more.
    let second = on_restored(&url).await;
    let again = Kept::of(&second.app, None, None).await.unwrap();
    again.made.proof.as_ref().expect("it is proven");
    let rows = |made: &Made| {
        tables(made)
            .into_iter()
            .map(|(name, rows, _)| (name, rows))
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&again.made), rows(&kept.made));
    if again.made.manifest.database == kept.made.manifest.database {
        assert_eq!(tables(&again.made), tables(&kept.made), "byte by byte");
    }
    let mut all: Vec<String> = organizations(&connect(&url).await).await;
    all.retain(|name| name != "cofre");
    let mut odd: Vec<String> = ODD.iter().map(|name| name.trim().to_owned()).collect();
    all.sort();
    odd.sort();
    assert_eq!(all, odd);

    // And people find it: everybody signs in again, the month is there, and the document has its bytes.
    let mut viewer = second.stranger();
    let email = fixture.email(esteira_shared::permission::Role::Viewer);
    viewer.sign_in(&email, crate::support::PASSWORD).await.expect(200);
    assert_eq!(viewer.get("/api/v1/months").await.expect(200), months);
    let keys = store.list("").await.unwrap();
    assert_eq!(keys.len(), 1);
    let bytes: Vec<u8> = store
        .get(&keys[0])
        .await
        .unwrap()
        .body
        .try_fold(Vec::new(), |mut all, chunk| async move {
            all.extend_from_slice(&chunk);
            Ok(all)
        })
        .await
        .unwrap();
    assert_eq!(bytes, pdf(1));
}

async fn organizations(db: &Database) -> Vec<String> {
    use esteira::db::schema::organizations;
    let mut conn: DbConn = db.read().await.unwrap();
    with_conn!(&mut conn, |c| organizations::table
        .select(organizations::name)
        .load(c)
        .await)
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_to_sqlite() {
    let (_folder, url) = nowhere();
    there_and_back(TestApp::sqlite().await, url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_to_postgres() {
    there_and_back(TestApp::sqlite().await, empty_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_to_sqlite() {
    let (_folder, url) = nowhere();
    there_and_back(TestApp::postgres().await, url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_to_postgres() {
    there_and_back(TestApp::postgres().await, empty_postgres().await).await;
}

on_both!(a_backup_among_writers_is_of_one_moment, |test| {
    let over = AtomicBool::new(false);
    // Each organisation comes with the line that says so, in one transaction.
    let write = async {
        let mut number = 0;
        while !AtomicBool::load(&over, Ordering::SeqCst) {
            let mut tx = test.app.db.begin().await.unwrap();
            organization::named(&mut tx, Some(&format!("Empresa {number}")))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            number += 1;
            tokio::task::yield_now().await;
        }
        number
    };
    let read = async {
        let mut seen = Vec::new();
        for _ in 0..3 {
            let kept = Kept::of(&test.app, None, None).await.unwrap();
            kept.made.proof.as_ref().expect("it is proven");
            let (_folder, url) = nowhere();
            restore(kept.file(), &url, None, false).await.unwrap();
            let db = connect(&url).await;
            let made = organizations(&db).await.len();
            assert_eq!(i64::try_from(made).unwrap(), audited(&db, "organization.create").await);
            seen.push(made);
        }
        over.store(true, Ordering::SeqCst);
        seen
    };
    let (written, seen) = tokio::join!(write, read);
    assert!(
        seen.is_sorted() && seen[2] > 0 && seen[2] <= written,
        "{seen:?} of {written}"
    );
});

on_both!(what_is_not_whole_is_refused_and_restores_nothing, |test| {
    furnished(&test).await;
    let kept = Kept::of(&test.app, None, None).await.unwrap();
    let cut = kept.with(|bytes| {
        bytes.pop();
    });
    assert_eq!(refusal(cut).await, Refusal::NoArchive);
    let size = std::fs::metadata(kept.file()).unwrap().len();
    for place in (0..40).map(|step| usize::try_from(size).unwrap() * step / 40) {
        let flipped = kept.with(|bytes| bytes[place] ^= 1 << (place % 8));
        let refused = refusal(flipped).await;
        assert!(
            matches!(refused, Refusal::Damaged(_) | Refusal::NoArchive),
            "byte {place}: {refused:?}"
        );
    }
    let (folder, url) = nowhere();
    let flipped = kept.with(|bytes| bytes[100] ^= 1);
    restore(flipped, &url, None, false).await.unwrap_err();
    assert!(!folder.path().join("new/esteira.db").exists());
    restore(kept.file(), &url, None, false).await.unwrap();
});

on_both!(a_newer_schema_is_refused_by_its_name, |test| {
    furnished(&test).await;
    let mut tx = test.app.db.begin().await.unwrap();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    with_conn!(tx.conn(), |c| diesel::sql_query(newer).execute(c).await).unwrap();
    tx.commit().await.unwrap();
    let kept = Kept::of(&test.app, None, None).await.unwrap();
    let refused = Refusal::NewerSchema("29990101000000".to_owned());
    assert_eq!(Refusal::of(kept.made.proof.as_ref().unwrap_err()), Some(&refused));
    assert_eq!(refusal(kept.file()).await, refused);
    assert!(refused.to_string().contains("made by a newer version"), "{refused}");
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_right_key_opens_it() {
    let test = TestApp::sqlite().await;
    furnished(&test).await;
    let (ana, eve) = (x25519::Identity::generate(), x25519::Identity::generate());
    let lock = Lock::Recipients(vec![ana.to_public()]);
    let kept = Kept::of(&test.app, None, Some(lock)).await.unwrap();
    kept.made.proof.as_ref().expect("it was proven before it was closed");
    assert_eq!(refusal(kept.file()).await, Refusal::Encrypted);
    let opened = kept.folder.path().join("opened");
    let wrong = archive::open(&kept.file(), &opened, &Opener::Identities(vec![eve])).unwrap_err();
    assert_eq!(Refusal::of(&wrong), Some(&Refusal::WrongKey));
    let phrase = Opener::Passphrase(SecretString::from("not a passphrase at all".to_owned()));
    let wrong = archive::open(&kept.file(), &opened, &phrase).unwrap_err();
    assert_eq!(Refusal::of(&wrong), Some(&Refusal::WrongKey));
    archive::open(&kept.file(), &opened, &Opener::Identities(vec![ana])).unwrap();
    let (_folder, url) = nowhere();
    restore(opened, &url, None, false).await.unwrap();
}

on_both!(a_database_in_use_is_put_aside_only_by_force, |test| {
    furnished(&test).await;
    let kept = Kept::of(&test.app, None, None).await.unwrap();
    let (_folder, file) = nowhere();
    let url = match &test.app.config.database.url {
        DatabaseUrl::Sqlite(_) => file,
        DatabaseUrl::Postgres(_) => empty_postgres().await,
    };
    restore(kept.file(), &url, None, false).await.unwrap();
    let refused = restore(kept.file(), &url, None, false).await.unwrap_err();
    assert!(refused.to_string().contains("--force"), "{refused:#}");
    let mut tx = connect(&url).await.begin().await.unwrap();
    Organization::create(&mut tx, "Depois").await.unwrap();
    tx.commit().await.unwrap();
    let restored = restore(kept.file(), &url, None, true).await.unwrap();
    let aside = restored.aside.expect("what was there is kept");
    assert!(!organizations(&connect(&url).await).await.contains(&"Depois".to_owned()));
    if let DatabaseUrl::Sqlite(_) = url {
        let aside = DatabaseUrl::Sqlite(aside.into());
        assert!(
            organizations(&connect(&aside).await)
                .await
                .contains(&"Depois".to_owned())
        );
    }
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_of_another_program_are_neither_replaced_nor_removed() {
    let test = TestApp::sqlite().await;
    furnished(&test).await;
    let kept = Kept::of(&test.app, None, None).await.unwrap();
    let url = empty_postgres().await;
    let db = connect(&url).await;
    let mut conn = db.read().await.unwrap();
    let DbConn::Postgres(c) = &mut conn else {
        panic!("PostgreSQL was asked for")
    };
    for text in [
        "CREATE TABLE clients (name text)",
        "INSERT INTO clients VALUES ('of another program')",
    ] {
        diesel::sql_query(text).execute(&mut **c).await.unwrap();
    }
    let refused = restore(kept.file(), &url, None, false).await.unwrap_err();
    assert!(refused.to_string().contains("a table clients"), "{refused:#}");
    let there = diesel::dsl::sql::<diesel::sql_types::BigInt>("(SELECT count(*) FROM clients)");
    let rows: i64 = diesel::select(there).get_result(&mut **c).await.unwrap();
    assert_eq!(rows, 1);

    let restored = restore(kept.file(), &url, None, true).await.unwrap();
    let aside = restored.aside.expect("it is put aside");
    let schema = aside.strip_prefix("the schema ").unwrap();
    let there = format!("(SELECT count(*) FROM \"{schema}\".clients)");
    let rows: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&there))
        .get_result(&mut **c)
        .await
        .unwrap();
    assert_eq!(rows, 1);
}

on_both!(a_document_that_is_not_there_is_named_and_stops_nothing, |test| {
    furnished(&test).await;
    for key in test.app.storage.list("").await.unwrap() {
        test.app.storage.delete(&key).await.unwrap();
    }
    let kept = Kept::of(&test.app, Some(test.app.storage.clone()), None).await.unwrap();
    kept.made.proof.as_ref().expect("the rows are proven");
    assert_eq!((kept.made.documents.count, kept.made.documents.missing), (0, 1));
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_leaves_no_schema_behind() {
    // In a database of its own: other tests prove too.
    let server = postgres::server();
    let name = postgres::database("").await;
    let url = postgres::url_of(&server, postgres::place(&server).1, &name, "");
    let test = TestApp::start([("ESTEIRA_DATABASE_URL".to_owned(), url)].into()).await;
    furnished(&test).await;
    Kept::of(&test.app, None, None).await.unwrap().made.proof.unwrap();
    let mut conn = test.app.db.read().await.unwrap();
    let DbConn::Postgres(c) = &mut conn else {
        panic!("PostgreSQL was asked for")
    };
    let left: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "(SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'esteira%')",
    ))
    .get_result(&mut **c)
    .await
    .unwrap();
    assert_eq!(left, 0);
}
