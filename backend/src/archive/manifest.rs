//! What an archive says about itself.

use esteira_shared::instant::Instant;
use serde::{Deserialize, Serialize};

/// Grows when older programs could not read an archive any more.
pub const FORMAT: u32 = 1;

/// The first entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Of the program.
    pub version: String,
    pub created_at: Instant,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Versions of the migrations that made the tables, the oldest first.
    pub migrations: Vec<String>,
    /// Of the secret key that sealed what is sealed in the rows; another one opens none of it.
    pub key_id: Option<String>,
    /// In an order in which each stands after those that it refers to.
    pub tables: Vec<Table>,
    pub with_documents: bool,
}

/// A table with its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns that the rows are in order of.
    pub key: Vec<String>,
    pub rows: u64,
    /// Of the lines of its entry.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// Known only of a PostgreSQL database: its type is JSON, so spaces and order may change on the way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub json: bool,
}

impl Manifest {
    pub const ENTRY: &'static str = "manifest.json";
    /// The last entry: a [`Document`] in each line.
    pub const DOCUMENTS_ENTRY: &'static str = "documents.jsonl";

    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The last change of the schema.
    #[must_use]
    pub fn migration(&self) -> Option<&str> {
        self.migrations.last().map(String::as_str)
    }
}

impl Table {
    /// The entry with its rows.
    #[must_use]
    pub(super) fn entry(&self) -> String {
        format!("tables/{}.jsonl", self.name)
    }

    pub(super) fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    pub(super) fn json(&self) -> Vec<bool> {
        self.columns.iter().map(|column| column.json).collect()
    }
}

/// One document, as the rows name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) key: String,
    pub(super) size_bytes: u64,
    pub(super) sha256: String,
    /// The store did not hold it as it was received, so it is not in the archive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) missing: bool,
}

impl Document {
    /// Entries of documents begin so.
    pub(super) const FOLDER: &'static str = "documents/";

    pub(super) fn entry(&self) -> String {
        format!("{}{}", Self::FOLDER, self.key)
    }
}

/// How many documents, and how large.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Documents {
    pub count: u64,
    pub bytes: u64,
    /// Named by rows, but not in the archive.
    pub missing: u64,
}
