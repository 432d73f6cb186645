//! Builds PDFs by hand, in every way a file may be put together.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write as _;

pub(super) fn zip(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub(super) struct Builder {
    pub(super) bytes: Vec<u8>,
    /// Number and offset.
    pub(super) placed: Vec<(u32, usize)>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            bytes: b"%PDF-1.5\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            placed: Vec::new(),
        }
    }

    pub(super) fn object(mut self, number: u32, body: impl AsRef<[u8]>) -> Self {
        self.placed.push((number, self.bytes.len()));
        self.raw(format!("{number} 0 obj\n")).raw(body).raw("\nendobj\n")
    }

    pub(super) fn stream(self, number: u32, dict: &str, data: &[u8]) -> Self {
        let mut body = format!("<</Length {}{dict}>>\nstream\r\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(number, body)
    }

    /// `members` as compressed objects.
    pub(super) fn object_stream(self, number: u32, members: &[(u32, &str)]) -> Self {
        let mut head = String::new();
        let mut body = String::new();
        for (member, value) in members {
            head += &format!("{member} {} ", body.len());
            body += &format!("{value}\n");
        }
        let dict = format!(
            "/Type/ObjStm/N {}/First {}/Filter/FlateDecode",
            members.len(),
            head.len()
        );
        self.stream(number, &dict, &zip((head + &body).as_bytes()))
    }

    pub(super) fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// Ends the file with a table of what was placed since the last one.
    pub(super) fn table(mut self, trailer: &str) -> Self {
        let start = self.bytes.len();
        let mut out = String::from("xref\n0 1\n0000000000 65535 f \n");
        for (number, offset) in self.placed.drain(..) {
            out += &format!("{number} 1\n{offset:010} 00000 n \n");
        }
        out += &format!("trailer\n<</Size 100{trailer}>>\nstartxref\n{start}\n%%EOF\n");
        self.raw(out)
    }

    /// Ends the file with a cross-reference stream numbered `number`; `inside` lists (number, stream, index).
    pub(super) fn xref_stream(mut self, number: u32, inside: &[(u32, u32, u32)], extra: &str) -> Self {
        let start = self.bytes.len();
        let mut rows: Vec<(u32, [u8; 6])> = Vec::new();
        let row = |kind: u8, middle: u32, last: u8| {
            let [a, b, c, d] = middle.to_be_bytes();
            [kind, a, b, c, d, last]
        };
        for (number, offset) in self.placed.drain(..) {
            rows.push((number, row(1, u32::try_from(offset).unwrap(), 0)));
        }
        for (number, stream, index) in inside {
            rows.push((*number, row(2, *stream, u8::try_from(*index).unwrap())));
        }
        let index: String = rows.iter().map(|(number, _)| format!("{number} 1 ")).collect();
        // PNG "up" on every row, as most producers write it.
        let mut above = [0_u8; 6];
        let mut coded = Vec::new();
        for (_, row) in &rows {
            coded.push(2);
            coded.extend(row.iter().zip(above).map(|(now, above)| now.wrapping_sub(above)));
            above = *row;
        }
        let dict = format!(
            "/Type/XRef/Size 100/W[1 4 1]/Index[{index}]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 6>>{extra}"
        );
        self.stream(number, &dict, &zip(&coded))
            .raw(format!("startxref\n{start}\n%%EOF\n"))
    }
}

pub(super) const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";
pub(super) const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 9 0 R>>";

/// Catalogue, page tree and content of a file with two pages, without its end.
pub(super) fn two_pages() -> Builder {
    Builder::new()
        .object(1, CATALOG)
        .object(2, "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>")
        .object(3, PAGE)
        .object(4, PAGE)
        .stream(9, "", b"BT (page) Tj ET")
}

/// The same with its page tree in an object stream.
pub(super) fn two_pages_packed() -> Vec<u8> {
    let tree = "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>";
    Builder::new()
        .stream(9, "", b"BT (page) Tj ET")
        .object_stream(7, &[(1, CATALOG), (2, tree), (3, PAGE), (4, PAGE)])
        .xref_stream(8, &[(1, 7, 0), (2, 7, 1), (3, 7, 2), (4, 7, 3)], "/Root 1 0 R")
        .bytes
}
