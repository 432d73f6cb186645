//! What a document costs on its way out: `cargo xtask bench documents`.
//!
//! `bench_documents`, with the settings of a server in the environment. Before a byte of a document leaves, all of it is
//! copied from the store and compared with its row. This times that beside the store alone, and with giving it out.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a tool for developers may stop at the unexpected"
)]

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use esteira::{
    app::App,
    applications,
    config::Config,
    processes::{document::Document, outgoing},
    secrets::sha256_hex,
};
use esteira_shared::ids::{DocumentId, OrganizationId, ProcessId};
use futures_util::{Stream, TryStreamExt as _};
use uuid::Uuid;

/// Bytes, and how often.
const SIZES: [(usize, usize); 3] = [(100 << 10, 200), (5 << 20, 40), (50 << 20, 10)];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_process().map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let app = applications::start(config).await?;
    println!(
        "{:>12} {:>12} {:>16} {:>12}  (median, ms)",
        "bytes", "store alone", "copied, compared", "given out"
    );
    for (size, times) in SIZES {
        let document = stored(&app, size).await?;
        let mut took: [Vec<Duration>; 3] = Default::default();
        // The first one warms up.
        for round in 0..=times {
            let now = [
                from_store(&app, &document).await?,
                compared(&app, &document).await?,
                given_out(&app, &document).await?,
            ];
            if round > 0 {
                took.iter_mut().zip(now).for_each(|(all, one)| all.push(one));
            }
        }
        let [store, copied, given] = took.map(median);
        println!("{size:>12} {store:>12.2} {copied:>16.2} {given:>12.2}");
    }
    Ok(())
}

/// A document of so many bytes in the store, with the row that it would have.
async fn stored(app: &App, size: usize) -> anyhow::Result<Document> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let bytes: Vec<u8> = (0..size).map(|_| next()).collect();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("document");
    std::fs::write(&path, &bytes)?;
    let key = format!("bench/{size}.pdf");
    app.storage.put_file(&key, &path, "application/pdf").await?;
    Ok(Document {
        id: DocumentId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        process_id: ProcessId(Uuid::nil()),
        number: 1,
        filename: "bench.pdf".to_owned(),
        storage_key: key,
        size_bytes: i64::try_from(size)?,
        pages: 1,
        sha256: sha256_hex(&bytes),
        uploaded_by: String::new(),
        created_at: app.clock.now(),
        damaged_at: None,
    })
}

async fn from_store(app: &App, document: &Document) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let object = app.storage.get(&document.storage_key).await?;
    drain(object.body, document).await?;
    Ok(began.elapsed())
}

async fn compared(app: &App, document: &Document) -> anyhow::Result<Duration> {
    let began = Instant::now();
    outgoing::open(app, document).await.context("it is whole")?;
    Ok(began.elapsed())
}

async fn given_out(app: &App, document: &Document) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let outgoing = outgoing::open(app, document).await.context("it is whole")?;
    drain(outgoing.into_stream(), document).await?;
    Ok(began.elapsed())
}

async fn drain<B: AsRef<[u8]>>(
    mut body: impl Stream<Item = std::io::Result<B>> + Unpin,
    document: &Document,
) -> anyhow::Result<()> {
    let mut seen = 0;
    while let Some(chunk) = body.try_next().await? {
        seen += chunk.as_ref().len();
    }
    ensure!(i64::try_from(seen)? == document.size_bytes, "{seen} bytes came");
    Ok(())
}

fn median(mut all: Vec<Duration>) -> f64 {
    all.sort_unstable();
    all[all.len() / 2].as_secs_f64() * 1e3
}
