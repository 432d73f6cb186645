//! Two databases behind one query text: SQLite on one machine, PostgreSQL when there are more.
//!
//! Models write a query once inside [`with_conn!`], which expands it for both back-ends so that each is type-checked.
//! Where the dialects truly differ, [`on_backend!`] names both forms: claiming jobs (`SKIP LOCKED`), the database's
//! clock, hour buckets, batch inserts and notifications.

pub mod locate;
mod migrate;
pub mod once;
pub mod paging;
mod pool;
mod run;
pub mod schema;
pub mod search;
pub mod spent;
pub mod sql_types;
pub mod sqlite;
mod tx;

pub use locate::DatabaseUrl;
pub use migrate::{MigrationError, migrate};
pub(crate) use pool::connect_postgres;
pub use pool::{ConnectError, Database, DbConn};
pub use run::RunQueryDsl;
pub use sqlite::SqliteConn;
pub use tx::Tx;

use diesel::QueryResult;
use esteira_shared::instant::Instant;

use crate::clock::Clock;

/// The instant that leases and due times are judged by. On PostgreSQL it is the server's, so that a replica with a
/// wrong clock neither steals nor loses work; SQLite has one machine and one clock.
pub async fn database_now(conn: &mut DbConn, clock: &dyn Clock) -> QueryResult<Instant> {
    #[derive(diesel::QueryableByName)]
    struct Now {
        #[diesel(sql_type = sql_types::SqlInstant)]
        now: Instant,
    }
    match conn {
        DbConn::Sqlite(_) => Ok(clock.now()),
        DbConn::Postgres(c) => diesel::sql_query("SELECT clock_timestamp() AS now")
            .get_result::<Now>(&mut **c)
            .await
            .map(|row| row.now),
    }
}

/// Expands one query for each database; `$c` is the connection in the body.
#[macro_export]
macro_rules! with_conn {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::DbConn::Sqlite($c) => {
                let $c = &mut **$c;
                $body
            }
            $crate::db::DbConn::Postgres($c) => {
                let $c = &mut **$c;
                $body
            }
        }
    };
}

/// Two forms of one query, for the few places where the dialects differ.
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, sqlite |$s:ident| $sqlite:expr, postgres |$p:ident| $postgres:expr $(,)?) => {
        match $conn {
            $crate::db::DbConn::Sqlite($s) => {
                let $s = &mut **$s;
                $sqlite
            }
            $crate::db::DbConn::Postgres($p) => {
                let $p = &mut **$p;
                $postgres
            }
        }
    };
}
