//! Making a backup: read, written, proven, and only then encrypted.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use esteira_shared::instant::Instant;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::{
    Lock,
    crypt::close,
    manifest::{Documents, Manifest},
    prove::prove,
    refusal::Refusal,
    snapshot, snapshot_file,
    write::write,
};
use crate::{db::DatabaseUrl, private, storage::SharedStorage};

/// What is to be backed up, and for whom.
pub struct Order {
    pub url: DatabaseUrl,
    /// Where documents are, when they are to be part of it.
    pub documents: Option<SharedStorage>,
    /// Of the secret key in use.
    pub key_id: Option<String>,
    pub created_at: Instant,
    pub lock: Option<Lock>,
}

impl Order {
    #[must_use]
    pub fn database(&self) -> &'static str {
        match self.url {
            DatabaseUrl::Sqlite(_) => "sqlite",
            DatabaseUrl::Postgres(_) => "postgres",
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A table.
    Reading(String),
    Documents {
        done: u64,
        total: u64,
    },
    Proving,
    Encrypting,
}

/// Who watches, and whether somebody wants it to stop.
pub struct Work<'a> {
    pub told: &'a (dyn Fn(Step) + Sync),
    pub stop: &'a CancellationToken,
}

impl Work<'_> {
    pub(super) fn step(&self, step: Step) {
        (self.told)(step);
    }

    /// # Errors
    /// [`Refusal::Stopped`] when it is to end.
    pub(super) fn look(&self) -> anyhow::Result<()> {
        if self.stop.is_cancelled() {
            return Err(Refusal::Stopped.into());
        }
        Ok(())
    }
}

/// A backup as a file in the folder that it was made in.
pub struct Made {
    pub file: PathBuf,
    pub size_bytes: u64,
    pub sha256: String,
    pub manifest: Manifest,
    pub documents: Documents,
    /// How long it took to restore it and compare everything, or what was not as it should be.
    pub proof: anyhow::Result<Duration>,
}

/// Makes a backup in an empty folder that only this program sees.
///
/// # Errors
/// When it cannot be read or written. What its proof found is in [`Made`].
pub fn make(order: &Order, folder: &Path, here: &Handle, work: &Work<'_>) -> anyhow::Result<Made> {
    private::new_folder(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let plain = folder.join("backup.tar.zst");
    let mut tables = snapshot(&order.url, folder, here)?;
    let written = write(tables.as_mut(), order, &plain, folder, here, work);
    drop(tables);
    let written = written?;
    // Room for the proof; on PostgreSQL there is none.
    drop(fs::remove_file(snapshot_file(folder)));
    work.look()?;
    work.step(Step::Proving);
    let proof = match prove(&plain, &order.url, folder, here, work) {
        Ok(proof) if proof.documents == written.documents => Ok(proof.took),
        Ok(_) => Err(Refusal::Damaged("the number of documents is not the one that was written".to_owned()).into()),
        Err(error) if Refusal::of(&error) == Some(&Refusal::Stopped) => return Err(error),
        Err(error) => Err(error),
    };
    let (mut file, mut size_bytes, mut sha256) = (plain, written.size_bytes, written.sha256);
    if let Some(lock) = &order.lock {
        work.look()?;
        work.step(Step::Encrypting);
        let encrypted = folder.join("backup.tar.zst.age");
        (size_bytes, sha256) = close(&file, &encrypted, lock).context("cannot encrypt the backup")?;
        fs::remove_file(&file)?;
        file = encrypted;
    }
    Ok(Made {
        file,
        size_bytes,
        sha256,
        manifest: written.manifest,
        documents: written.documents,
        proof,
    })
}
