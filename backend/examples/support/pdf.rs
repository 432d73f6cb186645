//! PDFs put together by hand, good ones and hostile ones.

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, write::ZlibEncoder};

pub fn zip(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A file under construction, with the rows of its cross-reference stream.
pub struct File {
    pub bytes: Vec<u8>,
    /// Number, kind, place or object stream, index.
    pub rows: Vec<(u32, u8, u32, u16)>,
}

impl File {
    pub fn new() -> Self {
        Self {
            bytes: b"%PDF-1.5\n".to_vec(),
            rows: Vec::new(),
        }
    }

    pub fn here(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap()
    }

    pub fn object(&mut self, number: u32, body: &str) {
        let here = self.here();
        self.rows.push((number, 1, here, 0));
        write!(self.bytes, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }

    pub fn stream(&mut self, number: u32, dict: &str, data: &[u8]) {
        let here = self.here();
        self.rows.push((number, 1, here, 0));
        write!(self.bytes, "{number} 0 obj\n<</Length {}{dict}>>\nstream\n", data.len()).unwrap();
        self.bytes.extend_from_slice(data);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    }

    /// One object stream with `members`, listed as such.
    pub fn members(&mut self, number: u32, members: &[(u32, String)]) {
        let (mut head, mut body) = (String::new(), String::new());
        for (index, (member, value)) in members.iter().enumerate() {
            self.rows.push((*member, 2, number, u16::try_from(index).unwrap()));
            write!(head, "{member} {} ", body.len()).unwrap();
            body.push_str(value);
            body.push('\n');
        }
        let dict = format!(
            "/Type/ObjStm/N {}/First {}/Filter/FlateDecode",
            members.len(),
            head.len()
        );
        self.stream(number, &dict, &zip((head + &body).as_bytes()));
    }

    pub fn end(mut self) -> Vec<u8> {
        let start = self.here();
        let mut index = String::new();
        let mut rows = Vec::new();
        for (number, kind, middle, last) in &self.rows {
            write!(index, "{number} 1 ").unwrap();
            rows.push(*kind);
            rows.extend_from_slice(&middle.to_be_bytes());
            rows.extend_from_slice(&last.to_be_bytes());
        }
        let dict = format!("/Type/XRef/Size 9/W[1 4 2]/Index[{index}]/Filter/FlateDecode/Root 1 0 R");
        self.stream(9_999_999, &dict, &zip(&rows));
        write!(self.bytes, "startxref\n{start}\n%%EOF\n").unwrap();
        self.bytes
    }

    /// Without cross-references: the objects have to be looked for.
    pub fn broken(self) -> Vec<u8> {
        self.bytes
    }
}

pub const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";

/// A page tree that is a chain of `links`, each with `inline` as further kids, which wait until the chain ends.
pub fn chain(links: u32, inline: &str) -> File {
    let mut file = File::new();
    file.object(1, CATALOG);
    for link in 0..links {
        let number = 2 + link;
        let node = format!("<</Type/Pages/Kids[{} 0 R {inline}]>>", number + 1);
        file.members(1_000_000 + link, &[(number, node)]);
    }
    file.object(2 + links, "<</Type/Page>>");
    file
}
