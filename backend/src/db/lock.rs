//! One server for one SQLite file.
//!
//! Two would both run its jobs, and each would miss what the other's pages are told. The lock is the kernel's own on a file
//! beside the database: it ends with the process, however that ends.

use std::{
    ffi::OsString,
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;

use super::DatabaseUrl;

/// A server that is just being stopped still has this long.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Held for as long as this process serves; nothing on PostgreSQL, where many may serve.
///
/// # Errors
/// When another process serves the file, or its folder cannot be used.
pub async fn lock_for_serving(url: &DatabaseUrl) -> anyhow::Result<Option<File>> {
    let DatabaseUrl::Sqlite(database) = url else {
        return Ok(None);
    };
    let path = beside(database);
    let file = open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => tokio::time::sleep(LOOK_EVERY).await,
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "another esteira serves {url} already (it holds {}); stop it first, or use PostgreSQL for several",
                path.display()
            ),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(error = %error, path = %path.display(), "this file system has no locks; run one server on it");
                return Ok(None);
            }
        }
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut path = OsString::from(database);
    path.push(".lock");
    path.into()
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[tokio::test]
    async fn a_second_server_is_refused_until_the_first_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("new/esteira.db"));
        let first = lock_for_serving(&url).await.unwrap();
        assert!(first.is_some());
        let refused = lock_for_serving(&url).await.err().map(|error| error.to_string());
        assert!(
            refused
                .as_ref()
                .is_some_and(|text| text.contains("another esteira serves sqlite://")),
            "{refused:?}"
        );
        drop(first);
        assert!(lock_for_serving(&url).await.unwrap().is_some());
        let other = DatabaseUrl::Sqlite(folder.path().join("new/other.db"));
        assert!(lock_for_serving(&other).await.unwrap().is_some());
        let postgres: DatabaseUrl = "postgres://db.example.com/esteira".parse().unwrap();
        assert!(lock_for_serving(&postgres).await.unwrap().is_none());
    }
}
