//! Documents, and where they lie.

use std::io::{self, Write as _};

use flate2::{Compression, write::ZlibEncoder};
use reqwest::Url;

use crate::{
    object::{ObjectAddress, ObjectKey},
    pdf::{PdfProblem, inspect},
};

/// A file that somebody sends as an invoice.
pub fn pdf(data: &[u8]) {
    match inspect(data) {
        Ok(facts) => {
            assert!(facts.pages > 0, "a PDF has a page");
            assert!((1..=8).contains(&facts.version.len()), "{:?}", facts.version);
        }
        Err(problem) => assert_eq!(problem == PdfProblem::Empty, data.is_empty()),
    }
}

/// The members of an object stream, in which most files hold their page tree. Changes of compressed bytes would hardly
/// ever reach them.
pub fn pdf_packed(data: &[u8]) {
    let Ok(packed) = zipped(data) else { return };
    let mut file = b"%PDF-1.5\n7 0 obj<</Type/ObjStm/N 4/First 40/Filter/FlateDecode>>stream\n".to_vec();
    file.extend_from_slice(&packed);
    file.extend_from_slice(b"\nendstream endobj\ntrailer<</Root 1 0 R>>");
    pdf(&file);
}

fn zipped(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data)?;
    encoder.finish()
}

/// Where a robot says that it left an invoice.
pub fn object_key(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(key) = ObjectKey::parse(&text) {
        assert_eq!(key.as_str(), text);
        leads_where_it_says(&key);
    }
    if let Some(address) = ObjectAddress::parse(&text) {
        assert_eq!(format!("s3://{}/{}", address.bucket(), address.key().as_str()), text);
        assert!(!matches!(address.bucket(), "" | "." | ".."));
        leads_where_it_says(address.key());
    }
}

/// Also when somebody on the way normalises it as browsers do.
fn leads_where_it_says(key: &ObjectKey) {
    for part in key.parts() {
        assert!(!matches!(part, "" | "." | ".."), "{key:?}");
    }
    let Ok(mut url) = Url::parse("http://store.example.com/") else {
        return;
    };
    url.set_path(key.as_str());
    let segments = url.path_segments().map_or(0, Iterator::count);
    assert_eq!(segments, key.parts().count(), "{key:?} leads to {}", url.path());
}
