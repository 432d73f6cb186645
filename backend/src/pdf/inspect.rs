//! Tells whether some bytes are a PDF that a person could open, and how many pages it has.
//!
//! Files come from operators' portals and from anybody who may upload, so they are both sloppy and possibly hostile. The
//! reader therefore looks at structure only (cross-references, catalogue, page tree), never at content, and every
//! loop, allocation and decompression is paid for from one [`Budget`]. General PDF crates bound a single stream at best,
//! not the sum of the work, which is why none is used here.

mod budget;
mod document;
mod lexer;
mod object;
mod pages;
mod recover;
mod sniff;
mod stream;
#[cfg(test)]
mod tests;
mod xref;

use budget::Budget;
use document::Document;

/// How far into the file `%PDF-` may start, as other readers have it.
const HEADER_WINDOW: usize = 1024;

/// What is known of a readable PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfFacts {
    /// Leaves of the page tree, at least 1.
    pub pages: u32,
    /// The later of the header's and the catalogue's version, e.g. `1.7`; `?` if the header states none.
    pub version: String,
}

/// Why some bytes are not accepted as an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PdfProblem {
    #[error("the file is empty")]
    Empty,
    /// `looks_like` is a format's own name (`JPEG`, `HTML`), the same in every language.
    #[error("the file is not a PDF (it looks like {})", looks_like.unwrap_or("nothing known"))]
    NotPdf { looks_like: Option<&'static str> },
    /// Also with an empty user password: such a file opens in a reader, but is not read here.
    #[error("the PDF is encrypted")]
    Encrypted,
    #[error("the PDF has no pages")]
    NoPages,
    /// The reason is English, for logs.
    #[error("the PDF is damaged: {0}")]
    Damaged(&'static str),
    #[error("the PDF is too complex to be checked")]
    TooComplex,
}

/// Judges `bytes` by their content.
///
/// Time grows with the input and never beyond a bound: hostile files of 50 MiB take about half a second, those of some
/// kilobytes some tens of milliseconds, ordinary invoices less than one. Memory beside the input stays below 64 MiB.
/// Synchronous: call it off the async threads.
///
/// # Errors
/// The first [`PdfProblem`] found; [`PdfProblem::TooComplex`] when a bound was reached before an answer.
pub fn inspect(bytes: &[u8]) -> Result<PdfFacts, PdfProblem> {
    if bytes.is_empty() {
        return Err(PdfProblem::Empty);
    }
    let window = bytes.get(..HEADER_WINDOW + 5).unwrap_or(bytes);
    let Some(start) = lexer::find(window, b"%PDF-") else {
        return Err(PdfProblem::NotPdf {
            looks_like: sniff::looks_like(bytes),
        });
    };
    // Offsets count from the header; where a producer counted from the file's start instead, recovery finds the objects.
    let data = bytes.get(start..).unwrap_or_default();
    let (pages, catalog_version) = count(data, &mut Budget::for_input(data.len()))?;
    let header = sniff::header_version(data);
    let version = match (header, catalog_version) {
        (Some(header), Some(catalog)) => header.max(catalog),
        (header, catalog) => header.or(catalog).unwrap_or_else(|| "?".to_owned()),
    };
    Ok(PdfFacts { pages, version })
}

/// Pages, and the version that the catalogue states.
fn count(data: &[u8], budget: &mut Budget) -> Counted {
    match as_written(data, budget) {
        Err(PdfProblem::Damaged(_) | PdfProblem::NoPages) => {
            budget.forget();
            recovered(data, budget)
        }
        other => other,
    }
}

type Counted = Result<(u32, Option<String>), PdfProblem>;

/// Trusts the cross-references in the file.
fn as_written(data: &[u8], budget: &mut Budget) -> Counted {
    let read = xref::read(data, budget)?;
    let mut document = Document::new(data, read.places, budget);
    pages::count(&mut document, read.root, false)
}

/// Ignores the cross-references, and finds the objects by looking for them.
fn recovered(data: &[u8], budget: &mut Budget) -> Counted {
    let (mut document, roots) = recover::scan(data, budget)?;
    let mut problem = PdfProblem::Damaged("no catalogue");
    for root in roots {
        match pages::count(&mut document, root, true) {
            Err(found @ (PdfProblem::Damaged(_) | PdfProblem::NoPages)) => problem = found,
            other => return other,
        }
    }
    Err(problem)
}
