//! Files made to exhaust the reader, and files made by chance.

use super::build::{Builder, CATALOG, two_pages, two_pages_packed, zip};
use crate::pdf::inspect::{Budget, Counted, count};
use crate::pdf::{PdfProblem, inspect};
use proptest::prelude::*;

#[test]
fn bombs() {
    let zeros = zip(&vec![b' '; 80 << 20]);
    assert!(zeros.len() < 100_000);
    let objects = Builder::new()
        .object(1, CATALOG)
        .stream(7, "/Type/ObjStm/N 1/First 5/Filter/FlateDecode", &zeros)
        .xref_stream(8, &[(2, 7, 0)], "/Root 1 0 R");
    assert_eq!(inspect(&objects.bytes), Err(PdfProblem::TooComplex));
    let start = two_pages().bytes.len();
    let xref = two_pages()
        .stream(8, "/Type/XRef/Size 9/W[1 4 1]/Filter/FlateDecode/Root 1 0 R", &zeros)
        .raw(format!("startxref\n{start}\n%%EOF"));
    assert_eq!(inspect(&xref.bytes), Err(PdfProblem::TooComplex));
}

#[test]
fn many_small_bombs_are_added_up() {
    let part = zip(&vec![b' '; 3 << 20]);
    let mut file = Builder::new().object(1, CATALOG);
    for number in 100..140 {
        file = file.stream(number, "/Type/ObjStm/N 1/First 5/Filter/FlateDecode", &part);
    }
    assert_eq!(inspect(&file.bytes), Err(PdfProblem::TooComplex));
}

#[test]
fn nesting_and_width() {
    let deep = Builder::new()
        .object(1, "[".repeat(1_000_000))
        .object(2, "<</A".repeat(1_000_000));
    assert_eq!(inspect(&deep.table("/Root 1 0 R").bytes), Err(PdfProblem::TooComplex));
    let wide = Builder::new()
        .object(1, CATALOG)
        .object(2, format!("<</Kids[{}]>>", "1 ".repeat(400_000)));
    assert_eq!(inspect(&wide.table("/Root 1 0 R").bytes), Err(PdfProblem::TooComplex));
}

#[test]
fn one_page_listed_very_often() {
    let kids = "3 0 R ".repeat(150_000);
    let file = Builder::new()
        .object(1, CATALOG)
        .object(2, format!("<</Kids[{kids}]>>"))
        .object(3, "<</Type/Page>>");
    assert_eq!(inspect(&file.table("/Root 1 0 R").bytes), Err(PdfProblem::TooComplex));
}

/// Each of these would be read over and over up to its end without a bound on the sum.
#[test]
fn quadratic() {
    for piece in ["1 0 obj(", "trailer(", "1 0 obj[(", "1 0 obj<</A(", "1 0 obj<"] {
        let bytes = format!("%PDF-1.4\n{}endobj", piece.repeat(200_000));
        let problem = inspect(bytes.as_bytes()).unwrap_err();
        assert!(
            matches!(problem, PdfProblem::TooComplex | PdfProblem::Damaged(_)),
            "{piece}: {problem}"
        );
    }
}

/// A comment reaches to the end of the line, so each of these would be looked at up to the end of the file.
#[test]
fn what_stands_between_a_dictionary_and_its_data_is_paid() {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    for number in 1..=20_000 {
        bytes.extend_from_slice(format!("{number} 0 obj<</Type/ObjStm/N 1/First 1>>%").as_bytes());
    }
    bytes.extend_from_slice(b"endobj");
    assert_eq!(inspect(&bytes), Err(PdfProblem::TooComplex));
    // The same behind the stated end of the data.
    let mut bytes = b"%PDF-1.4\n".to_vec();
    for number in 1..=20_000 {
        let object = format!("{number} 0 obj<</Type/ObjStm/N 1/First 1/Length 2>>stream x%endstream ");
        bytes.extend_from_slice(object.as_bytes());
    }
    bytes.extend_from_slice(b"endobj");
    assert_eq!(inspect(&bytes), Err(PdfProblem::TooComplex));
}

/// The answer, and the work that was paid for it.
fn paid(bytes: &[u8]) -> (Counted, u64) {
    let mut budget = Budget::for_input(bytes.len());
    let before = budget.work_left();
    let counted = count(bytes, &mut budget);
    (counted, before - budget.work_left())
}

#[test]
fn every_row_of_a_cross_reference_stream_is_paid() {
    let table = two_pages().bytes.len();
    // The filler makes the file long enough for its budget to cover the rows.
    let filled = || two_pages().table("/Root 1 0 R").stream(10, "", &vec![b' '; 2 << 20]);
    let start = filled().bytes.len();
    // Numbers that are too large say nothing, and a number said again nothing new. Both are walked.
    let too_large = (format!("{} 1000000", 1_u64 << 32), 1_000_000, 16 * 1_000_000);
    let again = ("77 1 ".repeat(50_000), 50_000, 64 * 50_000 + 16 * 100_000);
    for (index, rows, least) in [too_large, again] {
        let dict = format!("/Type/XRef/Size 9/W[0 1 0]/Index[{index}]/Filter/FlateDecode/Root 1 0 R/Prev {table}");
        let file = filled()
            .stream(8, &dict, &zip(&vec![0; rows]))
            .raw(format!("startxref\n{start}\n%%EOF"));
        let (counted, work) = paid(&file.bytes);
        assert_eq!(counted, Ok((2, None)));
        assert!(work >= least, "{work} for {rows} rows");
    }
}

#[test]
fn a_small_file_gets_little() {
    let works = [15_000, 65_000, 50 << 20].map(|len| Budget::for_input(len).work_left());
    assert_eq!(works.map(|work| work >> 20), [17, 24, 280]);
}

#[test]
fn lengths_and_counts_that_lie() {
    for length in ["99999999999999999999", "-5", "4294967296", "0", "(x)", "7 0 R", "8 0 R"] {
        let body = format!(
            "<</Type/ObjStm/N 99999999999/First 9/Length {length}>>\nstream\n2 0 3 27 <</Type/Pages/Kids[3 0 R]>><</Type/Page>>\nendstream"
        );
        let file =
            Builder::new()
                .object(1, CATALOG)
                .object(7, body)
                .xref_stream(8, &[(2, 7, 0), (3, 7, 1)], "/Root 1 0 R");
        assert_eq!(inspect(&file.bytes).unwrap().pages, 1, "{length}");
    }
    let table = two_pages()
        .raw("xref\n0 9223372036854775807\n9223372036854775807 99999 n\ntrailer<</Root 1 0 R/Prev 5>>startxref 0");
    assert_eq!(inspect(&table.bytes).unwrap().pages, 2);
    for widths in [
        "[1 4]",
        "[8 8 8]",
        "[9 9 9]",
        "[0 0 0]",
        "[-1 4 1]",
        "[4294967296 4294967296 1]",
        "7",
    ] {
        let start = two_pages().bytes.len();
        let file = two_pages()
            .stream(
                8,
                &format!("/Type/XRef/Size 99999999/W {widths}/Index[0 4294967295 9 9]/Root 1 0 R"),
                &[1; 64],
            )
            .raw(format!("startxref\n{start}\n%%EOF"));
        assert_eq!(inspect(&file.bytes).unwrap().pages, 2, "{widths}");
    }
}

#[test]
fn large_files() {
    let filler = vec![0x5A_u8; 25 << 20];
    let good = two_pages().stream(10, "", &filler).table("/Root 1 0 R").bytes;
    assert_eq!(inspect(&good).unwrap().pages, 2);
    let mut endless = b"%PDF-1.4\n".to_vec();
    endless.extend(b"1 0 obj ".iter().cycle().take(25 << 20));
    assert!(inspect(&endless).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(tail in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = inspect(&tail);
        let _ = inspect(&[b"%PDF-1.4\n".as_slice(), &tail].concat());
    }

    /// Random words of the language reach further than random bytes do.
    #[test]
    fn random_words(words in prop::collection::vec(prop::sample::select(WORDS), 0..300)) {
        let mut bytes = b"%PDF-1.4\n".to_vec();
        for word in words {
            bytes.extend_from_slice(word.as_bytes());
            bytes.push(b' ');
        }
        let _ = inspect(&bytes);
    }

    #[test]
    fn mutated_files(
        packed in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..12),
    ) {
        let mut bytes = if packed { two_pages_packed() } else { two_pages().table("/Root 1 0 R").bytes };
        for (place, byte, kind) in changes {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes[at] = b"0123456789<>[]/() "[usize::from(byte) % 18],
                _ => drop(bytes.remove(at)),
            }
        }
        if let Ok(facts) = inspect(&bytes) {
            prop_assert!(facts.pages > 0);
        }
    }
}

const WORDS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "99999999999",
    "1 0 obj",
    "2 0 obj",
    "3 0 obj",
    "endobj",
    "1 0 R",
    "2 0 R",
    "3 0 R",
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "/Type",
    "/Page",
    "/Pages",
    "/Catalog",
    "/Kids",
    "/Root",
    "/Prev",
    "/XRef",
    "/ObjStm",
    "/W",
    "/Index",
    "/Size",
    "/N",
    "/First",
    "/Length",
    "/Filter",
    "/FlateDecode",
    "stream\n",
    "endstream",
    "xref",
    "trailer",
    "startxref",
    "%%EOF",
    "%\n",
    "null",
    "true",
    "\0",
];
