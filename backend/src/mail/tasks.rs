//! Jobs.

pub mod send;
