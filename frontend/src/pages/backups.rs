//! Backups of the whole installation: what there is, how it was proven, and how to bring it back.

mod columns;
mod contents;
mod dialogs;
mod list;
mod making;
mod new;
mod removal;
mod restoring;
mod words;
mod worry;

pub use list::BackupsPage;
