//! The database beside the server: how much is in it, and how large it is.

use std::sync::Arc;

use diesel::prelude::*;
use esteira::{
    bus::Bus,
    clock::SystemClock,
    config::Config,
    db::{Database, RunQueryDsl, schema::log_chunks},
    logs, on_backend, with_conn,
};
use esteira_shared::ids::LogId;

pub struct Store(Database);

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    bytes: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

impl Store {
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let clock = Arc::new(SystemClock);
        Ok(Self(
            Database::connect(&config.database.url, 2, Bus::default(), clock).await?,
        ))
    }

    /// Lines that are kept in these logs.
    pub async fn lines(&self, logs: &[LogId]) -> anyhow::Result<i64> {
        let states = logs::states(&mut self.0.read().await?, logs.to_vec()).await?;
        Ok(states.iter().map(|log| log.lines).sum())
    }

    /// Rows that these lines lie in.
    pub async fn rows(&self, logs: &[LogId]) -> anyhow::Result<i64> {
        let mut conn = self.0.read().await?;
        let logs = logs.to_vec();
        let rows: i64 = with_conn!(&mut conn, |c| log_chunks::table
            .filter(log_chunks::log_id.eq_any(logs))
            .count()
            .get_result(c)
            .await)?;
        Ok(rows)
    }

    /// Of the whole database, indexes too.
    pub async fn bytes(&self) -> anyhow::Result<i64> {
        let mut conn = self.0.read().await?;
        let size: Size = on_backend!(
            &mut conn,
            sqlite = |c| {
                diesel::sql_query("SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size")
                    .get_result(c)
                    .await?
            },
            postgres = |c| {
                diesel::sql_query("SELECT pg_database_size(current_database()) AS bytes")
                    .get_result(c)
                    .await?
            },
        );
        Ok(size.bytes)
    }

    pub async fn version(&self) -> anyhow::Result<String> {
        let mut conn = self.0.read().await?;
        let found: Version = on_backend!(
            &mut conn,
            sqlite = |c| {
                diesel::sql_query("SELECT 'sqlite ' || sqlite_version() AS version")
                    .get_result(c)
                    .await?
            },
            postgres = |c| {
                diesel::sql_query("SELECT 'postgresql ' || current_setting('server_version') AS version")
                    .get_result(c)
                    .await?
            },
        );
        Ok(found.version)
    }

    pub fn durability(&self) -> &'static str {
        match self.0.is_postgres() {
            true => "fsync on, synchronous_commit on",
            false => "WAL, synchronous FULL",
        }
    }
}
