//! Maintenance: what rests now, what is planned, and what was.

mod columns;
mod commands;
mod form;
mod list;
mod when;

pub use list::MaintenancePage;
