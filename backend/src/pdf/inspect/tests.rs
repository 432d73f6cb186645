#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod accepted;
mod build;
mod hostile;
mod refused;
