//! Backups: made, proven, brought away, and restored into either database.

mod archives;
mod commands;
mod page;

use std::path::{Path, PathBuf};

use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::SharedApp,
    archive::{self, Archive, Lock, Made, Order, Refusal, Restored, Step, Target, Work},
    bus::Bus,
    clock::SystemClock,
    db::{Database, DatabaseUrl, RunQueryDsl, schema::audit_events},
    storage::SharedStorage,
    with_conn,
};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::support::{Fixture, TestApp, pdf};

/// Texts that a way there and back must not change.
const ODD: [&str; 7] = [
    "Ação & Cia. \"Ltda\"",
    "O'Hara; DROP TABLE clients;--",
    "tab\tand\\backslash\\N",
    "emoji 🧾 and a \u{200b} without width",
    "\u{feff}mark of order",
    "{\"json\": [1, 2.50]}",
    "ＦＵＬＬ ｗｉｄｔｈ  two  spaces ",
];

/// An organisation with something in every part, among it what is odd.
async fn furnished(test: &TestApp) -> Fixture {
    let fixture = Fixture::new(test, "cofre").await;
    let processes = fixture.opened(test, 3, &["VIVO", "TIM"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap();
    fixture.analyst.upload(id, "fatura ção.pdf", pdf(1)).await.expect(201);
    test.run_jobs().await;
    let mut tx = test.app.db.begin().await.unwrap();
    for name in ODD {
        Organization::create(&mut tx, name).await.unwrap();
    }
    tx.commit().await.unwrap();
    fixture
}

/// On a thread that may wait, as the program does it.
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

/// A backup of a server's database in a folder.
struct Kept {
    folder: tempfile::TempDir,
    made: Made,
}

impl Kept {
    async fn of(app: &SharedApp, documents: Option<SharedStorage>, lock: Option<Lock>) -> anyhow::Result<Self> {
        let order = Order {
            url: app.config.database.url.clone(),
            documents,
            key_id: app.keyring.id().map(str::to_owned),
            created_at: app.clock.now(),
            lock,
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made");
        let made = apart(move |_, here, work| archive::make(&order, &path, here, work)).await?;
        Ok(Self { folder, made })
    }

    fn file(&self) -> PathBuf {
        self.made.file.clone()
    }

    /// The same with other bytes.
    fn with(&self, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
        let mut bytes = std::fs::read(&self.made.file).unwrap();
        change(&mut bytes);
        let path = self.folder.path().join("changed");
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

async fn restore(
    file: PathBuf,
    url: &DatabaseUrl,
    storage: Option<SharedStorage>,
    force: bool,
) -> anyhow::Result<Restored> {
    let url = url.clone();
    apart(move |folder, here, work| {
        let archive = Archive::open(&file)?;
        let target = Target {
            url: &url,
            storage,
            force,
        };
        archive::restore(&archive, &target, folder, here, work)
    })
    .await
}

/// Why a file cannot be used.
async fn refusal(file: PathBuf) -> Refusal {
    let read = apart(move |folder, here, work| {
        archive::prove(&file, &DatabaseUrl::Sqlite(PathBuf::new()), folder, here, work)
    });
    let Err(error) = read.await else {
        panic!("it is refused")
    };
    Refusal::of(&error).unwrap_or_else(|| panic!("{error:#}")).clone()
}

async fn connect(url: &DatabaseUrl) -> Database {
    Database::connect(url, 2, Bus::default(), Arc::new(SystemClock))
        .await
        .unwrap()
}

/// An address of SQLite where nothing is yet, and what keeps its folder.
fn nowhere() -> (tempfile::TempDir, DatabaseUrl) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("new/esteira.db"));
    (folder, url)
}

/// An empty schema of PostgreSQL.
async fn empty_postgres() -> DatabaseUrl {
    crate::support::empty_schema().await.parse().unwrap()
}

async fn audited(db: &Database, action: &str) -> i64 {
    let mut conn = db.read().await.unwrap();
    with_conn!(&mut conn, |c| audit_events::table
        .filter(audit_events::action.eq(action))
        .count()
        .get_result(c)
        .await)
    .unwrap()
}
