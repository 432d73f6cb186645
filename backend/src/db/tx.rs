//! A transaction that rolls back unless it is committed. It publishes changes only after the commit.

use diesel::QueryResult;
use diesel_async::{SimpleAsyncConnection as _, pooled_connection::deadpool::Object};
use esteira_shared::{event::Topic, ids::OrganizationId, instant::Instant};
use uuid::Uuid;

use super::{DbConn, once, spent::Span};
use crate::{
    bus::{Bus, Signal},
    clock::SharedClock,
    with_conn,
};

/// An open transaction.
///
/// Dropping it rolls back at once, also in the middle of a query when a request is cancelled. A connection to
/// PostgreSQL may then be in the middle of an answer, so it is closed. A connection to SQLite never is, and returns to
/// the pool.
pub struct Tx {
    conn: Option<DbConn>,
    signals: Vec<Signal>,
    bus: Bus,
    clock: SharedClock,
    span: Span,
}

impl Tx {
    /// May be dropped while it waits: the transaction then ends as a dropped [`Tx`] does.
    pub(super) async fn begin(conn: DbConn, bus: Bus, clock: SharedClock) -> QueryResult<Self> {
        let mut tx = Self {
            conn: Some(conn),
            signals: Vec::new(),
            bus,
            clock,
            span: Span::start(),
        };
        match tx.conn() {
            // IMMEDIATE: a transaction that starts by reading and writes later would fail at once with BUSY.
            DbConn::Sqlite(c) => c.batch_execute("BEGIN IMMEDIATE").await?,
            DbConn::Postgres(c) => c.batch_execute("BEGIN").await?,
        }
        tx.span = Span::start();
        Ok(tx)
    }

    /// The connection inside the transaction.
    pub fn conn(&mut self) -> &mut DbConn {
        #[expect(
            clippy::expect_used,
            reason = "only `commit` and `roll_back`, which consume the transaction, take the connection"
        )]
        self.conn.as_mut().expect("an open transaction has its connection")
    }

    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The instant by which jobs are due, see [`super::database_now`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn database_now(&mut self) -> QueryResult<Instant> {
        let clock = self.clock.clone();
        super::database_now(self.conn(), clock.as_ref()).await
    }

    /// Says that something changed; open pages learn it once the change is committed.
    pub fn changed(&mut self, organization: OrganizationId, topic: Topic, id: impl Into<Option<Uuid>>) {
        self.signal(Signal::Changed {
            organization,
            topic,
            id: id.into(),
        });
    }

    /// Sent to this and all other replicas after the commit.
    pub fn signal(&mut self, signal: Signal) {
        if !self.signals.contains(&signal) {
            self.signals.push(signal);
        }
    }

    /// Commits, then publishes the signals.
    ///
    /// # Errors
    /// When the database refuses; then nothing is published.
    pub async fn commit(mut self) -> QueryResult<()> {
        let now = self.now();
        once::record(self.conn(), now).await?;
        with_conn!(self.conn(), |c| c.batch_execute("COMMIT").await)?;
        drop(self.conn.take());
        self.span.end();
        self.bus.publish(std::mem::take(&mut self.signals));
        Ok(())
    }

    /// Undoes it and keeps the connection: for who knows that no answer is under way, which a drop does not.
    pub async fn roll_back(mut self) {
        let Some(DbConn::Postgres(conn)) = &mut self.conn else {
            return;
        };
        if conn.batch_execute("ROLLBACK").await.is_ok() {
            drop(self.conn.take());
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        match self.conn.take() {
            Some(DbConn::Sqlite(mut conn)) => {
                let undone = conn.roll_back();
                if undone.is_err() {
                    drop(deadpool::managed::Object::take(conn));
                }
            }
            Some(DbConn::Postgres(conn)) => drop(Object::take(conn)),
            None => {}
        }
    }
}
