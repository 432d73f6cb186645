//! Where documents are kept: a folder of this machine, or any S3 store.
//!
//! Keys are made by the rules that own the documents, never taken from a request; they are checked here once more
//! because a wrong one would leave the folder. Database rows are the truth: what is stored without a row is an orphan,
//! found with [`Storage::list`].

mod local;
mod s3;

use std::{io, path::Path, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
pub use s3::S3Reader;

use crate::{config::StorageUrl, object::ObjectKey};

/// A store of documents. All of it may be repeated safely.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Copies a finished file into the store. When this returns, the whole document is there and survives a loss of
    /// power; when it fails, nothing new is seen under the key. An object that was already there is replaced.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    async fn put_file(&self, key: &str, file: &Path, content_type: &str) -> Result<(), StorageError>;

    /// Opens a document. A cut in the middle is an error in the stream, never a shorter document.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when there is none, [`StorageError::Unavailable`] when the store does not answer.
    async fn get(&self, key: &str) -> Result<StoredObject, StorageError>;

    /// Removes a document; one that is not there counts as removed.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    async fn delete(&self, key: &str) -> Result<(), StorageError>;

    /// Every key that starts with the text, in order. An empty text lists the whole store.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError>;

    /// What another system calls the document, when it can reach it: `s3://bucket/key`.
    fn location(&self, key: &str) -> Option<String>;

    /// Proves cheaply that the store answers; for the health page.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`], within 5 s.
    async fn check(&self) -> Result<(), StorageError>;
}

pub type SharedStorage = Arc<dyn Storage>;

/// A document being read.
pub struct StoredObject {
    pub size_bytes: u64,
    pub body: BoxStream<'static, io::Result<Bytes>>,
}

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("there is no such document")]
    NotFound,
    #[error("the document store does not answer: {0:#}")]
    Unavailable(anyhow::Error),
}

/// Opens the store, making its folder or bucket when it is not there yet.
///
/// # Errors
/// With the reason, when it cannot be used: there is no falling back to another store.
pub async fn open(url: &StorageUrl) -> anyhow::Result<SharedStorage> {
    Ok(match url {
        StorageUrl::Local(folder) => Arc::new(local::LocalStorage::open(folder).await?),
        StorageUrl::S3(settings) => Arc::new(s3::S3Storage::open(settings).await?),
    })
}

/// Longest key that the rows keep.
const KEY_MAX_BYTES: usize = 500;

/// True for an object's key whose parts do not start with a dot: hidden names belong to the store itself.
fn is_valid_key(key: &str) -> bool {
    key.len() <= KEY_MAX_BYTES
        && ObjectKey::parse(key).is_some_and(|key| key.parts().all(|part| !part.starts_with('.')))
}

fn refuse_bad_key(key: &str) -> Result<(), StorageError> {
    if is_valid_key(key) {
        Ok(())
    } else {
        Err(StorageError::Unavailable(anyhow::anyhow!("{key:?} is not a valid key")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is no key in any store stands beside [`ObjectKey`]; here is what only this one refuses.
    #[test]
    fn hidden_names_and_long_ones_are_no_keys_here() {
        let longest = "a".repeat(KEY_MAX_BYTES);
        for key in ["a", "pdfs/São Paulo/x.pdf", &longest] {
            assert!(is_valid_key(key), "{key}");
        }
        let long = format!("{longest}a");
        for key in ["a/.b", ".partial/x", &long] {
            assert!(ObjectKey::parse(key).is_some() && !is_valid_key(key), "{key}");
        }
        assert!(!is_valid_key("a/../b"));
    }
}
