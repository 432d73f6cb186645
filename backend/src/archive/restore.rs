//! Restoring a backup for good, in one step at the end: until then nothing that is in use changes, and a restore that
//! breaks off can simply be begun again.
//!
//! On SQLite a new file is filled beside the database and then takes its name. On PostgreSQL the tables are filled in a
//! schema of their own; one transaction moves them to where the program looks. What was there is moved aside, not removed.

mod aside;
mod postgres;
mod sqlite;

use std::{
    fs::File,
    io::{self, Read, Write as _},
    path::Path,
};

use tokio::runtime::Handle;

use super::{fill::Keep, make::Work, manifest::Documents, read::Archive};
use crate::{db::DatabaseUrl, storage::SharedStorage};

/// Where a backup is restored to.
pub struct Target<'a> {
    pub url: &'a DatabaseUrl,
    /// Where its documents go, when it has any.
    pub storage: Option<SharedStorage>,
    /// Also over a database in which there is something.
    pub force: bool,
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    pub tables: usize,
    pub rows: u64,
    pub documents: Documents,
    /// Where what was there before is now.
    pub aside: Option<String>,
    /// No server begins to use a SQLite file while this is there: something may have to be written first.
    pub held: Option<File>,
}

/// A database that was restored and is in its place.
struct Filled {
    documents: Documents,
    aside: Option<String>,
    held: Option<File>,
}

/// Restores an archive. `folder` is an empty one for documents on their way.
///
/// # Errors
/// A [`super::Refusal`] for what is wrong with the archive; also when the database is in use, or not empty without force.
/// Nothing has changed then but documents that were added to the store.
pub fn restore(
    archive: &Archive,
    target: &Target<'_>,
    folder: &Path,
    here: &Handle,
    work: &Work<'_>,
) -> anyhow::Result<Restored> {
    let mut keep = |key: &str, bytes: &mut dyn Read| match &target.storage {
        Some(storage) => put(storage, key, bytes, folder, here),
        None => anyhow::bail!("there is no store for the documents of this backup"),
    };
    let keep: Keep<'_> = &mut keep;
    let Filled { documents, aside, held } = match target.url {
        DatabaseUrl::Sqlite(path) => sqlite::restore(archive, path, target.force, keep, here, work)?,
        DatabaseUrl::Postgres(url) => postgres::restore(archive, url, target.force, keep, here, work)?,
    };
    let manifest = archive.manifest();
    Ok(Restored {
        tables: manifest.tables.len(),
        rows: manifest.rows(),
        documents,
        aside,
        held,
    })
}

/// Brings one document into the store.
fn put(storage: &SharedStorage, key: &str, bytes: &mut dyn Read, folder: &Path, here: &Handle) -> anyhow::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(bytes, &mut file)?;
    file.flush()?;
    here.block_on(storage.put_file(key, file.path(), "application/pdf"))?;
    Ok(())
}
