//! Brings the schema up to this program's version, and refuses one that is ahead of it.

use diesel::{Connection as _, SqliteConnection, migration::MigrationSource as _, pg::Pg, sqlite::Sqlite};
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DatabaseUrl;

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Replicas that start together take turns under this PostgreSQL advisory lock ("estei" in ASCII).
const LOCK: &str = "SELECT pg_advisory_lock(435475113321)";

#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    #[error(
        "the database was migrated by a newer program (it has {0}, which this one does not know); start that version or restore a backup"
    )]
    NewerSchema(String),
    #[error("migration failed: {0}")]
    Failed(String),
}

/// Applies what is missing and returns the names of what it applied.
///
/// # Errors
/// When the schema is newer than this program, or a migration fails (it is rolled back).
pub async fn migrate(url: &DatabaseUrl) -> Result<Vec<String>, MigrationError> {
    match url.clone() {
        DatabaseUrl::Sqlite(path) => {
            let task = tokio::task::spawn_blocking(move || {
                let path = path.to_string_lossy();
                let mut conn = diesel::SqliteConnection::establish(&path).map_err(failed)?;
                diesel::connection::SimpleConnection::batch_execute(
                    &mut conn,
                    "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL;",
                )
                .map_err(failed)?;
                let known = names::<Sqlite>(&SQLITE)?;
                refuse_newer(&mut conn, &known)?;
                // Two processes on one file: the second waits here and then finds nothing to do.
                conn.immediate_transaction(|conn| run(conn, SQLITE))
            });
            task.await.map_err(failed)?
        }
        DatabaseUrl::Postgres(url) => {
            let (client, connection) = super::connect_postgres(&url)
                .await
                .map_err(|e| failed(format!("{e:#}")))?;
            let driver = tokio::spawn(connection);
            let mut conn = diesel_async::AsyncPgConnection::try_from(client)
                .await
                .map_err(failed)?;
            diesel_async::SimpleAsyncConnection::batch_execute(
                &mut conn,
                &format!("SET statement_timeout = 0; {LOCK}"),
            )
            .await
            .map_err(failed)?;
            let mut harness = diesel_async::AsyncMigrationHarness::new(conn);
            let known = names::<Pg>(&POSTGRES)?;
            let applied = tokio::task::block_in_place(|| {
                refuse_newer(&mut harness, &known)?;
                run(&mut harness, POSTGRES)
            });
            // Closing the connection frees the advisory lock.
            drop(harness);
            driver.abort();
            applied
        }
    }
}

/// Applies those of the named migrations that are missing, and no others: a backup fills the tables as they were when it
/// was made. For an empty database that nobody else uses.
///
/// # Errors
/// As [`migrate`].
pub(crate) fn migrate_sqlite_to(conn: &mut SqliteConnection, versions: &[String]) -> Result<(), MigrationError> {
    refuse_unknown(versions, &known()?)?;
    conn.immediate_transaction(|conn| run_only(conn, SQLITE, versions))
}

/// The same in the schema that the connection makes its tables in. Waits on this thread.
///
/// # Errors
/// As [`migrate`].
pub(crate) fn migrate_postgres_to(conn: AsyncPgConnection, versions: &[String]) -> Result<(), MigrationError> {
    refuse_unknown(versions, &known()?)?;
    run_only(&mut diesel_async::AsyncMigrationHarness::new(conn), POSTGRES, versions)
}

/// The versions of every migration of this program, the oldest first; both trees have the same.
///
/// # Errors
/// When the list that was built in cannot be read.
pub(crate) fn known() -> Result<Vec<String>, MigrationError> {
    let mut versions = versions(&names::<Sqlite>(&SQLITE)?);
    versions.sort_unstable();
    Ok(versions)
}

/// Whether the database has every migration of this program, and no others. Changes nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_up_to_date(url: &DatabaseUrl) -> Result<bool, MigrationError> {
    const APPLIED: &str = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    #[derive(diesel::QueryableByName)]
    struct Applied {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let found: Vec<String> = match url.clone() {
        DatabaseUrl::Sqlite(path) => {
            let task = tokio::task::spawn_blocking(move || {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(failed)?;
                let rows: Result<Vec<Applied>, _> = diesel::RunQueryDsl::load(diesel::sql_query(APPLIED), &mut conn);
                rows.map_err(failed)
            });
            task.await
                .map_err(failed)??
                .into_iter()
                .map(|row| row.version)
                .collect()
        }
        DatabaseUrl::Postgres(url) => {
            let (client, connection) = super::connect_postgres(&url)
                .await
                .map_err(|e| failed(format!("{e:#}")))?;
            let driver = tokio::spawn(connection);
            let rows = client.query(APPLIED, &[]).await.map_err(failed)?;
            driver.abort();
            rows.iter()
                .map(|row| row.try_get(0))
                .collect::<Result<Vec<String>, _>>()
                .map_err(failed)?
        }
    };
    Ok(found == known()?)
}

fn run_only<DB, H>(conn: &mut H, source: EmbeddedMigrations, wanted: &[String]) -> Result<(), MigrationError>
where
    DB: diesel::backend::Backend,
    H: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    for migration in &conn.pending_migrations(source).map_err(failed)? {
        if wanted.contains(&migration.name().version().to_string()) {
            conn.run_migration(migration).map_err(failed)?;
        }
    }
    Ok(())
}

fn run<DB, H>(conn: &mut H, source: EmbeddedMigrations) -> Result<Vec<String>, MigrationError>
where
    DB: diesel::backend::Backend,
    H: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    let applied = conn.run_pending_migrations(source).map_err(failed)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

fn refuse_newer<DB, H>(conn: &mut H, known: &[String]) -> Result<(), MigrationError>
where
    DB: diesel::backend::Backend,
    H: MigrationHarness<DB>,
{
    let applied = conn.applied_migrations().map_err(failed)?;
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    refuse_unknown(&applied, &versions(known))
}

fn refuse_unknown(applied: &[String], known: &[String]) -> Result<(), MigrationError> {
    match applied.iter().find(|version| !known.contains(version)) {
        Some(unknown) => Err(MigrationError::NewerSchema(unknown.clone())),
        None => Ok(()),
    }
}

/// A migration is called by its version and what it does.
fn versions(names: &[String]) -> Vec<String> {
    let version = |name: &String| name.split('_').next().map(str::to_owned);
    names.iter().filter_map(version).collect()
}

fn names<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, MigrationError>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    let migrations: Vec<Box<dyn diesel::migration::Migration<DB>>> = source.migrations().map_err(failed)?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}

fn failed(error: impl std::fmt::Display) -> MigrationError {
    MigrationError::Failed(error.to_string())
}

impl From<diesel::result::Error> for MigrationError {
    fn from(error: diesel::result::Error) -> Self {
        failed(error)
    }
}
