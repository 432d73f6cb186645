//! PDF files: judging the ones that come in.

pub mod inspect;
pub mod places;

pub use inspect::{PdfFacts, PdfProblem, inspect};
pub use places::{Place, Places};
