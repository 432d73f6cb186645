//! Handlers.

pub mod month;
pub mod unsubscribe;
