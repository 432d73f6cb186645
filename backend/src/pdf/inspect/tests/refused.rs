//! Files that are refused, each with its own reason.

use super::build::{Builder, CATALOG, PAGE, two_pages, two_pages_packed, zip};
use crate::pdf::{PdfProblem, inspect};

#[test]
fn empty() {
    assert_eq!(inspect(b""), Err(PdfProblem::Empty));
}

#[test]
fn other_formats_are_named() {
    let cases: &[(&[u8], Option<&'static str>)] = &[
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Some("JPEG")),
        (b"\x89PNG\r\n\x1A\n\0\0", Some("PNG")),
        (b"GIF89a", Some("GIF")),
        (b"RIFF\0\0\0\0WEBPVP8 ", Some("WebP")),
        (b"PK\x03\x04\x14\0", Some("ZIP")),
        (b"\x1F\x8B\x08\0", Some("GZIP")),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Some("DOC/XLS")),
        (b"{\\rtf1\\ansi", Some("RTF")),
        (b"%!PS-Adobe-3.0", Some("PostScript")),
        (b"\r\n <!DOCTYPE html><title>Portal</title>", Some("HTML")),
        (b"<?xml version='1.0'?><html xmlns='x'/>", Some("HTML")),
        (b"\xEF\xBB\xBF<?xml version='1.0'?><NFe/>", Some("XML")),
        (b"<svg xmlns='x'/>", Some("SVG")),
        (b"{\"error\":\"session expired\"}", Some("JSON")),
        ("Sessão expirada. Entre de novo.".as_bytes(), Some("TXT")),
        (b"Sess\xE3o expirada. Entre de novo.", Some("TXT")),
        (b"\0\x01\x02\x03", None),
        (b"   ", None),
    ];
    for (bytes, looks_like) in cases {
        let expected = Err(PdfProblem::NotPdf {
            looks_like: *looks_like,
        });
        assert_eq!(inspect(bytes), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_header_too_far_into_the_file_does_not_count() {
    let mut bytes = vec![0; 1_025];
    bytes.extend_from_slice(&two_pages().table("/Root 1 0 R").bytes);
    assert_eq!(inspect(&bytes), Err(PdfProblem::NotPdf { looks_like: None }));
}

#[test]
fn encrypted_in_every_kind_of_trailer() {
    let table = two_pages().table("/Root 1 0 R/Encrypt 6 0 R").bytes;
    let stream = two_pages()
        .xref_stream(8, &[], "/Root 1 0 R/Encrypt<</Filter/Standard/V 4>>")
        .bytes;
    for file in [table, stream] {
        assert_eq!(inspect(&file), Err(PdfProblem::Encrypted));
        let at = file.windows(9).rposition(|w| w == b"startxref").unwrap();
        assert_eq!(inspect(&file[..at]), Err(PdfProblem::Encrypted));
    }
    let not = two_pages().table("/Root 1 0 R/Encrypt null").bytes;
    assert!(inspect(&not).is_ok());
}

#[test]
fn no_pages() {
    for tree in ["<</Type/Pages/Count 3/Kids[]>>", "<</Type/Pages>>"] {
        let file = Builder::new().object(1, CATALOG).object(2, tree).table("/Root 1 0 R");
        let problem = inspect(&file.bytes).unwrap_err();
        assert_eq!(problem, PdfProblem::NoPages, "{tree}");
    }
}

fn assert_damaged(bytes: &[u8], reason: &str) {
    assert_eq!(
        inspect(bytes).map_err(|problem| problem.to_string()),
        Err(format!("the PDF is damaged: {reason}"))
    );
}

#[test]
fn damaged() {
    assert_damaged(b"%PDF-1.7\n", "no objects");
    assert_damaged(&Builder::new().object(5, "<<>>").bytes, "no catalogue");
    let lost = Builder::new()
        .object(1, CATALOG)
        .object(2, "<</Kids[3 0 R 4 0 R]>>")
        .object(3, PAGE)
        .stream(9, "", b"");
    assert_damaged(&lost.table("/Root 1 0 R").bytes, "a page is missing");
    let alien = Builder::new()
        .object(1, CATALOG)
        .object(2, "<</Kids[3 0 R]>>")
        .object(3, "<</Type/Font>>");
    assert_damaged(
        &alien.table("/Root 1 0 R").bytes,
        "the page tree holds something else than pages",
    );
    let rootless = Builder::new().object(1, "<</Type/Catalog>>").table("/Root 1 0 R");
    assert_damaged(&rootless.bytes, "the catalogue has no page tree");
}

#[test]
fn circles() {
    let own = Builder::new()
        .object(1, CATALOG)
        .object(2, "<</Type/Pages/Kids[3 0 R 2 0 R]>>")
        .object(3, "<</Type/Page>>");
    assert_damaged(&own.table("/Root 1 0 R").bytes, "the page tree goes round in a circle");
    let hops = Builder::new().object(1, CATALOG).object(2, "3 0 R").object(3, "2 0 R");
    assert_damaged(&hops.table("/Root 1 0 R").bytes, "a page is missing");
    let inside = Builder::new()
        .object(1, CATALOG)
        .xref_stream(8, &[(2, 7, 0), (7, 7, 0)], "/Root 1 0 R");
    assert_damaged(&inside.bytes, "a page is missing");
    // A chain of sections that leads back to its beginning is read once, and is no fault.
    let start = two_pages().bytes.len();
    let chain = two_pages().table(&format!("/Root 1 0 R/Prev {start}"));
    assert_eq!(inspect(&chain.bytes).unwrap().pages, 2);
}

/// What came of an upload that broke off is never taken for the whole.
#[test]
fn cut_short_at_any_byte() {
    for file in [two_pages().table("/Root 1 0 R").bytes, two_pages_packed()] {
        let last = file.windows(6).rposition(|w| w == b"endobj").unwrap();
        for end in 1..last {
            if let Ok(facts) = inspect(&file[..end]) {
                // All objects but the cross-references are there.
                assert_eq!(facts.pages, 2, "cut at {end} of {}", file.len());
                assert!(file[end..].windows(4).all(|w| w != b"page"));
            }
        }
    }
}

#[test]
fn structure_in_filters_that_no_producer_uses() {
    let packed = zip(b"2 0 3 27 <</Type/Pages/Kids[3 0 R]>><</Type/Page>>");
    for filter in [
        "/Filter/LZWDecode",
        "/Filter[/FlateDecode/FlateDecode]",
        "/Filter/FlateDecode/DecodeParms<</Predictor 2>>",
    ] {
        let file = Builder::new()
            .object(1, CATALOG)
            .stream(7, &format!("/Type/ObjStm/N 2/First 9{filter}"), &packed)
            .xref_stream(8, &[(2, 7, 0), (3, 7, 1)], "/Root 1 0 R");
        assert_damaged(&file.bytes, "a page is missing");
    }
}
