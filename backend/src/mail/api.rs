//! Handlers.

pub mod email;
pub mod sent;
