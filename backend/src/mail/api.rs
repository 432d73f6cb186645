//! Handlers.

pub mod email;
