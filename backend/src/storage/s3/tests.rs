#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::{path::PathBuf, time::Instant};

use futures_util::TryStreamExt as _;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn settings(endpoint: String, secret: &str) -> S3Settings {
    S3Settings {
        bucket: "beg".to_owned(),
        endpoint: Some(endpoint),
        region: "us-east-1".to_owned(),
        keys: Some((ACCESS_KEY.to_owned(), secret.to_owned().into())),
        patience: Duration::from_secs(30),
    }
}

/// Without a look at the bucket.
async fn unopened(endpoint: String) -> S3Storage {
    S3Storage::new(&settings(endpoint, SECRET_KEY)).await
}

/// The real protocol over a folder, signatures checked.
async fn serve_s3() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let _ = auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    (folder, endpoint)
}

fn file(folder: &tempfile::TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("source");
    std::fs::write(&path, bytes).unwrap();
    path
}

async fn read(storage: &S3Storage, key: &str) -> Vec<u8> {
    let object = storage.get(key).await.unwrap();
    let bytes = object
        .body
        .try_fold(Vec::new(), async |all, chunk| Ok([all, chunk.to_vec()].concat()))
        .await
        .unwrap();
    assert_eq!(object.size_bytes, bytes.len() as u64);
    bytes
}

#[tokio::test]
async fn a_missing_bucket_is_made_and_documents_go_round() {
    let (folder, endpoint) = serve_s3().await;
    let source = tempfile::tempdir().unwrap();
    let storage = S3Storage::open(&settings(endpoint.clone(), SECRET_KEY)).await.unwrap();
    assert!(folder.path().join("beg").is_dir());
    let big: Vec<u8> = (0..3_000_000_u32)
        .map(|n| n.to_le_bytes())
        .map(|[byte, ..]| byte)
        .collect();
    for (key, bytes) in [
        ("pdfs/OI/a b+ç.pdf", &b"one"[..]),
        ("pdfs/VIVO/b.pdf", &big),
        ("pdfs/VIVO/a.pdf", b"two"),
    ] {
        storage
            .put_file(key, &file(&source, bytes), "application/pdf")
            .await
            .unwrap();
        assert_eq!(read(&storage, key).await, bytes, "{key}");
    }
    storage
        .put_file("pdfs/VIVO/a.pdf", &file(&source, b"three"), "application/pdf")
        .await
        .unwrap();
    assert_eq!(read(&storage, "pdfs/VIVO/a.pdf").await, b"three");
    assert_eq!(
        storage.list("pdfs/VIVO/").await.unwrap(),
        ["pdfs/VIVO/a.pdf", "pdfs/VIVO/b.pdf"]
    );
    assert_eq!(storage.list("").await.unwrap().len(), 3);
    assert!(storage.list("none/").await.unwrap().is_empty());
    storage.check().await.unwrap();

    storage.delete("pdfs/VIVO/a.pdf").await.unwrap();
    storage.delete("pdfs/VIVO/a.pdf").await.unwrap();
    assert!(matches!(
        storage.get("pdfs/VIVO/a.pdf").await,
        Err(StorageError::NotFound)
    ));
    assert!(matches!(storage.get("../beg").await, Err(StorageError::NotFound)));

    // A second opening finds the bucket and what is in it.
    let again = S3Storage::open(&settings(endpoint, SECRET_KEY)).await.unwrap();
    assert_eq!(again.list("").await.unwrap().len(), 2);
    std::fs::remove_dir_all(folder.path().join("beg")).unwrap();
    assert!(matches!(again.list("").await, Err(StorageError::Unavailable(_))));
    assert!(matches!(again.check().await, Err(StorageError::Unavailable(_))));
}

#[tokio::test]
async fn more_than_one_page_is_listed() {
    let (folder, endpoint) = serve_s3().await;
    let storage = S3Storage::open(&settings(endpoint, SECRET_KEY)).await.unwrap();
    for number in 0..1_234 {
        std::fs::write(folder.path().join(format!("beg/{number:04}.pdf")), "x").unwrap();
    }
    let keys = storage.list("").await.unwrap();
    assert_eq!((keys.len(), keys.last().map(String::as_str)), (1_234, Some("1233.pdf")));
}

#[tokio::test]
async fn wrong_keys_are_refused_with_the_reason() {
    let (_folder, endpoint) = serve_s3().await;
    let error = S3Storage::open(&settings(endpoint, "wrong")).await.err().unwrap();
    let text = format!("{error:#}");
    assert!(text.contains("the S3 keys give no access to the bucket beg"), "{text}");
    assert!(!text.contains("wrong"), "{text}");
}

#[tokio::test]
async fn an_address_where_nobody_listens_fails_soon() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let started = Instant::now();
    let error = S3Storage::open(&settings(endpoint.clone(), SECRET_KEY))
        .await
        .err()
        .unwrap();
    assert!(
        format!("{error:#}").contains("cannot reach the bucket beg"),
        "{error:#}"
    );
    let storage = unopened(endpoint).await;
    assert!(matches!(storage.check().await, Err(StorageError::Unavailable(_))));
    assert!(matches!(storage.get("a.pdf").await, Err(StorageError::Unavailable(_))));
    // Three refused connections with pauses; far from the time-outs even on a busy machine.
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

/// Answers each connection with the same bytes, then closes it.
async fn serve_bytes(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 8_192]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    endpoint
}

#[tokio::test]
async fn a_document_cut_in_the_middle_is_an_error_and_never_shorter() {
    let endpoint = serve_bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n%PDF-1.7 and no more").await;
    let storage = unopened(endpoint).await;
    let object = storage.get("a.pdf").await.unwrap();
    assert_eq!(object.size_bytes, 1000);
    assert!(object.body.try_collect::<Vec<_>>().await.is_err());
}

#[tokio::test]
async fn without_its_bucket_the_store_is_broken_and_documents_are_not_merely_missing() {
    let endpoint = serve_bytes(
        b"HTTP/1.1 404 Not Found\r\ncontent-type: application/xml\r\ncontent-length: 40\r\nconnection: close\r\n\r\n\
          <Error><Code>NoSuchBucket</Code></Error>",
    );
    let storage = unopened(endpoint.await).await;
    assert!(matches!(storage.get("a.pdf").await, Err(StorageError::Unavailable(_))));
}

#[tokio::test]
async fn the_analyst_reads_in_portuguese_why_the_file_of_a_robot_cannot_be_had() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let forbidden = serve_bytes(
        b"HTTP/1.1 403 Forbidden\r\ncontent-type: application/xml\r\ncontent-length: 40\r\nconnection: close\r\n\r\n\
          <Error><Code>AccessDenied</Code></Error>",
    );
    let down = serve_bytes(b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let stores = [
        (nobody, "não houve conexão com ele"),
        (forbidden.await, "ele recusa as chaves deste servidor, resposta 403"),
        (down.await, "resposta 503"),
    ];
    for (endpoint, why) in stores {
        let files = S3Reader::open(&settings(endpoint, SECRET_KEY)).await;
        let address = ObjectAddress::parse("s3://robos/a.pdf").unwrap();
        let Err(StorageError::Unavailable(error)) = files.get(&address).await else {
            panic!("{why}: a file where there is none");
        };
        let said = format!("Não foi possível buscar o arquivo no S3 dos robôs ({why}).");
        assert_eq!(error.to_string(), said);
        // For the server's log.
        assert!(format!("{error:#}").contains("S3 get failed: "), "{error:#}");
    }
}

#[tokio::test]
async fn a_store_that_answers_503_is_unavailable() {
    let endpoint = serve_bytes(b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let storage = unopened(endpoint).await;
    let source = tempfile::tempdir().unwrap();
    let put = storage
        .put_file("a.pdf", &file(&source, b"%PDF-1.7"), "application/pdf")
        .await;
    assert!(matches!(put, Err(StorageError::Unavailable(_))), "{put:?}");
    assert!(matches!(storage.check().await, Err(StorageError::Unavailable(_))));
}

/// A second for every call, beside the second for each MiB.
async fn impatient(endpoint: String) -> S3Storage {
    let patience = Duration::from_secs(1);
    S3Storage::new(&S3Settings {
        patience,
        ..settings(endpoint, SECRET_KEY)
    })
    .await
}

/// Takes connections and never reads, or reads and never answers.
async fn serve_silence(reads: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if reads {
                tokio::spawn(async move { tokio::io::copy(&mut stream, &mut tokio::io::sink()).await });
            } else {
                held.push(stream);
            }
        }
    });
    endpoint
}

#[tokio::test]
async fn a_store_that_never_answers_is_away_in_its_time() {
    // Twice what is allowed, for a busy machine.
    let soon = Duration::from_secs(8);
    let source = tempfile::tempdir().unwrap();
    let large = file(&source, &vec![b'x'; 3 * 1024 * 1024]);
    for reads in [true, false] {
        let storage = impatient(serve_silence(reads).await).await;
        let asked = Instant::now();
        let put = storage.put_file("a.pdf", &large, "application/pdf").await;
        assert!(matches!(put, Err(StorageError::Unavailable(_))), "{put:?}");
        assert!(asked.elapsed() < soon, "put: {:?}", asked.elapsed());

        let asked = Instant::now();
        assert!(matches!(storage.get("a.pdf").await, Err(StorageError::Unavailable(_))));
        assert!(matches!(storage.list("").await, Err(StorageError::Unavailable(_))));
        assert!(matches!(
            storage.delete("a.pdf").await,
            Err(StorageError::Unavailable(_))
        ));
        assert!(matches!(storage.check().await, Err(StorageError::Unavailable(_))));
        assert!(asked.elapsed() < soon, "the others: {:?}", asked.elapsed());
    }
}

/// Promises a document of 1,000 bytes and sends one now and then.
async fn serve_drops() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 8_192]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
                .await;
            let mut drops = tokio::time::interval(Duration::from_millis(50));
            while stream.write_all(b"x").await.is_ok() {
                drops.tick().await;
            }
        }
    });
    endpoint
}

#[tokio::test]
async fn a_document_that_trickles_in_breaks_off() {
    let storage = impatient(serve_drops().await).await;
    let asked = Instant::now();
    let object = storage.get("a.pdf").await.unwrap();
    let read = object.body.try_collect::<Vec<_>>().await;
    let kind = read.err().map(|error| error.kind());
    assert_eq!(kind, Some(io::ErrorKind::TimedOut));
    // At its pace it would take 50 s.
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
}
