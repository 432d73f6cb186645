//! Handlers.

pub(super) mod change;
pub(super) mod check;
pub(super) mod days;
pub(super) mod files;
pub(super) mod list;
