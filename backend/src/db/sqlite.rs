//! A connection to SQLite, which answers on the thread that asks.
//!
//! A short statement takes microseconds, less than handing it to another thread. What may take longer steps aside: the
//! runtime first moves this thread's other work to another thread. Three things step aside:
//!
//! - a commit, which waits for the disk;
//! - the start of a transaction, which waits for other programs that write;
//! - every statement of a connection for long reads.

use deadpool::managed::{Manager, Metrics, RecycleResult};
use diesel::{Connection as _, ConnectionError, QueryResult, SqliteConnection, connection::SimpleConnection as _};
use tokio::runtime::{Handle, RuntimeFlavor};

use super::spent;

/// A connection to the database's file.
pub struct SqliteConn {
    conn: SqliteConnection,
    /// Its statements may take long.
    steps_aside: bool,
}

impl SqliteConn {
    /// Runs a statement.
    pub(super) fn run<T: Send>(&mut self, statement: impl FnOnce(&mut SqliteConnection) -> T + Send) -> T {
        spent::statement();
        let conn = &mut self.conn;
        if self.steps_aside {
            stepping_aside(|| statement(conn))
        } else {
            statement(conn)
        }
    }

    /// Runs statements without results, like `BEGIN`, which may wait for the disk.
    ///
    /// # Errors
    /// When the database refuses one; those before it are done.
    #[expect(clippy::unused_async, reason = "the same call as on PostgreSQL")]
    pub async fn batch_execute(&mut self, statements: &str) -> QueryResult<()> {
        let conn = &mut self.conn;
        stepping_aside(|| conn.batch_execute(statements))
    }

    pub(super) fn set_steps_aside(&mut self, steps_aside: bool) {
        self.steps_aside = steps_aside;
    }

    /// Undoes an open transaction.
    pub(super) fn roll_back(&mut self) -> QueryResult<()> {
        self.conn.batch_execute("ROLLBACK")
    }
}

/// Runs `work` while another thread takes over this thread's other work.
fn stepping_aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // One thread has nobody to hand its work to.
        _ => work(),
    }
}

/// Opens connections for a pool.
pub struct Opener {
    pub(super) path: String,
    /// Read only, or able to write.
    pub(super) extra: &'static str,
}

impl Manager for Opener {
    type Type = SqliteConn;
    type Error = ConnectionError;

    async fn create(&self) -> Result<SqliteConn, ConnectionError> {
        stepping_aside(|| {
            let mut conn = SqliteConnection::establish(&self.path)?;
            // FULL: a commit that was answered survives a power cut, not only a crash of the process.
            let pragmas = format!(
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; {}",
                self.extra
            );
            conn.batch_execute(&pragmas)
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(SqliteConn {
                conn,
                steps_aside: false,
            })
        })
    }

    async fn recycle(&self, conn: &mut SqliteConn, _: &Metrics) -> RecycleResult<ConnectionError> {
        conn.steps_aside = false;
        Ok(())
    }
}
