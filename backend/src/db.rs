//! Two databases behind one query text: SQLite on one machine, PostgreSQL when there are more.
//!
//! Models write a query once inside [`with_conn!`]. It expands the query for both back-ends, so that each is
//! type-checked. [`locked!`] does the same for rows that are held until the transaction ends.
//!
//! Where the dialects truly differ, [`on_backend!`] names both forms. It is used for
//!
//! - claiming jobs, the due ones of a lane and those that need a process of their own: `SKIP LOCKED` (`engine/claim.rs`);
//! - the database's clock beside the queues in which something is due (`engine/claim.rs`);
//! - ending many jobs at once, and firing many schedules at once, whose rows travel as one JSON document
//!   (`engine/ends/succeed.rs`, `scheduler/write.rs`);
//! - what was sent in each hour (`processes/figures.rs`);
//! - the schedules that name a calendar within their JSON (`calendars/used.rs`).
//!
//! Four places look at the connection themselves: long reads (`pool.rs`), beginning and dropping a transaction
//! (`tx.rs`), the database's clock ([`database_now`]) and the first run, which locks a table
//! (`administration/organization.rs`). Notifications exist on PostgreSQL only (`engine/listen.rs`).

pub mod aged;
pub mod locate;
mod lock;
mod migrate;
pub mod nul;
pub mod once;
pub mod paging;
mod pool;
mod postgres;
mod run;
pub mod schema;
pub mod search;
pub mod spent;
pub mod sql_types;
pub mod sqlite;
mod tx;

pub use locate::DatabaseUrl;
pub use lock::lock_for_serving;
pub use migrate::{MigrationError, is_up_to_date, migrate};
pub(crate) use migrate::{known as known_migrations, migrate_postgres_to, migrate_sqlite_to};
pub use pool::{ConnectError, Database, DbConn};
pub(crate) use postgres::connect as connect_postgres;
pub use run::RunQueryDsl;
pub use sqlite::SqliteConn;
pub use tx::Tx;

use diesel::QueryResult;
use esteira_shared::instant::Instant;

use crate::clock::Clock;

/// The instant by which leases and due times are judged. On PostgreSQL it is the server's, so that a replica with a
/// wrong clock neither steals nor loses work. SQLite has one machine and one clock.
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

/// Rows held until the transaction ends: `locked!(tx, for_update, query, |found, c| found.first(c).await)`. PostgreSQL gets
/// the locking clauses that are named, several with dots between them. SQLite needs none, because a transaction there holds
/// the only writer.
#[macro_export]
macro_rules! locked {
    ($tx:expr, $($clause:ident).+, $query:expr, |$found:ident, $c:ident| $body:expr $(,)?) => {
        $crate::on_backend!(
            $tx.conn(),
            sqlite = |$c| {
                let $found = $query;
                $body
            },
            postgres = |$c| {
                let $found = $query$(.$clause())+;
                $body
            },
        )
    };
}

/// Two forms of one query, for the few places where the dialects differ; the module's comment lists them.
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, sqlite = |$s:ident| $sqlite:expr, postgres = |$p:ident| $postgres:expr $(,)?) => {
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
