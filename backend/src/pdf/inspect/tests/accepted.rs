//! Files that are opened, the sloppy ones included.

use super::build::{Builder, CATALOG, PAGE, two_pages, two_pages_packed};
use crate::pdf::inspect::{Budget, as_written};
use crate::pdf::{PdfFacts, inspect};

fn assert_pages(bytes: &[u8], pages: u32) -> PdfFacts {
    let facts = inspect(bytes).unwrap_or_else(|problem| panic!("{problem}: {}", String::from_utf8_lossy(bytes)));
    assert_eq!(facts.pages, pages);
    facts
}

/// Without the help of recovery, which would hide a cross-reference read wrongly.
fn assert_as_written(bytes: &[u8], pages: u32) {
    let read = as_written(bytes, &mut Budget::for_input(bytes.len()));
    assert_eq!(read.map(|(pages, _)| pages), Ok(pages));
}

fn replace(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = bytes
        .windows(from.len())
        .rposition(|w| w == from.as_bytes())
        .expect(from);
    [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()
}

#[test]
fn table() {
    let file = two_pages().table("/Root 1 0 R").bytes;
    assert_as_written(&file, 2);
    let facts = assert_pages(&file, 2);
    assert_eq!(facts.version, "1.5");
}

#[test]
fn stream_and_object_stream() {
    assert_as_written(&two_pages_packed(), 2);
}

#[test]
fn uncompressed_object_stream_with_an_indirect_length() {
    let file = Builder::new()
        .object(1, CATALOG)
        .object(6, "50")
        .object(7, "<</Type/ObjStm/N 2/First 9/Length 6 0 R>>\nstream\n2 0 3 27 <</Type/Pages/Kids[3 0 R]>><</Type/Page>>\nendstream")
        .xref_stream(8, &[(2, 7, 0), (3, 7, 1)], "/Root 1 0 R");
    assert_as_written(&file.bytes, 1);
}

#[test]
fn hybrid_places_in_its_stream_what_its_table_calls_free() {
    let mut file = Builder::new()
        .object(2, "<</Type/Pages/Kids[3 0 R 4 0 R]>>")
        .stream(9, "", b"BT (page) Tj ET")
        .object_stream(7, &[(3, PAGE), (4, PAGE)]);
    let placed = file.placed.clone();
    let hybrid = file.bytes.len();
    file = file.xref_stream(8, &[(3, 7, 0), (4, 7, 1)], "");
    file.placed = placed;
    let file = file.object(1, CATALOG);
    let table = file.table(&format!("/Root 1 0 R/XRefStm {hybrid}"));
    let bytes = replace(
        &table.bytes,
        "xref\n0 1\n0000000000 65535 f \n",
        "xref\n3 2\n0000000000 65535 f \n0000000000 65535 f \n",
    );
    assert_as_written(&bytes, 2);
    // Without the way to the stream the pages are really hidden, and only recovery finds them.
    assert_pages(&replace(&bytes, "/XRefStm", "/Nothing"), 2);
}

#[test]
fn an_update_replaces_the_page_tree() {
    let file = two_pages().table("/Root 1 0 R");
    let first = file.bytes.windows(4).position(|w| w == b"xref").unwrap();
    let file = file
        .object(2, "<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]>>")
        .object(5, PAGE)
        .table(&format!("/Root 1 0 R/Prev {first}"));
    assert_as_written(&file.bytes, 3);
}

#[test]
fn the_catalogue_may_raise_the_version_but_not_lower_it() {
    let with = |version: &str| {
        let catalog = format!("<</Type/Catalog/Pages 2 0 R/Version/{version}>>");
        let file = Builder::new()
            .object(1, catalog)
            .object(2, "<</Type/Pages/Kids[3 0 R]>>")
            .object(3, "<</Type/Page>>")
            .table("/Root 1 0 R");
        inspect(&file.bytes).unwrap().version
    };
    assert_eq!([with("2.0"), with("1.2"), with("x")], ["2.0", "1.5", "1.5"]);
    let nameless = replace(&two_pages().table("/Root 1 0 R").bytes, "%PDF-1.5", "%PDF-\n\n\n");
    assert_eq!(assert_pages(&nameless, 2).version, "?");
}

#[test]
fn junk_before_and_behind() {
    for file in [two_pages().table("/Root 1 0 R").bytes, two_pages_packed()] {
        let mut bytes = vec![b'\n'; 1_024];
        bytes.extend_from_slice(&file);
        bytes.extend_from_slice(&[0; 5_000]);
        bytes.extend_from_slice(b"<html>portal</html>");
        assert_pages(&bytes, 2);
    }
}

#[test]
fn wrong_offsets_are_recovered() {
    for file in [two_pages().table("/Root 1 0 R").bytes, two_pages_packed()] {
        let text = b"startxref\n";
        let at = file.windows(text.len()).rposition(|w| w == text).unwrap();
        for end in [
            "",
            "startxref\n7\n%%EOF",
            "startxref\n99999999999\n%%EOF",
            "startxref\n-1\n%%EOF",
            "startxref\nx",
        ] {
            assert_pages(&[&file[..at], end.as_bytes()].concat(), 2);
        }
        // Objects moved from where the table says they are.
        let moved = [&file[..9], b"% a line that was not here before\n", &file[9..]].concat();
        assert_pages(&moved, 2);
    }
}

#[test]
fn unusual_but_readable_tables() {
    let file = two_pages().table("/Root 1 0 R").bytes;
    // Lines of 19 bytes, and a count that promises too much.
    let short = String::from_utf8_lossy(&file)
        .replace(" n \n", " n\n")
        .replace("9 1\n", "9 7\n");
    assert_pages(short.as_bytes(), 2);
    let escaped = replace(&file, "/Kids[3 0 R 4 0 R]", "/K#69ds[3 0 R 4 0 R]");
    assert_pages(&escaped, 2);
}

#[test]
fn nested_trees_with_direct_and_untyped_nodes() {
    let file = Builder::new()
        .object(1, CATALOG)
        .object(
            2,
            "<</Type/Pages/Count 999/Kids[3 0 R <</Kids[<</MediaBox[0 0 1 1]>>]>> 5 0 R 3 0 R]>>",
        )
        .object(
            3,
            "<</Type /Page /Title (a \\) >> \\( b) /Hex <3e3e> /N -1.5 /T true /X null % note >>\n>>",
        )
        .object(5, "<</Type/Pages/Kids 6 0 R>>")
        .object(6, "[]")
        .table("/Root 1 0 R");
    assert_as_written(&file.bytes, 3);
}

#[test]
fn no_trailer_at_all() {
    let file = two_pages().bytes;
    assert_pages(&file, 2);
}
