//! Brings the schema up to this program's version, and refuses one that is ahead of it.

use diesel::{Connection as _, migration::MigrationSource as _, pg::Pg, sqlite::Sqlite};
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
    let versions: Vec<String> = known
        .iter()
        .filter_map(|name| name.split('_').next().map(str::to_owned))
        .collect();
    match applied
        .iter()
        .map(ToString::to_string)
        .find(|version| !versions.contains(version))
    {
        Some(unknown) => Err(MigrationError::NewerSchema(unknown)),
        None => Ok(()),
    }
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
