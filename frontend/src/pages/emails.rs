//! E-mails: what was written to whom, and what the mail server answered.

mod detail;
mod list;
mod words;

pub use detail::EmailPage;
pub use list::EmailsPage;
