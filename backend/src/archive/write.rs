//! Writing an archive.

use std::{
    fs::{File, OpenOptions},
    io::{BufReader, BufWriter, IntoInnerError, Read, Seek as _, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use tar::{Builder, EntryType, Header};
use tokio::runtime::Handle;
use zstd::stream::write::Encoder;

use super::{
    Tables, catalogue,
    documents::{self, Fetching},
    make::{Order, Step, Work},
    manifest::{Document, Documents, FORMAT, Manifest, Table},
    seal::{self, Hashing},
    spool::{self, Spool},
};

/// Small enough, at some 300 MB in a second.
const LEVEL: i32 = 3;

/// An archive that was written.
pub(super) struct Written {
    pub(super) manifest: Manifest,
    pub(super) documents: Documents,
    pub(super) size_bytes: u64,
    pub(super) sha256: String,
}

type Tar = Builder<Encoder<'static, Hashing<BufWriter<File>>>>;

/// Writes what the tables hold into a new file, and has it on the disk.
pub(super) fn write(
    tables: &mut dyn Tables,
    order: &Order,
    to: &Path,
    folder: &Path,
    here: &Handle,
    work: &Work<'_>,
) -> anyhow::Result<Written> {
    let migrations = tables.migrations()?;
    let mut spooled = Vec::new();
    for found in catalogue::moving(tables.catalogue()?)? {
        work.look()?;
        work.step(Step::Reading(found.name.clone()));
        spooled.push(spool::spool(tables, found, folder, work)?);
    }
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: order.created_at,
        database: order.database().to_owned(),
        migrations,
        key_id: order.key_id.clone(),
        tables: spooled.iter().map(|(table, _)| table.clone()).collect(),
        with_documents: order.documents.is_some(),
    };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let mut frame = Encoder::new(Hashing::new(BufWriter::new(file)), LEVEL)?;
    frame.include_checksum(true)?;
    let mut entries = Entries {
        tar: Builder::new(frame),
        mtime: u64::try_from(order.created_at.timestamp()).unwrap_or_default(),
    };
    let description = serde_json::to_vec_pretty(&manifest)?;
    entries.add(Manifest::ENTRY, description.len() as u64, description.as_slice())?;
    for (table, spool) in &mut spooled {
        work.look()?;
        entries.add(&table.entry(), spool.bytes(), spool.lines()?)?;
    }
    let documents = match &order.documents {
        Some(storage) => {
            let mut fetching = Fetching {
                storage: storage.clone(),
                here,
                folder,
                work,
                total: 0,
                so_far: Documents::default(),
            };
            entries.add_documents(&mut spooled, &mut fetching)?
        }
        None => Documents::default(),
    };
    let (size_bytes, sha256) = entries.finish()?;
    Ok(Written {
        manifest,
        documents,
        size_bytes,
        sha256,
    })
}

struct Entries {
    tar: Tar,
    mtime: u64,
}

impl Entries {
    fn add(&mut self, name: &str, bytes: u64, from: impl Read) -> anyhow::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(self.mtime);
        self.tar.append_data(&mut header, name, from)?;
        Ok(())
    }

    /// Each document that the rows name, then the list of them.
    fn add_documents(
        &mut self,
        tables: &mut [(Table, Spool)],
        fetching: &mut Fetching<'_>,
    ) -> anyhow::Result<Documents> {
        documents::named(tables, &mut |_| {
            fetching.total += 1;
            Ok(())
        })?;
        // Not in memory: there may be a million of them.
        let mut index = BufWriter::new(tempfile::tempfile_in(fetching.folder)?);
        documents::named(tables, &mut |document| {
            let file = fetching.fetch(&document)?;
            let listed = Document {
                missing: file.is_none(),
                ..document
            };
            if let Some(file) = file {
                self.add(&listed.entry(), listed.size_bytes, file)?;
            }
            serde_json::to_writer(&mut index, &listed)?;
            index.write_all(b"\n")?;
            Ok(())
        })?;
        let mut index = index.into_inner().map_err(IntoInnerError::into_error)?;
        let bytes = index.stream_position()?;
        index.rewind()?;
        self.add(Manifest::DOCUMENTS_ENTRY, bytes, BufReader::new(index))?;
        Ok(fetching.so_far)
    }

    /// The size and the SHA-256 of the whole file.
    fn finish(self) -> anyhow::Result<(u64, String)> {
        let mut out = self.tar.into_inner()?.finish()?;
        seal::write(&mut out)?;
        out.flush()?;
        let (file, bytes, sha256) = out.finish();
        let file = file.into_inner().map_err(IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok((bytes, sha256))
    }
}
