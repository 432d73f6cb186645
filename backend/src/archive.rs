//! Backups as files: every row of every table and, by choice, every document, in one archive that both databases are
//! restored from.
//!
//! An archive is a tar file in one zstd frame, with a [`seal`] at its end. Rows are lines of JSON in which a value is what
//! SQLite keeps of it, see [`value`]. So a backup of one database fills the other. Which tables and columns there are is
//! asked of the database itself, so no list here goes out of date; see [`catalogue`] for what stays behind.
//!
//! A backup is worth what comes out of it: [`prove`] restores it into a scratch database and compares every row. Encryption
//! comes after that, for the server has no key that opens what it encrypted.
//!
//! All of this waits on its thread, so callers run it where that is allowed ([`tokio::task::spawn_blocking`]).

mod catalogue;
mod crypt;
mod documents;
mod fill;
mod make;
mod manifest;
mod postgres;
mod prove;
mod read;
mod refusal;
mod restore;
mod seal;
mod spool;
mod sqlite;
#[cfg(test)]
mod tests;
mod value;
mod write;

use std::path::{Path, PathBuf};

use tokio::runtime::Handle;

use self::{catalogue::Found, postgres::PostgresTables, sqlite::SqliteTables, value::Row};
pub use self::{
    crypt::{Lock, Opener, is_encrypted, open},
    make::{Made, Order, Step, Work, make},
    manifest::{Documents, FORMAT, Manifest, Table},
    prove::{Proof, prove},
    read::Archive,
    refusal::Refusal,
    restore::{Restored, Target, restore},
};
use crate::db::DatabaseUrl;

/// How many rows go by between two looks at whether to stop.
const LOOK_EVERY: u64 = 1_000;

/// The tables of one database, read as of one moment or filled from nothing.
trait Tables {
    /// The tables with their columns, as the database itself describes them.
    fn catalogue(&mut self) -> anyhow::Result<Vec<Found>>;

    /// Versions of the migrations that made them, the oldest first.
    fn migrations(&mut self) -> anyhow::Result<Vec<String>>;

    /// Every row in order of the table's key. Columns and key are as the table names them.
    fn rows(&mut self, table: &Table, each: &mut dyn FnMut(Row) -> anyhow::Result<()>) -> anyhow::Result<()>;

    /// Adds rows until there are no more.
    fn fill(&mut self, table: &Table, next: &mut dyn FnMut() -> anyhow::Result<Option<Row>>) -> anyhow::Result<()>;

    /// What the database itself can say about what it holds.
    fn check(&mut self) -> anyhow::Result<()>;
}

/// A place for a database that nobody else sees.
enum Scratch<'a> {
    /// A file that is not there yet.
    File(&'a Path),
    /// A schema beside the others, which must not be there yet.
    Schema { url: &'a str, name: &'a str },
}

/// What is in a database now, as of one moment. Whoever writes there is not kept waiting.
///
/// `work` is an empty folder; a copy of a SQLite file is put there.
fn snapshot(url: &DatabaseUrl, work: &Path, here: &Handle) -> anyhow::Result<Box<dyn Tables>> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => Box::new(SqliteTables::snapshot(path, &snapshot_file(work))?),
        DatabaseUrl::Postgres(url) => Box::new(PostgresTables::snapshot(url, here)?),
    })
}

fn snapshot_file(work: &Path) -> PathBuf {
    work.join("snapshot.db")
}

/// Empty tables as some migrations made them.
fn empty(scratch: &Scratch<'_>, migrations: &[String], here: &Handle) -> anyhow::Result<Box<dyn Tables>> {
    Ok(match scratch {
        Scratch::File(path) => Box::new(SqliteTables::create(path, migrations)?),
        Scratch::Schema { url, name } => Box::new(PostgresTables::create(url, name, migrations, here)?),
    })
}

/// A name within SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names within SQL, with commas between them.
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}
