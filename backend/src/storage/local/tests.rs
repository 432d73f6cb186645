#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::sync::Arc;

use futures_util::TryStreamExt as _;

use super::*;

struct Scratch {
    _folder: tempfile::TempDir,
    root: PathBuf,
    source: PathBuf,
    storage: Arc<LocalStorage>,
}

impl Scratch {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (root, source) = (folder.path().join("deep/storage"), folder.path().join("source"));
        let storage = Arc::new(LocalStorage::open(&root).await.unwrap());
        Self {
            _folder: folder,
            root,
            source,
            storage,
        }
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
        fs::write(&self.source, bytes).unwrap();
        self.storage.put_file(key, &self.source, "application/pdf").await
    }

    async fn read(&self, key: &str) -> Vec<u8> {
        let object = self.storage.get(key).await.unwrap();
        let bytes = object
            .body
            .try_fold(Vec::new(), async |all, chunk| Ok([all, chunk.to_vec()].concat()))
            .await
            .unwrap();
        assert_eq!(object.size_bytes, bytes.len() as u64);
        bytes
    }

    fn unfinished(&self) -> usize {
        fs::read_dir(self.root.join(PARTIAL)).unwrap().count()
    }
}

#[tokio::test]
async fn a_document_is_kept_replaced_and_removed() {
    let scratch = Scratch::new().await;
    let big = vec![7; 3 * CHUNK_BYTES + 1];
    scratch.put("pdfs/OI/a.pdf", b"one").await.unwrap();
    scratch.put("pdfs/OI/a.pdf", &big).await.unwrap();
    assert_eq!(scratch.read("pdfs/OI/a.pdf").await, big);
    assert_eq!(scratch.unfinished(), 0);
    scratch.storage.delete("pdfs/OI/a.pdf").await.unwrap();
    scratch.storage.delete("pdfs/OI/a.pdf").await.unwrap();
    scratch.storage.delete("pdfs/none/a.pdf").await.unwrap();
    assert!(matches!(
        scratch.storage.get("pdfs/OI/a.pdf").await,
        Err(StorageError::NotFound)
    ));
    scratch.storage.check().await.unwrap();
}

#[tokio::test]
async fn folders_and_strange_keys_are_no_documents() {
    let scratch = Scratch::new().await;
    scratch.put("pdfs/OI/a.pdf", b"one").await.unwrap();
    for key in [
        "pdfs",
        "pdfs/OI",
        "pdfs/OI/a.pdf/b",
        "../source",
        "/etc/hostname",
        ".partial/x",
        "",
    ] {
        assert!(
            matches!(scratch.storage.get(key).await, Err(StorageError::NotFound)),
            "{key}"
        );
    }
    for key in ["../escaped", "/tmp/escaped", "a/../../escaped", ""] {
        assert!(
            matches!(scratch.put(key, b"x").await, Err(StorageError::Unavailable(_))),
            "{key}"
        );
        assert!(
            matches!(scratch.storage.delete(key).await, Err(StorageError::Unavailable(_))),
            "{key}"
        );
    }
    assert!(!scratch.root.parent().unwrap().join("escaped").exists());
    assert!(scratch.storage.list("../").await.is_err());
}

#[tokio::test]
async fn a_prefix_lists_keys_in_order_and_nothing_hidden() {
    let scratch = Scratch::new().await;
    for key in ["pdfs/VIVO/b.pdf", "pdfs/VIVO/a.pdf", "pdfs/OI/c.pdf", "top.pdf"] {
        scratch.put(key, key.as_bytes()).await.unwrap();
    }
    fs::write(scratch.root.join(PARTIAL).join("left"), "half").unwrap();
    let all = scratch.storage.list("").await.unwrap();
    assert_eq!(all, ["pdfs/OI/c.pdf", "pdfs/VIVO/a.pdf", "pdfs/VIVO/b.pdf", "top.pdf"]);
    assert_eq!(scratch.storage.list("pdfs/VIVO/").await.unwrap(), all[1..3]);
    assert_eq!(scratch.storage.list("pdfs/VIVO/b").await.unwrap(), all[2..3]);
    assert_eq!(scratch.storage.list("pd").await.unwrap(), all[..3]);
    assert!(scratch.storage.list("none/").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_failed_put_leaves_the_old_document_and_no_remains() {
    let scratch = Scratch::new().await;
    scratch.put("a.pdf", b"old").await.unwrap();
    let missing = scratch.root.join("no such file");
    assert!(
        scratch
            .storage
            .put_file("a.pdf", &missing, "application/pdf")
            .await
            .is_err()
    );
    // A folder in the way makes the rename fail after the copy was written.
    scratch.put("folder/a.pdf", b"inside").await.unwrap();
    assert!(matches!(
        scratch.put("folder", b"new").await,
        Err(StorageError::Unavailable(_))
    ));
    assert_eq!(scratch.read("a.pdf").await, b"old");
    assert_eq!(scratch.unfinished(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_one_version_or_the_other_while_writers_race() {
    let scratch = Scratch::new().await;
    let versions: Vec<Vec<u8>> = (0..4_u8).map(|version| vec![version; 200_000]).collect();
    scratch.put("x/a.pdf", &versions[0]).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for (number, version) in versions.iter().enumerate() {
        let (source, storage) = (
            scratch.source.with_extension(number.to_string()),
            scratch.storage.clone(),
        );
        fs::write(&source, version).unwrap();
        writers.spawn(async move {
            for _ in 0..5 {
                storage.put_file("x/a.pdf", &source, "application/pdf").await.unwrap();
            }
        });
    }
    for _ in 0..20 {
        let seen = scratch.read("x/a.pdf").await;
        assert!(versions.contains(&seen), "{} bytes of mixed versions", seen.len());
    }
    writers.join_all().await;
    assert_eq!(scratch.unfinished(), 0);
}

#[tokio::test]
async fn a_folder_that_went_away_is_reported_and_not_made_again() {
    let scratch = Scratch::new().await;
    fs::remove_dir_all(&scratch.root).unwrap();
    assert!(scratch.storage.check().await.is_err());
    assert!(matches!(
        scratch.put("a.pdf", b"x").await,
        Err(StorageError::Unavailable(_))
    ));
    assert!(!scratch.root.exists());
}

#[tokio::test]
async fn remains_of_dead_processes_are_swept_at_opening() {
    let scratch = Scratch::new().await;
    let (old, young) = (
        scratch.root.join(PARTIAL).join("old"),
        scratch.root.join(PARTIAL).join("young"),
    );
    fs::write(&old, "half").unwrap();
    fs::write(&young, "half").unwrap();
    let modified = std::time::SystemTime::now() - PARTIAL_KEPT - Duration::from_secs(60);
    File::options()
        .write(true)
        .open(&old)
        .unwrap()
        .set_modified(modified)
        .unwrap();
    LocalStorage::open(&scratch.root).await.unwrap();
    assert!(!old.exists() && young.exists());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "in the way").unwrap();
    let error = LocalStorage::open(&folder.path().join("file/storage"))
        .await
        .err()
        .unwrap();
    assert!(
        format!("{error:#}").contains("cannot create the storage folder"),
        "{error:#}"
    );
}
