//! PDF files: judging the ones that come in.

pub mod inspect;

pub use inspect::{PdfFacts, PdfProblem, inspect};
