//! Jobs.

pub mod deliver;
