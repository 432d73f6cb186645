//! Jobs about processes.

mod bulk_move;

pub use bulk_move::{BulkMove, BulkPayload};
