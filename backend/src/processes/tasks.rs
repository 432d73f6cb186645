//! Jobs about processes.

mod bulk_move;
mod send_to_sat;

pub use bulk_move::{BulkMove, BulkPayload};
pub use send_to_sat::{SendPayload, SendToSat};
