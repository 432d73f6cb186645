//! A folder of this machine.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use tokio_util::io::ReaderStream;

use super::{Storage, StorageError, StoredObject, is_valid_key, refuse_bad_key};

/// Unfinished copies live here until they are renamed, so that no half of a document has a key. It is made only when
/// the store is opened: when a volume is unmounted later, puts fail instead of filling the disk underneath.
const PARTIAL: &str = ".partial";
/// An unfinished copy older than this belongs to a process that died; another replica may be writing the younger ones.
const PARTIAL_KEPT: Duration = Duration::from_secs(24 * 3_600);
const CHUNK_BYTES: usize = 64 * 1024;

pub(super) struct LocalStorage {
    root: PathBuf,
}

impl LocalStorage {
    pub(super) async fn open(root: &Path) -> anyhow::Result<Self> {
        let root = root.to_owned();
        let opened = blocking(move || {
            let partial = root.join(PARTIAL);
            fs::create_dir_all(&partial)
                .with_context(|| format!("cannot create the storage folder {}", root.display()))?;
            sweep(&partial).with_context(|| format!("cannot tidy {}", partial.display()))?;
            Ok(Self { root })
        });
        let storage = opened.await?;
        storage.check().await.context("the storage folder cannot be written")?;
        Ok(storage)
    }
}

#[async_trait]
impl Storage for LocalStorage {
    async fn put_file(&self, key: &str, file: &Path, _content_type: &str) -> Result<(), StorageError> {
        refuse_bad_key(key)?;
        let (root, target, source) = (self.root.clone(), self.root.join(key), file.to_owned());
        blocking(move || put(&root, &target, &source))
            .await
            .map_err(StorageError::Unavailable)
    }

    async fn get(&self, key: &str) -> Result<StoredObject, StorageError> {
        if !is_valid_key(key) {
            return Err(StorageError::NotFound);
        }
        let path = self.root.join(key);
        let opened = blocking(move || {
            let found = File::open(&path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
            match found {
                Ok((file, metadata)) if metadata.is_file() => Ok(Some((file, metadata.len()))),
                Ok(_) => Ok(None),
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(error).with_context(|| format!("cannot open {}", path.display())),
            }
        });
        let (file, size_bytes) = opened
            .await
            .map_err(StorageError::Unavailable)?
            .ok_or(StorageError::NotFound)?;
        let body = ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK_BYTES).boxed();
        Ok(StoredObject { size_bytes, body })
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        refuse_bad_key(key)?;
        let path = self.root.join(key);
        let removed = blocking(move || match fs::remove_file(&path) {
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot remove {}", path.display())),
            Ok(()) => sync_folder(path.parent()),
        });
        removed.await.map_err(StorageError::Unavailable)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        // Only whole parts of the prefix are folders; the rest is compared with the keys.
        let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        if !folder.is_empty() {
            refuse_bad_key(folder)?;
        }
        let (start, folder, prefix) = (self.root.join(folder), folder.to_owned(), prefix.to_owned());
        let keys = blocking(move || {
            let mut keys = Vec::new();
            walk(&start, &folder, &mut keys).with_context(|| format!("cannot list {}", start.display()))?;
            keys.retain(|key| key.starts_with(&prefix));
            keys.sort_unstable();
            Ok(keys)
        });
        keys.await.map_err(StorageError::Unavailable)
    }

    /// Nobody outside reads this folder.
    fn location(&self, _: &str) -> Option<String> {
        None
    }

    async fn check(&self) -> Result<(), StorageError> {
        let root = self.root.clone();
        let checked = blocking(move || {
            let partial = partial_folder(&root)?;
            tempfile::tempfile_in(&partial).with_context(|| format!("cannot write to {}", partial.display()))?;
            Ok(())
        });
        // A dead network mount blocks for ever; the thread is lost, the health page is not.
        tokio::time::timeout(Duration::from_secs(5), checked)
            .await
            .unwrap_or_else(|_| Err(anyhow::anyhow!("the storage folder did not answer in 5 s")))
            .map_err(StorageError::Unavailable)
    }
}

/// The folder of unfinished copies, made again should it be gone. The root itself is not: a volume that was unmounted must
/// fail, not fill the folder beneath it.
fn partial_folder(root: &Path) -> anyhow::Result<PathBuf> {
    let partial = root.join(PARTIAL);
    match fs::create_dir(&partial) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("cannot create {}", partial.display()))
        }
        _ => Ok(partial),
    }
}

fn put(root: &Path, target: &Path, source: &Path) -> anyhow::Result<()> {
    let mut from = File::open(source).with_context(|| format!("cannot read {}", source.display()))?;
    let mut copy = tempfile::NamedTempFile::new_in(partial_folder(root)?).context("cannot start a copy")?;
    io::copy(&mut from, copy.as_file_mut()).with_context(|| format!("cannot write {}", target.display()))?;
    copy.as_file()
        .sync_all()
        .with_context(|| format!("cannot write {}", target.display()))?;
    let folder = target.parent().context("a key has a folder")?;
    make_folder(root, folder).with_context(|| format!("cannot create {}", folder.display()))?;
    copy.persist(target)
        .with_context(|| format!("cannot finish {}", target.display()))?;
    sync_folder(Some(folder))
}

/// Makes the missing folders between the root and this one, each of them written down in its parent.
fn make_folder(root: &Path, folder: &Path) -> io::Result<()> {
    if folder == root || folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().unwrap_or(root);
    make_folder(root, parent)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => File::open(parent)?.sync_all(),
    }
}

fn sync_folder(folder: Option<&Path>) -> anyhow::Result<()> {
    let folder = folder.context("a key has a folder")?;
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot sync {}", folder.display()))
}

fn walk(folder: &Path, key: &str, keys: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if is_missing(&error) => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        // Hidden names are no keys, nor is a name that is not text: neither was written by us.
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        let key = if key.is_empty() {
            name.to_owned()
        } else {
            format!("{key}/{name}")
        };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &key, keys)?;
        } else {
            keys.push(key);
        }
    }
    Ok(())
}

fn sweep(partial: &Path) -> io::Result<()> {
    for entry in fs::read_dir(partial)? {
        let entry = entry?;
        let age = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .map(|modified| modified.elapsed());
        if matches!(age, Ok(Ok(age)) if age > PARTIAL_KEPT) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
    )
}

/// Runs file work where it may wait.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .context("the file work broke off")?
}

#[cfg(test)]
mod tests;
