//! Reading an archive.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read, Take},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{Context, SHA256};
use zstd::stream::read::Decoder;

use super::{
    manifest::{Document, Documents, FORMAT, Manifest, Table},
    refusal::{Refusal, damaged},
    seal::{self, Hashing},
    spool::Lines,
    value::Row,
};
use crate::db::known_migrations;

/// Of a manifest; ours has some 10 kB.
const MANIFEST_BYTES: u64 = 16 * 1024 * 1024;

/// An archive whose end fits the rest of it.
pub struct Archive {
    path: PathBuf,
    manifest: Manifest,
}

/// What is done with what an archive holds.
pub(super) trait Reader {
    /// Takes the rows of a table to their end.
    fn table(&mut self, table: &Table, next: &mut dyn FnMut() -> anyhow::Result<Option<Row>>) -> anyhow::Result<()>;

    /// Takes the bytes of a document to their end.
    fn document(&mut self, key: &str, bytes: &mut dyn Read) -> anyhow::Result<()>;
}

type Frame = Decoder<'static, BufReader<Take<BufReader<File>>>>;

impl Archive {
    /// Reads the whole file once, to find damage before anything is done.
    ///
    /// # Errors
    /// A [`Refusal`] when it is damaged, encrypted, no archive at all, or from a newer version.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        if super::crypt::is_encrypted(path)? {
            return Err(Refusal::Encrypted.into());
        }
        let mut archive = tar::Archive::new(frame(path)?);
        let mut first = archive.entries()?.next().ok_or(Refusal::NoArchive)?.map_err(damaged)?;
        anyhow::ensure!(
            first.path_bytes().as_ref() == Manifest::ENTRY.as_bytes(),
            Refusal::NoArchive
        );
        let mut text = Vec::new();
        first
            .by_ref()
            .take(MANIFEST_BYTES)
            .read_to_end(&mut text)
            .map_err(damaged)?;
        let manifest = read_manifest(&text)?;
        Ok(Self {
            path: path.to_owned(),
            manifest,
        })
    }

    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Reads everything in order and compares it with what the manifest says.
    pub(super) fn read(&self, reader: &mut dyn Reader) -> anyhow::Result<Documents> {
        let mut archive = tar::Archive::new(frame(&self.path)?);
        let mut tables = self.manifest.tables.iter();
        let mut seen = Seen::new();
        let mut documents = None;
        for entry in archive.entries()?.skip(1) {
            let mut entry = entry.map_err(damaged)?;
            let name = String::from_utf8(entry.path_bytes().into_owned()).map_err(damaged)?;
            if let Some(key) = name.strip_prefix(Document::FOLDER) {
                let mut bytes = Hashing::new(&mut entry);
                reader.document(key, &mut bytes)?;
                let (_, _, sha256) = bytes.finish();
                seen.add(key, &sha256);
            } else if name == Manifest::DOCUMENTS_ENTRY {
                documents = Some(listed(entry, &seen)?);
            } else {
                let table = tables.next().filter(|table| table.entry() == name);
                let table = table.ok_or_else(|| damaged(format!("{name} is not expected there")))?;
                read_table(table, entry, reader)?;
            }
        }
        if let Some(table) = tables.next() {
            return Err(damaged(format!("the rows of {} are missing", table.name)));
        }
        match documents {
            None if self.manifest.with_documents => Err(damaged("the list of documents is missing")),
            documents => Ok(documents.unwrap_or_default()),
        }
    }
}

fn frame(path: &Path) -> anyhow::Result<Frame> {
    Decoder::new(seal::checked(path)?).map_err(damaged)
}

fn read_manifest(text: &[u8]) -> anyhow::Result<Manifest> {
    #[derive(serde::Deserialize)]
    struct Newer {
        format: u32,
    }
    let Newer { format } = serde_json::from_slice(text).map_err(|_| Refusal::NoArchive)?;
    if format > FORMAT {
        return Err(Refusal::NewerFormat(format).into());
    }
    let manifest: Manifest = serde_json::from_slice(text).map_err(damaged)?;
    let known = known_migrations()?;
    match manifest.migrations.iter().find(|version| !known.contains(version)) {
        Some(unknown) => Err(Refusal::NewerSchema(unknown.clone()).into()),
        None => Ok(manifest),
    }
}

fn read_table(table: &Table, entry: impl Read, reader: &mut dyn Reader) -> anyhow::Result<()> {
    let mut entry = Hashing::new(entry);
    let mut rows = 0_u64;
    {
        let mut lines = Lines::new(&mut entry, table.columns.len());
        reader.table(table, &mut || {
            let row = lines.next().map_err(damaged)?;
            rows += u64::from(row.is_some());
            Ok(row)
        })?;
    }
    let (_, _, sha256) = entry.finish();
    if rows != table.rows || sha256 != table.sha256 {
        return Err(damaged(format!(
            "the rows of {} are not those of the manifest",
            table.name
        )));
    }
    Ok(())
}

/// The documents in the order in which they came, as one sum.
struct Seen {
    context: Context,
    count: u64,
}

impl Seen {
    fn new() -> Self {
        Self {
            context: Context::new(&SHA256),
            count: 0,
        }
    }

    fn add(&mut self, key: &str, sha256: &str) {
        self.context.update(key.as_bytes());
        self.context.update(b"\0");
        self.context.update(sha256.as_bytes());
        self.context.update(b"\n");
        self.count += 1;
    }
}

/// Compares the list of documents with those that came before it.
fn listed(entry: impl Read, seen: &Seen) -> anyhow::Result<Documents> {
    let (mut expected, mut documents) = (Seen::new(), Documents::default());
    for line in BufReader::new(entry).lines() {
        let document: Document = serde_json::from_str(&line.map_err(damaged)?).map_err(damaged)?;
        if document.missing {
            documents.missing += 1;
        } else {
            expected.add(&document.key, &document.sha256);
            documents.bytes += document.size_bytes;
        }
    }
    documents.count = expected.count;
    let sum = |seen: &Seen| seen.context.clone().finish().as_ref().to_vec();
    if expected.count != seen.count || sum(&expected) != sum(seen) {
        return Err(damaged("the documents are not those of the list"));
    }
    Ok(documents)
}
