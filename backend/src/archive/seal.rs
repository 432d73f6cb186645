//! The end of an archive: the SHA-256 of all before it, in a frame that readers of zstd skip. So one wrong bit anywhere is
//! found before anything is restored, also when it would change nothing that is read.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek as _, SeekFrom, Write},
    path::Path,
};

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};

use super::refusal::Refusal;
use crate::secrets::hex;

/// A skippable frame of zstd, and how long it is.
const HEAD: [u8; 8] = [0x50, 0x2a, 0x4d, 0x18, 32, 0, 0, 0];
const BYTES: u64 = (HEAD.len() + SHA256_OUTPUT_LEN) as u64;

/// Writes on and keeps the SHA-256 of what went by.
pub(super) struct Hashing<W> {
    inner: W,
    context: Context,
    bytes: u64,
}

impl<W> Hashing<W> {
    pub(super) fn new(inner: W) -> Self {
        Self {
            inner,
            context: Context::new(&SHA256),
            bytes: 0,
        }
    }

    /// What it wrote to, how much, and its SHA-256 in hexadecimal.
    pub(super) fn finish(self) -> (W, u64, String) {
        (self.inner, self.bytes, hex(self.context.finish().as_ref()))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.context.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads on and keeps the same.
impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.context.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Ends an archive.
pub(super) fn write<W: Write>(out: &mut Hashing<W>) -> io::Result<()> {
    let sum = out.context.clone().finish();
    out.write_all(&HEAD)?;
    out.write_all(sum.as_ref())
}

/// Checks the end of an archive, and gives what stands before it.
///
/// # Errors
/// [`Refusal::NoArchive`] without an end, [`Refusal::Damaged`] when it does not fit the rest.
pub(super) fn checked(path: &Path) -> anyhow::Result<io::Take<BufReader<File>>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len().checked_sub(BYTES).ok_or(Refusal::NoArchive)?;
    let mut end = [0; BYTES as usize];
    file.seek(SeekFrom::Start(size))?;
    file.read_exact(&mut end)?;
    let (head, expected) = end.split_at(HEAD.len());
    if head != HEAD {
        return Err(Refusal::NoArchive.into());
    }
    file.rewind()?;
    let mut all = Hashing::new((&file).take(size));
    io::copy(&mut all, &mut io::sink())?;
    let (_, read, found) = all.finish();
    if read != size || found != hex(expected) {
        return Err(Refusal::Damaged("its SHA-256 is not the one at its end".to_owned()).into());
    }
    file.rewind()?;
    Ok(BufReader::new(file).take(size))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may fail by panicking"
    )]

    use super::*;

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        let mut out = Hashing::new(Vec::new());
        out.write_all(bytes).unwrap();
        write(&mut out).unwrap();
        out.finish().0
    }

    fn check(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let mut before = Vec::new();
        match checked(file.path()) {
            Ok(mut reader) => reader
                .read_to_end(&mut before)
                .map(|_| before)
                .map_err(|_| Refusal::NoArchive),
            Err(error) => Err(Refusal::of(&error).unwrap().clone()),
        }
    }

    #[test]
    fn every_bit_and_every_byte_at_the_end_counts() {
        let whole = sealed(b"rows");
        assert_eq!(check(&whole).unwrap(), b"rows");
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&flipped).is_err(), "bit {bit}");
        }
        for length in 0..whole.len() {
            assert!(check(&whole[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn readers_of_zstd_skip_it() {
        let frame = zstd::stream::encode_all(&b"rows"[..], 3).unwrap();
        let whole = sealed(&frame);
        assert_eq!(zstd::stream::decode_all(&whole[..]).unwrap(), b"rows");
    }
}
