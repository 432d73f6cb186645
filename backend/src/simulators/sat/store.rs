//! What the simulator keeps: one document per idempotency key.
//!
//! A document is the pair `<digest of the key>.pdf` and `.json`; the second is written last, so that a document without
//! it never arrived.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::{NamedTempFile, TempDir};

use crate::secrets::sha256_hex;

const PARTIAL: &str = ".partial-";

/// A document that arrived.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptDocument {
    pub idempotency_key: String,
    pub protocolo: String,
    pub sha256: String,
    pub filename: String,
    pub tamanho_bytes: u64,
    pub recebido_em: DateTime<Utc>,
    /// Requests that brought this key, failed ones too.
    pub tentativas: u32,
    pub metadados: Value,
}

pub(super) enum Kept {
    New(KeptDocument),
    Before(KeptDocument),
    OtherBytes,
}

#[derive(Clone)]
pub(super) struct Store {
    folder: Arc<Folder>,
    index: Arc<Mutex<Index>>,
}

enum Folder {
    Given(PathBuf),
    Temporary(TempDir),
}

#[derive(Default)]
struct Index {
    documents: HashMap<String, KeptDocument>,
    /// Of keys without a document, too.
    attempts: HashMap<String, u32>,
}

impl Store {
    pub(super) fn open(folder: Option<&Path>) -> anyhow::Result<Self> {
        let folder = match folder {
            Some(folder) => Folder::Given(folder.to_owned()),
            None => Folder::Temporary(TempDir::with_prefix("esteira-sat-").context("no temporary folder")?),
        };
        let path = folder.path();
        fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
        let index = read_index(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self {
            folder: Arc::new(folder),
            index: Arc::new(Mutex::new(index)),
        })
    }

    /// A file to receive a body in, on the same volume as the documents.
    pub(super) async fn receive(&self) -> anyhow::Result<NamedTempFile> {
        self.run(|folder, _| Ok(NamedTempFile::with_prefix_in(PARTIAL, folder)?))
            .await
    }

    /// Counts one more request with this key, from 1.
    pub(super) async fn attempt(&self, key: &str) -> anyhow::Result<u32> {
        let key = key.to_owned();
        self.run(move |folder, index| {
            let attempt = index.attempts.entry(key.clone()).or_default();
            *attempt += 1;
            let attempt = *attempt;
            if let Some(document) = index.documents.get_mut(&key) {
                document.tentativas = attempt;
                write_record(folder, document)?;
            }
            Ok(attempt)
        })
        .await
    }

    pub(super) async fn find(&self, key: &str) -> anyhow::Result<Option<KeptDocument>> {
        let key = key.to_owned();
        self.run(move |_, index| Ok(index.documents.get(&key).cloned())).await
    }

    /// Keeps a received body, unless the key is known.
    pub(super) async fn keep(&self, document: KeptDocument, file: NamedTempFile) -> anyhow::Result<Kept> {
        self.run(move |folder, index| {
            if let Some(before) = index.documents.get(&document.idempotency_key) {
                let same = before.sha256 == document.sha256;
                return Ok(if same {
                    Kept::Before(before.clone())
                } else {
                    Kept::OtherBytes
                });
            }
            file.as_file().sync_all()?;
            file.persist(path_of(folder, &document.idempotency_key, "pdf"))?;
            write_record(folder, &document)?;
            index
                .documents
                .insert(document.idempotency_key.clone(), document.clone());
            Ok(Kept::New(document))
        })
        .await
    }

    pub(super) async fn list(&self) -> anyhow::Result<Vec<KeptDocument>> {
        let mut documents: Vec<_> = self
            .run(|_, index| Ok(index.documents.values().cloned().collect::<Vec<_>>()))
            .await?;
        documents.sort_by(|a, b| (a.recebido_em, &a.idempotency_key).cmp(&(b.recebido_em, &b.idempotency_key)));
        Ok(documents)
    }

    /// Documents, and the requests that were made for them or for others that never arrived.
    pub(super) async fn count(&self) -> anyhow::Result<(usize, u64)> {
        self.run(|_, index| {
            let attempts = index.attempts.values().copied().map(u64::from).sum();
            Ok((index.documents.len(), attempts))
        })
        .await
    }

    pub(super) async fn clear(&self) -> anyhow::Result<usize> {
        self.run(|folder, index| {
            for key in index.documents.keys() {
                fs::remove_file(path_of(folder, key, "json"))?;
                fs::remove_file(path_of(folder, key, "pdf"))?;
            }
            Ok(std::mem::take(index).documents.len())
        })
        .await
    }

    /// Does file work under the lock, where it may wait.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path, &mut Index) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let store = self.clone();
        let locked = move || {
            let mut index = store.index.lock().unwrap_or_else(PoisonError::into_inner);
            work(store.folder.path(), &mut index)
        };
        tokio::task::spawn_blocking(locked).await?
    }
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

fn path_of(folder: &Path, key: &str, extension: &str) -> PathBuf {
    folder.join(sha256_hex(key.as_bytes())).with_extension(extension)
}

fn write_record(folder: &Path, document: &KeptDocument) -> anyhow::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(PARTIAL, folder)?;
    file.write_all(&serde_json::to_vec_pretty(document)?)?;
    file.as_file().sync_all()?;
    file.persist(path_of(folder, &document.idempotency_key, "json"))?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn read_index(folder: &Path) -> anyhow::Result<Index> {
    let mut index = Index::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(PARTIAL) {
            fs::remove_file(&path)?;
        } else if name.ends_with(".json") {
            let document: KeptDocument =
                serde_json::from_slice(&fs::read(&path)?).with_context(|| format!("{name} is damaged"))?;
            index
                .attempts
                .insert(document.idempotency_key.clone(), document.tentativas);
            index.documents.insert(document.idempotency_key.clone(), document);
        }
    }
    Ok(index)
}
