//! The documents that the rows of a backup name.

use std::{
    fs::File,
    io::{Seek as _, Write as _},
    path::Path,
};

use futures_util::TryStreamExt as _;
use tokio::runtime::Handle;

use super::{
    make::{Step, Work},
    manifest::{Document, Documents, Table},
    seal::Hashing,
    spool::{Lines, Spool},
    value::Value,
};
use crate::storage::{SharedStorage, StorageError};

/// The table that names them.
const TABLE: &str = "documents";

/// Every document that the rows name.
pub(super) fn named(
    tables: &mut [(Table, Spool)],
    each: &mut dyn FnMut(Document) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some((table, spool)) = tables.iter_mut().find(|(table, _)| table.name == TABLE) else {
        return Ok(());
    };
    let place = |name: &str| table.column_names().position(|column| column == name);
    let (Some(key), Some(size), Some(sha256)) = (place("storage_key"), place("size_bytes"), place("sha256")) else {
        anyhow::bail!("the table {TABLE} has no storage_key, size_bytes or sha256");
    };
    let mut lines = Lines::new(spool.lines()?, table.columns.len());
    while let Some(row) = lines.next()? {
        let (Some(key), Some(sha256), Some(Value::Integer(size))) =
            (text(&row, key), text(&row, sha256), row.get(size))
        else {
            anyhow::bail!("a row of {TABLE} is not understood");
        };
        each(Document {
            key,
            size_bytes: u64::try_from(*size)?,
            sha256,
            missing: false,
        })?;
    }
    Ok(())
}

fn text(row: &[Value], place: usize) -> Option<String> {
    match row.get(place) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Fetches documents, one after the other, into a file of its own.
pub(super) struct Fetching<'a> {
    pub(super) storage: SharedStorage,
    pub(super) here: &'a Handle,
    pub(super) folder: &'a Path,
    pub(super) work: &'a Work<'a>,
    pub(super) total: u64,
    pub(super) so_far: Documents,
}

impl Fetching<'_> {
    /// The bytes; nothing when the store does not hold what was received, which is counted and no reason to stop.
    pub(super) fn fetch(&mut self, document: &Document) -> anyhow::Result<Option<File>> {
        self.work.look()?;
        let done = self.so_far.count + self.so_far.missing;
        self.work.step(Step::Documents {
            done,
            total: self.total,
        });
        let file = match self.here.block_on(copy(&self.storage, &document.key, self.folder)) {
            Ok(Some((file, bytes, sha256))) if bytes == document.size_bytes && sha256 == document.sha256 => Some(file),
            Ok(_) => None,
            Err(error) => return Err(error),
        };
        match &file {
            Some(_) => {
                self.so_far.count += 1;
                self.so_far.bytes += document.size_bytes;
            }
            None => {
                tracing::warn!(
                    key = document.key,
                    "the store does not hold this document as it was received"
                );
                self.so_far.missing += 1;
            }
        }
        Ok(file)
    }
}

type Fetched = (File, u64, String);

/// Nothing when there is no such object.
async fn copy(storage: &SharedStorage, key: &str, folder: &Path) -> anyhow::Result<Option<Fetched>> {
    let mut object = match storage.get(key).await {
        Ok(object) => object,
        Err(StorageError::NotFound) => return Ok(None),
        Err(error @ StorageError::Unavailable(_)) => return Err(error.into()),
    };
    let mut file = Hashing::new(tempfile::tempfile_in(folder)?);
    while let Some(chunk) = object.body.try_next().await? {
        file.write_all(&chunk)?;
    }
    let (mut file, bytes, sha256) = file.finish();
    file.rewind()?;
    Ok(Some((file, bytes, sha256)))
}
