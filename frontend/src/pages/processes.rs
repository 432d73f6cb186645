//! Processos: the list, one process, and what is done to many at once.

mod bulk;
mod detail;
mod list;
mod place;
mod reject;
mod trouble;
pub mod words;

pub use bulk::BulkButtons;
pub use detail::{ProcessPage, edit::EditFacts};
pub use list::{ProcessesPage, status_choices};
pub use place::document_place;
pub use reject::RejectDialog;
pub use trouble::{change_password, trouble_facts, wants_password};
