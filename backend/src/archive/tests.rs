//! What needs more than one part of the module, and less than a server.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::PathBuf;

use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    clock::{Clock as _, SystemClock},
    db::{is_up_to_date, known_migrations},
};

/// Runs something on a thread that may wait, with an empty folder.
async fn apart<T: Send + 'static>(
    work: impl FnOnce(&Path, &Handle, &Work<'_>) -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let here = Handle::current();
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir()?;
        let (told, stop) = (|_: Step| {}, CancellationToken::new());
        work(
            folder.path(),
            &here,
            &Work {
                told: &told,
                stop: &stop,
            },
        )
    })
    .await
    .unwrap()
}

fn order(path: &Path) -> Order {
    Order {
        url: DatabaseUrl::Sqlite(path.to_owned()),
        documents: None,
        key_id: Some("1a2b3c4d".to_owned()),
        created_at: SystemClock.now(),
        lock: None,
    }
}

/// A database as the first so many migrations make it, with one organisation.
fn older(path: &Path, migrations: &[String]) {
    drop(SqliteTables::create(path, migrations).unwrap());
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute(
        "INSERT INTO organizations (id, name, timezone, late_after_days, max_document_bytes, created_at, updated_at, version)
         VALUES ('01939b2e-7c00-7000-8000-000000000001', 'Antiga', 'America/Sao_Paulo', 3, 1000,
                 '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 1)",
    )
    .unwrap();
}

fn names(path: &Path) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let found: Vec<Name> = diesel::sql_query("SELECT name FROM organizations")
        .load(&mut conn)
        .unwrap();
    found.into_iter().map(|row| row.name).collect()
}

/// What a folder has whose name contains this.
fn called(folder: &Path, part: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(part))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_any_older_schema_is_restored_and_brought_up_to_date() {
    let known = known_migrations().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for count in 1..=known.len() {
        let migrations = known.get(..count).unwrap();
        let (old, new) = (
            folder.path().join(format!("{count}/old.db")),
            folder.path().join(format!("{count}/new.db")),
        );
        std::fs::create_dir(folder.path().join(count.to_string())).unwrap();
        older(&old, migrations);
        let into = DatabaseUrl::Sqlite(new.clone());
        let restored = apart(move |work_folder, here, work| {
            let made = make(&order(&old), &work_folder.join("made"), here, work)?;
            made.proof?;
            let archive = Archive::open(&made.file)?;
            let target = Target {
                url: &into,
                storage: None,
                force: false,
            };
            restore(&archive, &target, work_folder, here, work)
        });
        assert_eq!(restored.await.unwrap().rows, 1, "{count} migrations");
        assert_eq!(names(&new), ["Antiga"]);
        assert!(is_up_to_date(&DatabaseUrl::Sqlite(new)).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_earlier_try_left_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    older(&old, &known_migrations().unwrap());
    for left in ["new.db.restoring", "new.db.restoring-journal"] {
        std::fs::write(folder.path().join(left), "half of a database").unwrap();
    }
    let into = DatabaseUrl::Sqlite(new.clone());
    let restored = apart(move |work_folder, here, work| {
        let made = make(&order(&old), &work_folder.join("made"), here, work)?;
        let target = Target {
            url: &into,
            storage: None,
            force: false,
        };
        restore(&Archive::open(&made.file)?, &target, work_folder, here, work)
    });
    restored.await.unwrap();
    assert_eq!(names(&new), ["Antiga"]);
    let left = called(folder.path(), "restoring");
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_of_a_database_that_is_gone_is_not_written_into_the_restored_one() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    older(&old, &known_migrations().unwrap());
    // Somebody removed the file, and not what SQLite keeps beside it.
    for ending in ["-wal", "-journal"] {
        std::fs::write(folder.path().join(format!("new.db{ending}")), "of another database").unwrap();
    }
    let into = DatabaseUrl::Sqlite(new.clone());
    let restored = apart(move |work_folder, here, work| {
        let made = make(&order(&old), &work_folder.join("made"), here, work)?;
        let target = Target {
            url: &into,
            storage: None,
            force: false,
        };
        restore(&Archive::open(&made.file)?, &target, work_folder, here, work)
    });
    restored.await.unwrap();
    assert!(!folder.path().join("new.db-wal").exists() && !folder.path().join("new.db-journal").exists());
    assert_eq!(called(folder.path(), ".before-").len(), 2, "they are put aside");
    assert_eq!(names(&new), ["Antiga"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_breaks_off_leaves_no_rows_behind_and_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    for path in [&old, &new] {
        older(path, &known_migrations().unwrap());
    }
    let into = DatabaseUrl::Sqlite(new.clone());
    let stopped = apart(move |work_folder, here, work| {
        let made = make(&order(&old), &work_folder.join("made"), here, work)?;
        let stop = CancellationToken::new();
        stop.cancel();
        let stopping = Work {
            told: work.told,
            stop: &stop,
        };
        let target = Target {
            url: &into,
            storage: None,
            force: true,
        };
        let archive = Archive::open(&made.file)?;
        Ok(restore(&archive, &target, work_folder, here, &stopping).err())
    });
    let error = stopped.await.unwrap().unwrap();
    assert_eq!(Refusal::of(&error), Some(&Refusal::Stopped));
    assert!(called(folder.path(), "restoring").is_empty());
    assert!(called(folder.path(), ".before-").is_empty());
    assert_eq!(names(&new), ["Antiga"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_server_begins_before_whoever_restored_lets_it() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    older(&old, &known_migrations().unwrap());
    let url = DatabaseUrl::Sqlite(new);
    let into = url.clone();
    let restored = apart(move |work_folder, here, work| {
        let made = make(&order(&old), &work_folder.join("made"), here, work)?;
        let target = Target {
            url: &into,
            storage: None,
            force: false,
        };
        restore(&Archive::open(&made.file)?, &target, work_folder, here, work)
    });
    let restored = restored.await.unwrap();
    assert!(crate::db::lock_for_serving(&url).await.is_err());
    drop(restored);
    crate::db::lock_for_serving(&url).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_it_to_stop_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.db");
    older(&old, &known_migrations().unwrap());
    let stopped = apart(move |work_folder, here, work| {
        let stop = CancellationToken::new();
        stop.cancel();
        let stopping = Work {
            told: work.told,
            stop: &stop,
        };
        Ok(make(&order(&old), &work_folder.join("made"), here, &stopping).err())
    });
    let error = stopped.await.unwrap().unwrap();
    assert_eq!(Refusal::of(&error), Some(&Refusal::Stopped));
}
