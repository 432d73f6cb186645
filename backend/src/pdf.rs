//! PDF files: judging the ones that come in, and making the invoices of the demonstration data.

pub mod inspect;
pub mod make;

pub use inspect::{PdfFacts, PdfProblem, inspect};
