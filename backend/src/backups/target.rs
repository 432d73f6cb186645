//! Where backups are brought to.

use std::{io, path::Path};

use aws_lc_rs::digest::{Context, SHA256};
use esteira_shared::reason::Reason;
use futures_util::TryStreamExt as _;

use crate::{
    config::BackupConfig,
    object::ObjectKey,
    secrets::hex,
    storage::{self, SharedStorage, StorageError, StoredObject},
};

/// The store of the settings. It is opened anew each time: a server starts also while it is away.
pub struct Place {
    storage: SharedStorage,
    folder: Option<ObjectKey>,
    /// As people know it.
    shown: String,
}

/// The media type of a backup.
pub(super) const CONTENT_TYPE: &str = "application/octet-stream";

impl Place {
    /// # Errors
    /// With a reason, when it cannot be reached or made.
    pub async fn open(config: &BackupConfig) -> anyhow::Result<Self> {
        let shown = config.to_string();
        let opened = storage::open(&config.target).await;
        Ok(Self {
            storage: opened.map_err(|error| failed(&shown, error))?,
            folder: config.folder.clone(),
            shown,
        })
    }

    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Brings a finished file there, reads it back and compares. Until it is whole, nothing has its name.
    ///
    /// # Errors
    /// With a reason; then nothing has its name either.
    pub async fn keep(&self, name: &str, file: &Path, sha256: &str) -> anyhow::Result<()> {
        let key = self.key(name);
        let put = self.storage.put_file(&key, file, CONTENT_TYPE).await;
        put.map_err(|error| failed(&self.shown, cause(error)))?;
        let found = self.sum(&key).await.map_err(|error| failed(&self.shown, error))?;
        if found != sha256 {
            drop(self.storage.delete(&key).await);
            return Err(anyhow::Error::new(Reason::BackupStoredDiffers {
                target: self.shown.clone(),
            }));
        }
        Ok(())
    }

    async fn sum(&self, key: &str) -> anyhow::Result<String> {
        let mut object = self.storage.get(key).await.map_err(cause)?;
        let mut context = Context::new(&SHA256);
        while let Some(chunk) = object.body.try_next().await? {
            context.update(&chunk);
        }
        Ok(hex(context.finish().as_ref()))
    }

    /// # Errors
    /// As [`storage::Storage::get`].
    pub(super) async fn get(&self, name: &str) -> Result<StoredObject, StorageError> {
        self.storage.get(&self.key(name)).await
    }

    /// # Errors
    /// As [`storage::Storage::delete`].
    pub(super) async fn delete(&self, name: &str) -> Result<(), StorageError> {
        self.storage.delete(&self.key(name)).await
    }

    fn key(&self, name: &str) -> String {
        match &self.folder {
            Some(folder) => format!("{}/{name}", folder.as_str()),
            None => name.to_owned(),
        }
    }
}

/// What was behind it.
fn cause(error: StorageError) -> anyhow::Error {
    match error {
        StorageError::Unavailable(cause) => cause,
        StorageError::NotFound => StorageError::NotFound.into(),
    }
}

fn failed(target: &str, error: anyhow::Error) -> anyhow::Error {
    let target = target.to_owned();
    let reason = if is_full(&error) {
        Reason::BackupTargetFull { target }
    } else {
        let why = error.root_cause().to_string();
        Reason::BackupTargetFailed { target, why }
    };
    error.context(reason)
}

/// Whether a disk has no more room, or no more for us.
pub(super) fn is_full(error: &anyhow::Error) -> bool {
    let full = [
        io::ErrorKind::StorageFull,
        io::ErrorKind::QuotaExceeded,
        io::ErrorKind::FileTooLarge,
    ];
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| full.contains(&cause.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::reason_of;

    #[test]
    fn a_full_target_is_told_from_one_that_is_away() {
        let of = |kind: io::ErrorKind| {
            let error = anyhow::Error::new(io::Error::from(kind)).context("cannot write");
            reason_of(&failed("/mnt/nas", cause(StorageError::Unavailable(error))))
        };
        let target = "/mnt/nas".to_owned();
        assert_eq!(
            of(io::ErrorKind::StorageFull),
            Reason::BackupTargetFull { target: target.clone() }
        );
        assert_eq!(of(io::ErrorKind::QuotaExceeded), Reason::BackupTargetFull { target });
        assert!(matches!(
            of(io::ErrorKind::ConnectionRefused),
            Reason::BackupTargetFailed { .. }
        ));
    }
}
