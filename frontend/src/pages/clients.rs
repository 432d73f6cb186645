//! Clientes: the list, one client with its accounts, and the import of both.

mod accounts;
mod columns;
mod detail;
mod form;
mod import;
mod list;
mod remove;

pub use detail::ClientPage;
pub use import::ImportPage;
pub use list::ClientsPage;
