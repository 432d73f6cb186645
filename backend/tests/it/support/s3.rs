//! A store that speaks S3.

use esteira::config::Vars;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;

/// The real protocol over a folder, signatures checked, and the settings that lead there.
pub async fn s3() -> (tempfile::TempDir, Vars) {
    let root = tempfile::tempdir().unwrap();
    let mut builder = S3ServiceBuilder::new(FileSystem::new(root.path()).unwrap());
    builder.set_auth(SimpleAuth::from_single("fake-access", "fake-secret"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                drop(builder.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
    let vars = [
        ("ESTEIRA_STORAGE_URL", format!("s3://beg?endpoint={endpoint}")),
        ("MINIO_ACCESS_KEY", "fake-access".to_owned()),
        ("MINIO_SECRET_KEY", "fake-secret".to_owned()),
    ];
    (root, vars.map(|(name, value)| (name.to_owned(), value)).into())
}
