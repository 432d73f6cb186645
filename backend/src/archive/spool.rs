//! The rows of a table on their way into an archive: a tar file says how long an entry is before the entry.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek as _, Write as _},
    path::Path,
};

use zstd::stream::{read::Decoder, write::Encoder};

use super::{
    LOOK_EVERY, Tables,
    catalogue::Found,
    make::Work,
    manifest::Table,
    seal::Hashing,
    value::{self, Row},
};

/// Fast rather than small: it is read once and gone.
const LEVEL: i32 = 1;

/// A file without a name, which goes with the program.
pub(super) struct Spool {
    file: File,
    bytes: u64,
}

impl Spool {
    /// Of its lines.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its lines from the first on.
    pub(super) fn lines(&mut self) -> anyhow::Result<Decoder<'static, BufReader<&File>>> {
        self.file.rewind()?;
        Ok(Decoder::new(&self.file)?)
    }
}

/// Reads a table to its end, and says what is in it.
pub(super) fn spool(
    tables: &mut dyn Tables,
    found: Found,
    folder: &Path,
    work: &Work<'_>,
) -> anyhow::Result<(Table, Spool)> {
    let mut table = Table {
        name: found.name,
        columns: found.columns,
        key: found.key,
        rows: 0,
        sha256: String::new(),
    };
    let file = tempfile::tempfile_in(folder)?;
    let mut out = Hashing::new(Encoder::new(BufWriter::new(file), LEVEL)?);
    let (mut line, mut rows) = (Vec::new(), 0_u64);
    tables.rows(&table, &mut |row: Row| {
        line.clear();
        value::write_line(&row, &mut line)?;
        out.write_all(&line)?;
        rows += 1;
        if rows.is_multiple_of(LOOK_EVERY) {
            work.look()?;
        }
        Ok(())
    })?;
    let (encoder, bytes, sha256) = out.finish();
    let file = encoder
        .finish()?
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    (table.rows, table.sha256) = (rows, sha256);
    Ok((table, Spool { file, bytes }))
}

/// Splits what is read into rows.
pub(super) struct Lines<R> {
    from: BufReader<R>,
    columns: usize,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(from: R, columns: usize) -> Self {
        Self {
            from: BufReader::new(from),
            columns,
            line: Vec::new(),
        }
    }

    /// The next row, if there is another.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Row>> {
        use std::io::BufRead as _;
        self.line.clear();
        if self.from.read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        value::read_line(&self.line, self.columns).map(Some)
    }
}
