//! An S3 server for tests and development: the real protocol, signatures checked, over a folder.
//!
//! ```text
//! s3_server --root DIR [--port N] [--bucket NAME]...
//! ```
//! Prints one line, `listening on http://127.0.0.1:PORT`, when it accepts connections. Port 0 takes a free one.
//! The key pair is the one printed in public documentation as an example, and opens nothing else.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[derive(Parser)]
struct Arguments {
    /// Folder with one sub-folder per bucket; made when missing
    #[arg(long)]
    root: PathBuf,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// Buckets to make at the start
    #[arg(long, default_value = "beg")]
    bucket: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    for bucket in &arguments.bucket {
        let folder = arguments.root.join(bucket);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let files = FileSystem::new(&arguments.root)
        .map_err(|error| anyhow::anyhow!("cannot serve {}: {error:?}", arguments.root.display()))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = builder.build();

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("access key {ACCESS_KEY}, secret key {SECRET_KEY}");

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted?.0,
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
        };
        let service = service.clone();
        tokio::spawn(async move {
            // A client that hangs up in the middle is an ordinary event here.
            let _ = Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
