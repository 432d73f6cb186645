//! Execuções: every run of a robot, one run with its log and result, and what is done to many at once.

mod bulk;
mod cancel;
mod columns;
mod detail;
mod list;
mod refusal;
mod unknown;
pub mod words;

pub use cancel::CancelDialog;
pub use detail::ExecutionPage;
pub use list::ExecutionsPage;
pub use refusal::refused;
pub use unknown::{DoubtDialog, UnknownNotice};
