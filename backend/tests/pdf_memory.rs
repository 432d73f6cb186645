//! Hostile PDFs against an allocator that counts: no inspection takes more than is documented, whatever the file says.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../examples/support/pdf.rs"]
mod pdf;

use std::{
    hint::black_box,
    io::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

use esteira::pdf::{PdfFacts, PdfProblem, inspect};
use peak_alloc::PeakAlloc;

use self::pdf::{CATALOG, File, chain, zip};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The bound that `inspect`, the decision and the operations manual state.
const BOUND: usize = 64 << 20;

/// The allocator counts for the whole process, so one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `work` returns, and the most that was allocated meanwhile beside what there was before.
fn measured<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let done = work();
    (done, ALLOCATOR.peak_usage().saturating_sub(before))
}

/// Inspects a file made by `make`, and holds the bound against it.
fn bounded(make: impl FnOnce() -> Vec<u8>) -> (Result<PdfFacts, PdfProblem>, usize) {
    let file = make();
    let (answer, peak) = measured(|| inspect(&file));
    assert!(peak <= BOUND, "{peak} bytes for a file of {}: {answer:?}", file.len());
    (answer, peak)
}

#[test]
fn the_allocator_is_counted() {
    let _alone = alone();
    let (kept, peak) = measured(|| {
        drop(black_box(vec![1_u8; 3 << 20]));
        black_box(vec![1_u8; 1 << 20])
    });
    assert!((3 << 20..4 << 20).contains(&peak), "{peak} with {}", kept.len());
}

#[test]
fn chains_of_nodes_with_large_kids() {
    let _alone = alone();
    let kids = [
        "<</Type/Page>>".repeat(20_000),
        "[1]".repeat(30_000),
        "1 ".repeat(100_000),
        "/Page".repeat(40_000),
        "<</Kids[<</Kids[1]/W[1]/Index[1]>>]>>".repeat(3_000),
    ];
    for inline in kids {
        let (answer, peak) = bounded(|| chain(60, &inline).end());
        assert_eq!(answer, Err(PdfProblem::TooComplex), "{peak}");
        let (answer, peak) = bounded(|| chain(60, &inline).broken());
        assert_eq!(answer, Err(PdfProblem::TooComplex), "{peak}");
    }
}

#[test]
fn a_long_chain_of_ordinary_nodes_is_read() {
    let _alone = alone();
    let (answer, peak) = bounded(|| chain(2_000, "<</Type/Page>>").end());
    assert_eq!(answer.unwrap().pages, 2_001);
    assert!(peak < 8 << 20, "{peak}");
}

#[test]
fn cross_reference_streams_with_many_rows() {
    let _alone = alone();
    // Every row another object; rows of one byte; rows of numbers that cannot be; the same through a chain of sections.
    for (widths, index) in [
        ("1 4 2", "0 99999999"),
        ("0 1 0", "0 99999999"),
        ("0 1 0", "4294967290 99999999"),
    ] {
        for sections in [1, 40] {
            let (answer, _) = bounded(|| {
                let mut file = File::new();
                file.object(1, CATALOG);
                let rows = zip(&vec![1; 7 << 20]);
                let mut previous = String::new();
                let mut start = 0;
                for section in 0..sections {
                    start = file.here();
                    let dict = format!("/Type/XRef/W[{widths}]/Index[{index}]/Filter/FlateDecode/Root 1 0 R{previous}");
                    file.stream(10 + section, &dict, &rows);
                    previous = format!("/Prev {start}");
                }
                write!(file.bytes, "startxref\n{start}\n%%EOF\n").unwrap();
                file.bytes
            });
            assert_eq!(answer, Err(PdfProblem::TooComplex));
        }
    }
}

#[test]
fn tables_with_many_entries() {
    let _alone = alone();
    for entry in ["0000000001 00000 n \n", "0000000000 65535 f \n", "1 0 n "] {
        let (answer, _) = bounded(|| {
            let mut file = File::new();
            file.object(1, CATALOG);
            let start = file.here();
            let table = entry.repeat(700_000);
            write!(
                file.bytes,
                "xref\n0 700000\n{table}trailer\n<</Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
            )
            .unwrap();
            file.bytes
        });
        assert_eq!(answer, Err(PdfProblem::TooComplex));
    }
}

#[test]
fn object_streams_that_inflate_are_many_or_stand_in_each_other() {
    let _alone = alone();
    let spaces = zip(&vec![b' '; 100 << 20]);
    let large = zip(&vec![b' '; 7 << 20]);
    let members = zip("1 1 ".repeat(1_900_000).as_bytes());
    for (data, count) in [(&spaces, 1), (&large, 60), (&members, 10)] {
        let (answer, _) = bounded(|| {
            let mut file = File::new();
            file.object(1, CATALOG);
            for number in 100..100 + count {
                file.stream(number, "/Type/ObjStm/N 9999999/First 5/Filter/FlateDecode", data);
            }
            file.broken()
        });
        assert_eq!(answer, Err(PdfProblem::TooComplex));
    }
    let (answer, _) = bounded(|| {
        let mut file = File::new();
        file.object(1, CATALOG);
        for number in 100..400 {
            let inner = "<</Type/ObjStm/N 1/First 5>>stream 2 0 <<>> endstream".to_owned();
            file.members(number, &[(number + 1_000, inner), (2, "<</Kids[3 0 R]>>".to_owned())]);
            file.rows.push((3, 2, number + 1_000, 0));
        }
        file.end()
    });
    assert_eq!(answer, Err(PdfProblem::Damaged("a page is missing")));
}

#[test]
fn wide_and_deep_values() {
    let _alone = alone();
    let bodies = [
        "[".repeat(1_000_000),
        "<</Kids".repeat(300_000),
        format!("<</Kids[{}]>>", "1 ".repeat(400_000)),
        format!("<</Kids[{}]>>", "[[[[1]]]]".repeat(300_000)),
        format!("<</Kids[{}]>>", "<</N 1/W 1/Type/Page>>".repeat(80_000)),
        format!("<</Kids[{}]>>", format!("/{}", "A".repeat(40)).repeat(150_000)),
        format!("<</Filter[{}]/Kids[]>>", "/FlateDecode".repeat(250_000)),
    ];
    for body in bodies {
        for broken in [false, true] {
            let (answer, _) = bounded(|| {
                let mut file = File::new();
                file.object(1, CATALOG);
                file.object(2, &body);
                if broken { file.broken() } else { file.end() }
            });
            assert_eq!(answer, Err(PdfProblem::TooComplex));
        }
    }
}

#[test]
fn filters_in_a_row_are_not_followed() {
    let _alone = alone();
    let data = zip(&zip(&vec![b' '; 50 << 20]));
    let (answer, peak) = bounded(|| {
        let mut file = File::new();
        file.object(1, CATALOG);
        let filters = "/FlateDecode".repeat(1_000);
        file.stream(7, &format!("/Type/ObjStm/N 1/First 5/Filter[{filters}]"), &data);
        file.rows.push((2, 2, 7, 0));
        file.end()
    });
    assert_eq!(answer, Err(PdfProblem::Damaged("a page is missing")));
    assert!(peak < 2 << 20, "{peak}");
}

#[test]
fn sections_that_go_round_in_a_circle() {
    let _alone = alone();
    let (answer, peak) = bounded(|| {
        let mut file = File::new();
        file.object(1, CATALOG);
        file.object(2, "<</Type/Pages/Kids[3 0 R]>>");
        file.object(3, "<</Type/Page>>");
        let start = file.here();
        write!(
            file.bytes,
            "xref\n0 0\ntrailer\n<</Root 1 0 R/Prev {start}>>\nstartxref\n{start}\n%%EOF\n"
        )
        .unwrap();
        file.bytes
    });
    assert_eq!(answer.unwrap().pages, 1);
    assert!(peak < 1 << 20, "{peak}");
}

#[test]
fn trees_that_fan_out() {
    let _alone = alone();
    // Each node lists the next level a thousand times over; a node with kids counts once.
    let (answer, _) = bounded(|| {
        let mut file = File::new();
        file.object(1, CATALOG);
        for level in 2..30 {
            let kids = format!("{} 0 R ", level + 1).repeat(1_000);
            file.object(level, &format!("<</Type/Pages/Kids[{kids}]>>"));
        }
        file.object(30, "<</Type/Page>>");
        file.end()
    });
    assert_eq!(answer, Err(PdfProblem::Damaged("the page tree goes round in a circle")));
    let (answer, _) = bounded(|| {
        let mut file = File::new();
        file.object(1, CATALOG);
        let kids = "3 0 R ".repeat(60_000);
        file.object(2, &format!("<</Type/Pages/Kids[{kids}4 0 R]>>"));
        file.object(3, "<</Type/Page>>");
        file.object(4, &format!("<</Type/Pages/Kids[{kids}]>>"));
        file.end()
    });
    assert_eq!(answer, Err(PdfProblem::TooComplex));
}

#[test]
fn many_objects_and_trailers_without_cross_references() {
    let _alone = alone();
    for piece in [
        "# 0 obj<</Type/Catalog>>endobj ",
        "# 0 obj 1 endobj ",
        "trailer<</Root[# 1 1 1]>> ",
    ] {
        let (answer, _) = bounded(|| {
            let mut file = File::new();
            file.object(1, "<</Type/Catalog>>");
            for number in 2..400_000 {
                let text = piece.replace('#', &number.to_string());
                file.bytes.extend_from_slice(text.as_bytes());
            }
            file.bytes.extend_from_slice(b"endobj");
            file.broken()
        });
        assert_eq!(answer, Err(PdfProblem::TooComplex));
    }
}

/// What large customers' invoices look like at most: all in object streams, tens of thousands of pages.
#[test]
fn a_large_ordinary_file_is_read() {
    let _alone = alone();
    let (answer, _) = bounded(|| {
        let mut file = File::new();
        file.object(1, CATALOG);
        let (nodes, pages) = (1_000_u32, 30_u32);
        let kids: String = (0..nodes).map(|node| format!("{} 0 R ", 10 + node * 100)).collect();
        file.object(2, &format!("<</Type/Pages/Count {}/Kids[{kids}]>>", nodes * pages));
        for node in 0..nodes {
            let first = 10 + node * 100;
            let kids: String = (1..=pages).map(|page| format!("{} 0 R ", first + page)).collect();
            let mut members = vec![(first, format!("<</Type/Pages/Parent 2 0 R/Kids[{kids}]>>"))];
            for page in 1..=pages {
                let number = first + page;
                let page = format!(
                    "<</Type/Page/Parent {first} 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R/F2 6 0 R>>\
                     /ProcSet[/PDF/Text]>>/Contents {} 0 R/Group<</S/Transparency/CS/DeviceRGB>>>>",
                    number + 5_000_000
                );
                members.push((number, page));
            }
            file.members(1_000_000 + node, &members);
        }
        file.end()
    });
    assert_eq!(answer.unwrap().pages, 30_000);
}
