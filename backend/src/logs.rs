//! Logs of what runs elsewhere, line by line. Lines are written in batches, numbered without gaps, never changed, and
//! can be watched live.
//!
//! A log has the id of the thing that it is about. The application that owns this thing opens the log and says who may
//! read it.

mod feed;
mod old;
mod read;
mod text;
mod write;

use diesel::prelude::*;
use esteira_shared::{
    ids::{LogId, OrganizationId},
    permission::Permission,
    status::LogLevel,
};

pub use feed::{LogFeeds, Seen, Watch};
pub use old::{drop_all, purge, sizes};
pub use read::{download, first_messages, last_messages, matches, page};
pub use text::lines_of;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use text::plain;
pub use write::{LogBatch, LogWriter, NewLine};

use crate::{
    db::{DbConn, RunQueryDsl, Tx, schema::logs},
    with_conn,
};

/// Where a log stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = logs, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct LogState {
    pub id: LogId,
    pub organization_id: OrganizationId,
    /// Number of the newest line.
    pub lines: i64,
    /// Lines of the source that were taken.
    pub source_lines: i64,
    /// What the source called the newest of them that it had a word for.
    pub source_id: Option<String>,
    pub last_line: Option<String>,
    pub first_error: Option<i64>,
    pub ended: bool,
    /// Readers need this permission.
    pub permission: Permission,
}

/// Opens an empty log for readers who have this permission.
///
/// # Errors
/// When the database refuses.
pub async fn open(tx: &mut Tx, organization: OrganizationId, id: LogId, permission: Permission) -> QueryResult<()> {
    let row = (
        logs::id.eq(id),
        logs::organization_id.eq(organization),
        logs::lines.eq(0_i64),
        logs::source_lines.eq(0_i64),
        logs::ended.eq(false),
        logs::permission.eq(permission),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(logs::table)
        .values(row)
        .execute(c)
        .await)?;
    Ok(())
}

/// Says whether anything more will be written.
///
/// # Errors
/// When the database refuses.
pub async fn set_ended(tx: &mut Tx, id: LogId, ended: bool) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::update(logs::table.find(id))
        .set(logs::ended.eq(ended))
        .execute(c)
        .await)?;
    tx.signal(crate::bus::Signal::LogGrew { log: id });
    Ok(())
}

/// Where some logs stand.
///
/// # Errors
/// When the database does not answer.
pub async fn states(conn: &mut DbConn, ids: Vec<LogId>) -> QueryResult<Vec<LogState>> {
    with_conn!(conn, |c| logs::table
        .filter(logs::id.eq_any(ids))
        .select(LogState::as_select())
        .load(c)
        .await)
}

/// Where a log of an organisation stands.
///
/// # Errors
/// When the database does not answer.
pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: LogId) -> QueryResult<Option<LogState>> {
    with_conn!(conn, |c| logs::table
        .filter(logs::organization_id.eq(organization).and(logs::id.eq(id)))
        .filter(logs::dropped_at.is_null())
        .select(LogState::as_select())
        .first(c)
        .await
        .optional())
}

/// As the database keeps how bad a line is.
fn rank(level: LogLevel) -> i32 {
    match level {
        LogLevel::Debug => 0,
        LogLevel::Info => 1,
        LogLevel::Warn => 2,
        LogLevel::Error => 3,
    }
}
