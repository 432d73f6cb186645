//! Operadoras.

mod form;
mod list;
mod remove;

pub use list::OperatorsPage;
